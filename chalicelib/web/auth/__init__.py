"""Signing in: login, password reset, invitations, sessions, the account switcher."""
