"""Deploys the package into an empty local AWS that enforces IAM, and walks through it as its users do."""
