"""Customers dispute what they are asked to pay; staff look into it and answer."""
