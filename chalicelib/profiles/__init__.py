"""Profiles: what a person is called at a dealer, their address and numbers. Email and password are identity's."""
