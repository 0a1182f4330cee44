"""Rows of one entity of an export, stored whole: a sheet for each account, or one for the dealer."""
