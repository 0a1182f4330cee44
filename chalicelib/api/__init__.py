"""What programs call: JSON in and out, with a key instead of a session."""
