"""The two pages that need nobody: whether the portal is up, and a dealer's colours."""

from chalice.app import Response

from chalicelib.dealers import queries as dealers
from chalicelib.http.access import Permission
from chalicelib.http.request import Request
from chalicelib.http.responses import redirect
from chalicelib.http.routing import Pages
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.scopes import DoorScope, TenantScope
from chalicelib.rendering.brand import brand_css

pages = Pages(__name__)
A_DAY = "public, max-age=86400"


@pages.get("/health", Permission.PUBLIC)
def health(_: Request) -> Response:
    """Whether this function answers at all; it asks nothing of the store."""
    return Response("ok", {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"})


@pages.get("/", Permission.PUBLIC)
def front_door(request: Request) -> Response:
    """To where the visitor has business: the log in page, or the switcher, which knows the only account."""
    return redirect("/accounts" if request.session else "/login")


@pages.get("/d/{slug}/brand.css", Permission.PUBLIC)
def brand(request: Request) -> Response:
    """The dealer's four colours. Its address has a version, so browsers may keep it."""
    dealer_id = dealers.by_slug(DoorScope(), request.params["slug"])
    if dealer_id is None:
        raise NotFoundError
    colours = request.services.dealer_of(TenantScope(dealer_id)).brand
    css = brand_css(nav=colours.nav_bg, button=colours.btn_bg)
    return Response(css, {"Content-Type": "text/css; charset=utf-8", "Cache-Control": A_DAY})
