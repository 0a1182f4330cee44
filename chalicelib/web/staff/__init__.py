"""Routes for dealer staff."""
