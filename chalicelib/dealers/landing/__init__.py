"""A dealer's public landing page: the draft of an admin, the page that everybody sees, and its pictures."""
