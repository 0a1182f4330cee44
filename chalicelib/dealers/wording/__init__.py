"""What a dealer says in its own words, on pages and in mails: each a draft of an admin until it is saved."""
