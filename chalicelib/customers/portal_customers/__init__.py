"""Customers that no export names: added in the portal, with a partition of their own and at most one linked account."""
