"""Sends what waits in the outboxes, at most one mail an event, and expires invitations."""
