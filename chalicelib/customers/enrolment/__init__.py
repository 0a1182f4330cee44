"""Who of the customers is enrolled in the portal: invitations, activation, bounces."""
