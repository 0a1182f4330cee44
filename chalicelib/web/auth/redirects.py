"""Where somebody goes after login."""

from urllib.parse import urlencode, urlsplit

from chalice.app import Response

from chalicelib.dealers.model import Dealer, PublicDealer
from chalicelib.http.request import Request
from chalicelib.http.responses import areas_of, page, redirect
from chalicelib.http.return_path import return_path
from chalicelib.http.start_page import LOG_IN, SWITCHER, member_start_page
from chalicelib.identity.model import Membership, MembershipKind
from chalicelib.kernel.scopes import TenantScope
from chalicelib.observability import Refusal, refused

FOR_ANYBODY = frozenset(
    {
        "/account/language",
        "/account/passkeys",
        "/account/password",
        "/account/security",
        "/account/sessions",
        "/email",
        "/profile",
    }
)
"""Pages of the person, whatever they act for."""


def start_path(request: Request, membership: Membership | None, person_id: str = "") -> str:
    """Where a membership starts, which need not be the one of the request's own session yet.

    `person_id`: whose it is, of somebody who has just logged in.
    """
    if membership is None:
        return SWITCHER.path
    dealer = request.services.dealer_of(TenantScope(membership.dealer_id))
    return member_start_page(membership, dealer, areas_of(request, person_id or _person_id(request), membership)).path


def _person_id(request: Request) -> str:
    return request.session.person_id if request.session else ""


def destination(request: Request, membership: Membership | None, wanted: str = "", *, person_id: str = "") -> str:
    """`wanted` if it is a page of ours and of this kind of member, else where the membership starts (threat 18)."""
    wanted = return_path(wanted)
    if wanted and is_for_anybody(wanted):
        return wanted
    if membership is None:  # the switcher asks first, and goes on from there
        return f"{SWITCHER.path}?{urlencode({'next': wanted}, safe='/')}" if wanted else SWITCHER.path
    for_staff = urlsplit(wanted).path == "/staff" or wanted.startswith("/staff/")
    fits = wanted and for_staff == (membership.kind is MembershipKind.STAFF)
    return wanted if fits else start_path(request, membership, person_id)


def is_for_anybody(path: str) -> bool:
    """Whether it is one of a person's own pages."""
    asked = urlsplit(path).path
    return any(asked == own or asked.startswith(f"{own}/") for own in FOR_ANYBODY)


def redirect_if_logged_in(request: Request) -> Response | None:
    """To where the session's membership starts; None for somebody who has to log in."""
    return redirect(start_path(request, request.session.membership)) if request.session else None


def log_in_path(dealer: Dealer | PublicDealer | None, *, done: str = "") -> str:
    """The login page, at the dealer's own address where one is known."""
    path = f"/d/{dealer.slug}/login" if dealer else LOG_IN.path
    return f"{path}?done={done}" if done else path


def forgot_path(dealer: Dealer | PublicDealer | None) -> str:
    """Forgot Password, likewise."""
    return f"/d/{dealer.slug}/forgot" if dealer else "/forgot"


def expired_link_page(request: Request, next_path: str, label: str) -> Response:
    """A one-time link that no longer works: used, replaced, expired or never made, all the same."""
    refused(Refusal.LINK, address=request.address)
    return page(request, "auth/link_expired.html", status=404, next_path=next_path, label=label)


def back_to_profile(request: Request) -> str:
    """Where the pages of one's own login lead back to: the profile, or the choice of an account without one."""
    return "/profile" if request.own_session.membership else SWITCHER.path
