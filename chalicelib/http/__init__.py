"""What every page gets without asking: access, scope, CSRF, security headers, error pages in our design."""
