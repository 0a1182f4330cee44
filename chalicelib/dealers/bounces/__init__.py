"""Email addresses from which a mail of the dealer's bounced, or whose reader reported one as spam."""
