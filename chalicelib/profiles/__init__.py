"""Profiles: what a person is called at a dealer, their address, numbers and photo. Email and password are identity's."""
