"""See as the customer: staff give a reason, and see the customer's pages for half an hour without changing anything."""

from chalice.app import Response

from chalicelib.customers import queries
from chalicelib.customers.impersonation import operations
from chalicelib.customers.impersonation.model import MAX_REASON
from chalicelib.http.access import STAFF
from chalicelib.http.request import Request
from chalicelib.http.responses import page, redirect
from chalicelib.http.routing import Routes
from chalicelib.http.start_page import viewed_start_path
from chalicelib.kernel.errors import InvalidError, NotFoundError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.keys import from_link_part

routes = Routes(__name__)

SEE_AS = "/staff/accounts/{account}/see-as"


@routes.get(SEE_AS, STAFF)
def ask(request: Request) -> Response:
    """Asks why."""
    return _form(request)


@routes.post(SEE_AS, STAFF)
def begin(request: Request) -> Response:
    """On to the customer's first page."""
    session = request.session
    if session is None:  # STAFF has let nobody in without one
        raise NotFoundError
    try:
        begun = operations.begin_impersonation(
            request.dealer_scope,
            ref=_ref(request),
            reason=request.form.get("reason", ""),
            session_id=session.session_id,
            now=request.now,
            ids=request.services.ids,
        )
    except InvalidError as error:
        return _form(request, status=422, errors=error.fields, reason=request.form.get("reason", "")[:MAX_REASON])
    return redirect(viewed_start_path(begun, request.dealer))


@routes.post(SEE_AS + "/stop", STAFF)
def stop(request: Request) -> Response:
    """Back to the account."""
    queries.staff_account(request.dealer_scope, _ref(request))  # another dealer's is not found
    operations.end_impersonation(request.dealer_scope, now=request.now, ids=request.services.ids)
    return redirect(
        f"/staff/accounts/{request.params['account']}", flash=_("You no longer see the portal as the customer")
    )


def _form(request: Request, *, status: int = 200, errors: dict[str, str] | None = None, reason: str = "") -> Response:
    found = queries.staff_account(request.dealer_scope, _ref(request))
    return page(
        request,
        "staff/see_as.html",
        status=status,
        entry=found.row.entry,
        link=request.params["account"],
        errors=errors or {},
        reason=reason,
    )


def _ref(request: Request) -> str:
    return from_link_part(request.params["account"])
