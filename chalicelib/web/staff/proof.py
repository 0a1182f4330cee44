"""Proof of a customer's balance for staff, with the way into the import."""

from chalice.app import Response

from chalicelib.customers import queries as customers
from chalicelib.http.access import STAFF
from chalicelib.http.request import Request
from chalicelib.http.responses import page, redirect
from chalicelib.http.routing import Routes
from chalicelib.kernel.keys import from_link_part
from chalicelib.ledger import queries as ledger
from chalicelib.ledger.account_view import NoFiguresError
from chalicelib.web.presenters.transactions import RowFormatter, account_header
from chalicelib.web.proof_page import proof_context
from chalicelib.web.staff.staff_freshness import staff_freshness

routes = Routes(__name__)


@routes.get("/staff/accounts/{account}/proof", STAFF)
def proof(request: Request) -> Response:
    """Of one figure of the account, as its customer sees it. Raises NotFoundError."""
    scope, ref = request.dealer_scope, from_link_part(request.params["account"])
    found = customers.staff_account(scope, ref)
    account_link = f"/staff/accounts/{request.params['account']}"
    try:
        view = ledger.account_view(scope, ref=ref, now=request.now, published=found.published, era=found.era)
    except NoFiguresError:
        return redirect(account_link)
    formatter = RowFormatter.of(view, request.fmt)
    fresh = staff_freshness(request, found.published)
    return page(
        request,
        "staff/proof.html",
        entry=found.row.entry,
        account_link=account_link,
        **account_header(view, formatter) | {"fresh": fresh},
        **proof_context(request, scope, view, home=request.path, staff=True),
    )
