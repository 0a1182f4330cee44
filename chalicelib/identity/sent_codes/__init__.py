"""Codes that are sent to a person, by email: who reads the mailbox enters one, beside the password."""
