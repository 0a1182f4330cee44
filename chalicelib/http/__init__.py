"""What every page gets without asking: permission, scope, CSRF, security headers, errors in the product's look."""
