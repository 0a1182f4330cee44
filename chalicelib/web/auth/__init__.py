"""Signing in: log in, password reset, invitations, sessions, the account switcher."""
