"""Exports of a dealer's own system: in by the inbox, checked, staged, and true for its customers in one write."""
