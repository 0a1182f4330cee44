"""People, their memberships of dealers, sessions, one-time links, limits and API keys. Knows no dealer's data."""
