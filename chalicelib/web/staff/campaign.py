"""One campaign of invitations: what it has done, and its pausing, resuming and cancelling."""

from typing import Any

from chalice.app import Response

from chalicelib.customers.campaigns import operations, queries
from chalicelib.dealers import queries as dealers
from chalicelib.http.access import STAFF, STAFF_ADMIN
from chalicelib.http.request import Request
from chalicelib.http.responses import page, redirect
from chalicelib.http.routing import Routes
from chalicelib.kernel.errors import ConflictError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.keys import link_part
from chalicelib.web.presenters.campaigns import (
    campaign_in_words,
    left_out_in_words,
    plan_in_words,
    reason_label,
    state_chip,
)
from chalicelib.web.staff.campaigns import HOME
from chalicelib.web.staff.confirm import confirm_page

routes = Routes(__name__)

CAMPAIGN = f"{HOME}/{{campaign}}"


@routes.get(CAMPAIGN, STAFF)
def campaign(request: Request) -> Response:
    """What it has done so far, and what comes next."""
    found = queries.progress(request.dealer_scope, request.params["campaign"])
    one, fmt = found.campaign, request.fmt
    expected = one.plan()
    return page(
        request,
        "staff/campaign.html",
        found=found,
        one=one,
        state=state_chip(one),
        line=campaign_in_words(one, fmt),
        expected=plan_in_words(expected, fmt) if expected else "",
        next_day=max(one.next_day, fmt.today(request.now)) if one.next_day else None,
        left_out_note=left_out_in_words(found.left_out.values()),
        left_out=[(ref, link_part(ref), reason_label(why)) for ref, why in sorted(found.left_out.items())],
        most=dealers.dealer(request.dealer_scope).daily_invitations,
        may_decide=request.dealer_scope.is_admin,
        today=fmt.today(request.now),
    )


@routes.post(f"{CAMPAIGN}/pause", STAFF_ADMIN)
def pause(request: Request) -> Response:
    """Send no more until it is resumed."""
    operation = operations.pause
    return _decided(request, lambda here: operation(request.dealer_scope, **here), _("The campaign is paused"))


@routes.post(f"{CAMPAIGN}/resume", STAFF_ADMIN)
def resume(request: Request) -> Response:
    """Go on with those whose turn has not come."""
    operation = operations.resume
    return _decided(request, lambda here: operation(request.dealer_scope, **here), _("The campaign goes on"))


@routes.get(f"{CAMPAIGN}/cancel", STAFF_ADMIN)
def ask_to_cancel(request: Request) -> Response:
    """Asks once more: it cannot be taken up again."""
    one = queries.progress(request.dealer_scope, request.params["campaign"]).campaign
    here = f"{HOME}/{one.campaign_id}"
    if not one.is_open:
        return redirect(here, flash=_("This campaign has ended already"), failed=True)
    text = request.fmt.plural(
        one.left,
        "%(num)s customer whose turn has not come is not invited. Invitations that were sent stay as they are.",
        "%(num)s customers whose turn has not come are not invited. Invitations that were sent stay as they are.",
    )
    return confirm_page(
        request, _("Cancel this campaign?"), text, _("Cancel campaign"), back=here, fields={"seen": one.state.value}
    )


@routes.post(f"{CAMPAIGN}/cancel", STAFF_ADMIN)
def cancel(request: Request) -> Response:
    """End it."""
    seen = request.form.get("seen", "")
    operation = operations.cancel
    return _decided(
        request, lambda here: operation(request.dealer_scope, seen=seen, **here), _("The campaign is cancelled")
    )


def _decided(request: Request, act: Any, done: str) -> Response:
    campaign_id = request.params["campaign"]
    try:
        act({"campaign_id": campaign_id, "now": request.now, "ids": request.services.ids})
    except ConflictError as error:
        return redirect(f"{HOME}/{campaign_id}", flash=error.message, failed=True)
    return redirect(f"{HOME}/{campaign_id}", flash=done)
