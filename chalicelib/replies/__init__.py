"""Answers by mail: addresses that each stand for a conversation and a person, and what is sent to them."""
