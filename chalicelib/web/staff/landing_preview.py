"""What an admin sees and takes away of a landing page: the real page as drafted, its pictures, its QR codes."""

from collections.abc import Callable

from chalice.app import Response

from chalicelib.dealers.landing import queries
from chalicelib.dealers.landing.model import branded
from chalicelib.dealers.model import Dealer
from chalicelib.http.access import STAFF_ADMIN
from chalicelib.http.headers import content_security_policy
from chalicelib.http.request import Request
from chalicelib.http.responses import download
from chalicelib.http.routing import Routes
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.rendering import qr_code
from chalicelib.rendering.brand import logo_address
from chalicelib.web.presenters.landing import AddressOf, landing_address, landing_view, page_context, public_files
from chalicelib.web.staff.brand_preview import Preview
from chalicelib.web.staff.customise import brand_stylesheet
from chalicelib.web.staff.landing_form import HOME, PICTURES, PREVIEW

routes = Routes(__name__)

_INERT = "form-action 'none'; script-src 'none'"


@routes.get(PREVIEW, STAFF_ADMIN)
def preview(request: Request) -> Response:
    """The real page as the reader has drafted it, for them alone, and nothing on it can be pressed."""
    scope, dealer = request.dealer_scope, own_dealer(request)
    draft = queries.draft_or_published(scope, queries.published(scope), now=request.now)
    view = landing_view(
        dealer,
        draft.landing,
        base_url=request.services.settings.base_url,
        stylesheet=brand_stylesheet(branded(dealer.brand, draft.landing)),
        address_of=picture_addresses(request),
    )
    logo = dealer.brand.logo
    shown = Preview(
        stylesheet="",
        logo=logo_address(dealer.slug, logo.version) if logo else "",
        pages=(),
        here=request.path,
        back=HOME,
        back_label=_("Back to Customer Landing Page"),
    )
    body = request.services.render("public/landing.html", page_context(dealer, draft.landing, view, shown))
    # Tested control: landing-preview-is-inert
    policy = f"{content_security_policy(request.services.settings.bucket_origins)}, {_INERT}"
    return Response(body, {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy})


@routes.get(f"{PICTURES}/{{picture}}", STAFF_ADMIN)
def drafted_picture(request: Request) -> Response:
    """A picture of the reader's own draft or of what was saved last, in one size."""
    name = request.params["picture"]
    content = queries.drafted_picture(request.dealer_scope, name)
    media_type = "image/jpeg" if name.endswith(".jpg") else "image/webp"
    return Response(b"" if request.method == "HEAD" else content, {"Content-Type": media_type})


@routes.get(f"{HOME}/qr.svg", STAFF_ADMIN)
def qr_svg(request: Request) -> Response:
    """The public address for print, as lines."""
    return _qr_download(request, qr_code.svg, "svg", "image/svg+xml; charset=utf-8")


@routes.get(f"{HOME}/qr.png", STAFF_ADMIN)
def qr_png(request: Request) -> Response:
    """The same in dots."""
    return _qr_download(request, qr_code.png, "png", "image/png")


def _qr_download(request: Request, draw: Callable[[str], bytes], kind: str, media_type: str) -> Response:
    content = b"" if request.method == "HEAD" else draw(public_address(request))
    return download(content, f"{own_dealer(request).slug}-qr.{kind}", media_type)


def own_dealer(request: Request) -> Dealer:
    if request.dealer is None:
        raise NotFoundError
    return request.dealer


def public_address(request: Request) -> str:
    return landing_address(request.services.settings.base_url, own_dealer(request).slug)


def picture_addresses(request: Request) -> AddressOf:
    """Where pictures are: public ones where everybody finds them, all others where admins alone do."""
    found = queries.published(request.dealer_scope)
    live = set(found.landing.pictures.values()) if found and found.is_shown else set()
    public = public_files(own_dealer(request).slug)
    return lambda picture, name: public(picture, name) if picture in live else f"{PICTURES}/{name}"
