"""Out of a kind of mails by the link in one of them: a mail program's one click (RFC 8058), or the page behind it.

Scanners open links, so opening it changes nothing.
"""

from chalice.app import Response

from chalicelib.customers import unsubscribing
from chalicelib.customers.unsubscribing import Subscription
from chalicelib.http.access import VISITOR, Access, Audience, SignedRequest
from chalicelib.http.request import Request
from chalicelib.http.responses import page
from chalicelib.http.routing import Routes
from chalicelib.kernel import i18n
from chalicelib.kernel.errors import NotFoundError, UnauthenticatedError
from chalicelib.kernel.scopes import TenantScope
from chalicelib.web.auth import redirects

routes = Routes(__name__)

HOME = "/unsubscribe/{token}"
MAX_BODY = 1_024
"""Bytes. What mail programs send is `List-Unsubscribe=One-Click`, as a form of either kind."""


def by_link(request: SignedRequest) -> TenantScope:
    """Whose mails they are. The link is all that a mail program knows."""
    try:
        return unsubscribing.subscription(request.params["token"], now=request.now).scope
    except NotFoundError as error:
        raise UnauthenticatedError(error.message) from error


BY_LINK = Access(Audience.WEBHOOK, verifier=by_link, body_limit=MAX_BODY)


@routes.get(HOME, VISITOR)
def unsubscribing_page(request: Request) -> Response:
    """Which mails it stops, and the button that does so."""
    try:
        found = unsubscribing.subscription(request.params["token"], now=request.now)
    except NotFoundError:
        return redirects.expired_link_page(request, *_next_page(request))
    return _page(request, found, is_mailed=unsubscribing.is_mailed(found))


@routes.post(HOME, BY_LINK)
def unsubscribe(request: Request) -> Response:
    """No more of these mails. Nothing that is sent along counts, and a repetition changes nothing.

    The answer is a page for the button, without a redirect: https://www.rfc-editor.org/rfc/rfc8058#section-3.1.
    """
    found = unsubscribing.subscription(request.params["token"], now=request.now)
    unsubscribing.unsubscribe(found, now=request.now, ids=request.services.ids)
    return _page(request, found, is_mailed=False)


def _page(request: Request, found: Subscription, *, is_mailed: bool) -> Response:
    dealer = request.services.dealer_of(found.scope)
    i18n.activate(dealer.locale)
    return page(
        request,
        "public/unsubscribe.html",
        dealer=dealer,
        what=found.label,
        choose="/profile/notifications" if found.kind else "/staff/notifications",
        is_mailed=is_mailed,
        action=request.path,
    )


def _next_page(request: Request) -> tuple[str, str]:
    if request.session:
        return "/profile/notifications", i18n.gettext("Choose notifications")
    return redirects.log_in_path(request.remembered_dealer), i18n.gettext("Log in")
