"""What follows the door: where somebody goes next."""

from chalice.app import Response

from chalicelib.http.request import Request
from chalicelib.http.responses import page, redirect
from chalicelib.identity.model import Kind, Membership


def home(membership: Membership) -> str:
    """Where somebody's day begins."""
    return "/staff/accounts" if membership.kind is Kind.STAFF else "/transactions"


def onwards(request: Request) -> Response:
    """For somebody who is logged in already."""
    membership = request.session.membership if request.session else None
    return redirect(home(membership) if membership else "/accounts")


def link_ended(request: Request, way_on: str, words: str) -> Response:
    """A one-time link that works no more: used, replaced, ended or never made, all the same."""
    return page(request, "auth/link_ended.html", status=404, way_on=way_on, words=words)
