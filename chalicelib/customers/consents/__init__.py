"""Marketing consent: what customers choose in the portal, beside what the dealer's system says."""
