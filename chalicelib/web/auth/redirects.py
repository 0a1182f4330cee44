"""Where somebody goes after log in."""

from chalice.app import Response

from chalicelib.http.landing import SWITCHER, member_landing
from chalicelib.http.request import Request
from chalicelib.http.responses import is_local_path, page, redirect
from chalicelib.identity.model import Membership, MembershipKind
from chalicelib.kernel.scopes import TenantScope
from chalicelib.observability import Refusal, refused


def landing_path(request: Request, membership: Membership | None) -> str:
    """Where a membership starts, which need not be the one of the request's own session yet."""
    if membership is None:
        return SWITCHER.path
    dealer = request.services.dealer_of(TenantScope(membership.dealer_id))
    return member_landing(membership, dealer).path


def destination(request: Request, membership: Membership | None, wanted: str = "") -> str:
    """`wanted` if it is a page of ours and of this kind of member, else where the membership starts (threat 18)."""
    for_staff = wanted == "/staff" or wanted.startswith(("/staff/", "/staff?"))
    fits = membership is not None and for_staff == (membership.kind is MembershipKind.STAFF)
    return wanted if fits and is_local_path(wanted) else landing_path(request, membership)


def redirect_if_logged_in(request: Request) -> Response | None:
    """To where the session's membership starts; None for somebody who has to log in."""
    return redirect(landing_path(request, request.session.membership)) if request.session else None


def expired_link_page(request: Request, next_path: str, label: str) -> Response:
    """A one-time link that no longer works: used, replaced, expired or never made, all the same."""
    refused(Refusal.LINK, address=request.address)
    return page(request, "auth/link_expired.html", status=404, next_path=next_path, label=label)
