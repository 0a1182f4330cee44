"""Dealership Users: who of the dealer's staff may log in, on both sides: the dealer's list and identity."""
