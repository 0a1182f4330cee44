"""How many conversations have something new: what the menu counts beside Messages."""
