"""What a person is notified of at a dealer: the list behind the bell, and the ways that they have chosen."""
