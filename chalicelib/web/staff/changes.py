"""Staff decide on a change that a customer asked for."""

from chalice.app import Response

from chalicelib.customers import queries
from chalicelib.customers.change_requests import operations
from chalicelib.http.access import STAFF
from chalicelib.http.request import Request
from chalicelib.http.responses import redirect
from chalicelib.http.routing import Routes
from chalicelib.kernel.errors import ConflictError, InvalidError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.keys import from_link_part

routes = Routes(__name__)


@routes.post("/staff/accounts/{account}/changes", STAFF)
def decide(request: Request) -> Response:
    """`decision` is passed_on, or refused with a `reason`; `change` says of which request."""
    link = request.params["account"]
    ref, back = from_link_part(link), f"/staff/accounts/{link}"
    queries.staff_account(request.dealer_scope, ref)  # another dealer's is not found, whatever the form says
    decisions = {"passed_on": _pass_on, "refused": _refuse}
    act = decisions.get(request.form.get("decision", ""))
    if act is None:
        raise InvalidError(_("Say whether it was passed on or is refused"))
    try:
        text = act(request, ref)
    except ConflictError as error:  # a page from before
        return redirect(back, flash=error.message, failed=True)
    except InvalidError as error:  # no reason
        return redirect(f"{back}#changes", flash=error.message, failed=True)
    return redirect(back, flash=text)


def _pass_on(request: Request, ref: str) -> str:
    operations.pass_on(
        request.dealer_scope, ref=ref, request_id=_request_id(request), now=request.now, ids=request.services.ids
    )
    return _("Passed on. The customer sees it with the next export.")


def _refuse(request: Request, ref: str) -> str:
    found = operations.refuse(
        request.dealer_scope,
        ref=ref,
        request_id=_request_id(request),
        reason=request.form.get("reason", ""),
        now=request.now,
        ids=request.services.ids,
    )
    request.services.notify_outbox(request.dealer_scope)
    return _("Refused. %(email)s is notified why.", email=found.asked_by)


def _request_id(request: Request) -> str:
    return request.form.get("change", "")
