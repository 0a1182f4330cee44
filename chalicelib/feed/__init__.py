"""What the dealer's own system has to know: written with the change itself, listed until that system has taken it."""
