"""Codes that are sent."""
