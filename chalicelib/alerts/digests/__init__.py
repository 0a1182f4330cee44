"""What an import has brought, for one mail a person: which rows are new, and who was told of them."""
