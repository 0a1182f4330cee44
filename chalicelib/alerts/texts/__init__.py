"""Notifications by text message: of which events they were queued, and how many were sent."""
