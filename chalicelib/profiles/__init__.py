"""Profiles: a person's name at a dealer, their address, numbers and photo. Email and password are identity's."""
