"""Pages that need no session: health, the root redirect, a dealer's brand colours."""
