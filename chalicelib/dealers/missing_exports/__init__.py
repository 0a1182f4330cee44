"""Exports that are expected by the dealer's schedule, and what says that one is missing."""
