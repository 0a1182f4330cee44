"""Dealers, the tenants: what each set up, and where it is found by address and by export code."""
