"""Files of a ledger row: its stored PDF, and the lines from which a PDF can be drawn."""
