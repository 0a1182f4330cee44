"""What an account's transactions come to, as its customer sees it, for staff to read."""

from dataclasses import replace

from chalice.app import Response

from chalicelib.customers import queries as customers
from chalicelib.http.access import STAFF
from chalicelib.http.request import Request
from chalicelib.http.responses import page, redirect
from chalicelib.http.routing import Routes
from chalicelib.kernel.keys import from_link_part
from chalicelib.ledger import queries as ledger
from chalicelib.ledger.account_view import NoFiguresError
from chalicelib.web.customer.totals import totals_context, whole_query
from chalicelib.web.presenters.transactions import RowFormatter, account_header
from chalicelib.web.staff.staff_freshness import staff_freshness
from chalicelib.web.staff.view_filter import ViewFilter

routes = Routes(__name__)


@routes.get("/staff/accounts/{account}/transactions/totals", STAFF)
def account_totals(request: Request) -> Response:
    """Of the rows that the address of the list describes."""
    scope, ref = request.dealer_scope, from_link_part(request.params["account"])
    found = customers.staff_account(scope, ref)
    account_link = f"/staff/accounts/{request.params['account']}"
    views = ViewFilter.of(request, ref, era=found.era)
    query = replace(whole_query(request), only=views.only)
    try:
        view = ledger.account_view(
            scope, ref=ref, now=request.now, query=query, published=found.published, era=found.era
        )
    except NoFiguresError:
        return redirect(account_link)
    formatter = RowFormatter.of(view, request.fmt)
    return page(
        request,
        "staff/account_totals.html",
        read_only=True,
        entry=found.row.entry,
        account_link=account_link,
        **account_header(view, formatter) | {"fresh": staff_freshness(request, found.published)},
        **views.narrowed_in(totals_context(request, scope, view, query, formatter, f"{account_link}/transactions")),
    )
