"""Email addresses from which a mail of the dealer's came back, or whose reader reported one as spam."""
