"""What follows the door: where somebody goes next, and the work that a form has left for other sides."""

from chalice.app import Response

from chalicelib.http.request import Request
from chalicelib.http.responses import page, redirect
from chalicelib.identity.model import Kind, Membership
from chalicelib.observability import logger
from chalicelib.store import queues


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


def deliver_steps(request: Request) -> None:
    """Tell the dealer's side now. If that fails a schedule does it within a minute, and the person need not know."""
    from chalicelib.notifications.identity_outbox import deliver_identity_outbox  # loads what mails need

    try:
        deliver_identity_outbox(tools=request.services.tools, mails=False)
    except Exception:  # noqa: BLE001 - see above
        logger.exception("identity_outbox.later")


def wake_identity(request: Request) -> None:
    """Have identity's mails sent at once. If the queue is away a schedule sends them within a minute."""
    try:
        queues.send(request.services.settings.outbox_queue_url, {"identity": True})
    except Exception:  # noqa: BLE001 - see above
        logger.exception("identity_outbox.later")
