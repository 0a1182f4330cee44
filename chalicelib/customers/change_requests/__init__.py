"""Customers ask for changes of their account's details, which only the dealer's system can change."""
