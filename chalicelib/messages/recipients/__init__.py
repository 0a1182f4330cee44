"""To whom at the dealer customers write: groups of the staff and single members, as an admin has set them up."""
