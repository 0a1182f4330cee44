"""Questions of customers, what the dealer's staff answer, and what they note among themselves."""
