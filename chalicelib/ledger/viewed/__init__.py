"""Who of an account's people has opened which invoice or credit note, and when."""
