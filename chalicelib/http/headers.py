"""Security headers of every response. Nothing inline runs, nothing is framed, nothing private is kept by a cache."""

from functools import cache

from chalice.app import Response

from chalicelib.http.access import Access, Audience
from chalicelib.settings import Settings


@cache
def content_security_policy(bucket_origins: str, *, frames: str = "blob:") -> str:
    """`bucket_origins`: where presigned uploads go to and files are fetched from, separated by spaces.

    `frames`: what may be shown in one; by default a document that is printed.
    """
    outside = f"'self' {bucket_origins}".strip()
    # Tested control: csp-script-self
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            f"img-src data: {outside}",  # Bootstrap draws its ticks and arrows as data: images
            "font-src 'self'",
            f"connect-src {outside}",
            f"form-action {outside}",
            "worker-src 'self'",
            f"frame-src {frames}",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        )
    )


def protect(response: Response, access: Access, settings: Settings) -> Response:
    """Adds the headers; what the view has set itself stays."""
    # Tested control: no-referrer-on-links
    wanted = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": content_security_policy(settings.bucket_origins),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer" if access.audience is Audience.VISITOR else "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-store",  # also of PUBLIC: its error pages know who is logged in
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    }
    if settings.base_url.startswith("https:"):
        wanted["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    for name, value in wanted.items():
        response.headers.setdefault(name, value)
    return response
