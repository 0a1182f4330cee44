"""What every page gets without asking: access, scope, CSRF, security headers, errors in the product's look."""
