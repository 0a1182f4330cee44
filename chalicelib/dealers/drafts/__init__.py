"""What an admin has chosen on a page of Customise and not saved: for that admin alone."""
