"""How rows are declared, measured and kept."""
