"""Pages that need no login: if the portal is up, a dealer's colours and logo, and that a page is not there."""

from chalice.app import Response

from chalicelib.dealers import queries as dealers
from chalicelib.dealers.appearance import Brand
from chalicelib.http.access import PUBLIC, VISITOR
from chalicelib.http.request import Request
from chalicelib.http.responses import redirect
from chalicelib.http.routing import Routes
from chalicelib.http.start_page import LOG_IN
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.scopes import PublicLookupScope, PublicScope
from chalicelib.rendering.brand import brand_css, brand_version, frame_css

routes = Routes(__name__)
A_YEAR = "public, max-age=31536000, immutable"
A_MINUTE = "public, max-age=60"


@routes.get("/health", PUBLIC)
def health(_: Request) -> Response:
    """Whether this function answers at all; it asks nothing of the store."""
    return Response("ok", {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"})


@routes.get("/", PUBLIC)
def root(_: Request) -> Response:
    """To the login page, which leads somebody who is logged in to where they work."""
    return redirect(LOG_IN.path)


@routes.get("/not-found", VISITOR)
def not_found(_: Request) -> Response:
    """Where API Gateway's own page leads from an address that is none, so that the reader stays with their dealer."""
    raise NotFoundError


@routes.get("/d/{slug}/brand.css", PUBLIC)
def brand(request: Request) -> Response:
    """The dealer's colours and fonts, kept for a year under the version that its address names."""
    look = dealers.public_dealer_at(PublicLookupScope(), request.params["slug"], even_suspended=True).brand
    return _stylesheet(request, look, brand_css(look))


@routes.get("/d/{slug}/frame.css", PUBLIC)
def frame(request: Request) -> Response:
    """The same for the dealer's part of a page that shows several dealers, kept likewise."""
    dealer = dealers.public_dealer_at(PublicLookupScope(), request.params["slug"], even_suspended=True)
    return _stylesheet(request, dealer.brand, frame_css(dealer.slug, dealer.brand))


def _stylesheet(request: Request, look: Brand, css: str) -> Response:
    # A page may name a version that this function's copy of the settings has not reached yet.
    caching = A_YEAR if request.query.get("v") == brand_version(look) else A_MINUTE
    return Response(css, {"Content-Type": "text/css; charset=utf-8", "Cache-Control": caching})


@routes.get("/d/{slug}/logo.png", PUBLIC)
def logo(request: Request) -> Response:
    """The dealer's logo, kept likewise; mails link to it from anywhere, so the newest answers to each version."""
    dealer = dealers.public_dealer_at(PublicLookupScope(), request.params["slug"], even_suspended=True)
    shown = dealer.brand.logo
    if shown is None:
        raise NotFoundError
    content = b"" if request.method == "HEAD" else dealers.public_logo(PublicScope(dealer.dealer_id), shown)
    headers: dict[str, str | list[str]] = {
        "Content-Type": "image/png",
        "Cache-Control": A_YEAR if request.query.get("v") == shown.version else A_MINUTE,
        "Cross-Origin-Resource-Policy": "cross-origin",  # pages of mail programs show it
    }
    return Response(content, headers)
