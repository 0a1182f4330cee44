"""Staff see the portal as one of their customers does: read-only, with a reason, for half an hour."""
