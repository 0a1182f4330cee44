"""The dealer's customers: the account directory, and who of them is in the portal."""
