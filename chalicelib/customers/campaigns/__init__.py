"""Inviting all of a dealer's customers in waves: who is ready, how many a day, and what came of it."""
