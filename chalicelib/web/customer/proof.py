"""Proof of a balance: each figure of the account opens what it comes from."""

from chalice.app import Response

from chalicelib.http.access import CUSTOMER_INVOICES
from chalicelib.http.request import Request
from chalicelib.http.responses import page, redirect
from chalicelib.http.routing import Routes
from chalicelib.ledger import queries
from chalicelib.ledger.account_view import NoFiguresError
from chalicelib.web.customer.account_page import HOME as TRANSACTIONS
from chalicelib.web.customer.account_page import account_ref
from chalicelib.web.presenters.transactions import RowFormatter, account_header
from chalicelib.web.proof_page import proof_context

routes = Routes(__name__)

HOME = "/proof"


@routes.get(HOME, CUSTOMER_INVOICES)
def proof(request: Request) -> Response:
    """Of one figure, by name, or of what is outstanding of a transaction. Raises NotFoundError."""
    scope, ref = request.customer_scope, account_ref(request)
    if ref is None:
        return redirect(TRANSACTIONS)
    try:
        view = queries.account_view(scope, ref=ref, now=request.now)
    except NoFiguresError:
        return redirect(TRANSACTIONS)
    formatter = RowFormatter.of(view, request.fmt)
    return page(
        request,
        "customer/proof.html",
        **account_header(view, formatter),
        **proof_context(request, scope, view, home=HOME, staff=False),
    )
