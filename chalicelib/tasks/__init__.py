"""What a dealer's staff have to do: one line each, written and removed in the transaction of what it stands for."""
