"""Builds what AWS runs: one zip and one template, both checked before anybody deploys them."""
