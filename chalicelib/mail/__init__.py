"""Mail: a sender port with an SES and a recording adapter, and one function for each message."""
