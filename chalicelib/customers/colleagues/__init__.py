"""The people of a customer account: their level, the areas and accounts that they see, and who invites them."""
