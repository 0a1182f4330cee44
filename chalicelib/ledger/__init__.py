"""The sales ledger of an account: its transactions, what is owed, how old it is, what an early payment saves."""
