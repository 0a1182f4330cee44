"""A dealer's public page. It is the same for everybody: no cookie is read or set, so that caches may keep it."""

from hashlib import sha256

from chalice.app import Response

from chalicelib.dealers import queries as dealers
from chalicelib.dealers.landing import queries
from chalicelib.dealers.landing.model import Landing, branded
from chalicelib.http.access import PUBLIC
from chalicelib.http.request import Request
from chalicelib.http.responses import redirect
from chalicelib.http.routing import Routes
from chalicelib.kernel import i18n
from chalicelib.kernel.scopes import PublicLookupScope, PublicScope
from chalicelib.rendering.brand import brand_css, brand_version
from chalicelib.web.presenters.landing import landing_view, page_context, public_files, stylesheet_address
from chalicelib.web.public.root import A_MINUTE, A_YEAR

routes = Routes(__name__)


@routes.get("/d/{slug}", PUBLIC)
def landing(request: Request) -> Response:
    """The dealer's own address: its landing page, or the way to the login page where there is none."""
    dealer = dealers.public_dealer_at(PublicLookupScope(), request.params["slug"])
    found = queries.public_landing(PublicScope(dealer.dealer_id))
    if found is None:
        return redirect(f"/d/{dealer.slug}/login")
    i18n.activate(dealer.locale)  # not that of another dealer whom the reader's cookies name
    view = landing_view(
        dealer,
        found,
        base_url=request.services.settings.base_url,
        stylesheet=stylesheet_address(dealer, found),
        address_of=public_files(dealer.slug),
    )
    body = request.services.render("public/landing.html", page_context(dealer, found, view, None))
    tag = f'"{sha256(body.encode()).hexdigest()[:16]}"'
    headers: dict[str, str | list[str]] = {"Cache-Control": A_MINUTE, "ETag": tag}
    # A proxy that has compressed the page calls it weak.
    known = {one.strip().removeprefix("W/") for one in request.header("if-none-match").split(",")}
    if known & {tag, "*"}:
        return Response("", headers, 304)
    return Response(body, {"Content-Type": "text/html; charset=utf-8", **headers})


@routes.get("/d/{slug}/landing.css", PUBLIC)
def colours(request: Request) -> Response:
    """The page's colours and fonts, kept for a year under the version that its address names."""
    dealer = dealers.public_dealer_at(PublicLookupScope(), request.params["slug"])
    found = queries.public_landing(PublicScope(dealer.dealer_id)) or Landing()
    look = branded(dealer.brand, found)
    # A page may name a version that this function's copy of the settings has not reached yet, or has left behind.
    caching = A_YEAR if request.query.get("v") == brand_version(look) else A_MINUTE
    return Response(brand_css(look), {"Content-Type": "text/css; charset=utf-8", "Cache-Control": caching})


@routes.get("/d/{slug}/landing/{picture}", PUBLIC)
def picture(request: Request) -> Response:
    """A picture of the page, in one size. Its name holds a hash of it, so browsers keep it for a year."""
    dealer = dealers.public_dealer_at(PublicLookupScope(), request.params["slug"])
    name = request.params["picture"]
    content = queries.public_picture(PublicScope(dealer.dealer_id), name, now=request.now)
    headers: dict[str, str | list[str]] = {
        "Content-Type": "image/jpeg" if name.endswith(".jpg") else "image/webp",
        "Cache-Control": f"{A_YEAR}, s-maxage=600",  # the edge asks again, for a page that was taken down
        "Cross-Origin-Resource-Policy": "cross-origin",  # other programs show it with a link to the page
    }
    return Response(b"" if request.method == "HEAD" else content, headers)
