"""What deploys the portal and what stands in for AWS on one machine. Never part of the deployed program."""
