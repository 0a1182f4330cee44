"""How a dealer's portal looks: the themes there are, the draft of an admin that only they see, and making it live."""
