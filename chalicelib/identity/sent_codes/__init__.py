"""Codes that are sent to a person, by email or as a text message: who gets it enters it, as well as the password."""
