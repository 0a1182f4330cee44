"""The dealer's customers: the published run, the account directory, and who of them is in the portal."""
