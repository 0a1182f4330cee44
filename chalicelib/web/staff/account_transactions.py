"""The transactions of an account as its customer sees them, for staff to read."""

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
from chalicelib.ledger.model import SnapshotExpiredError
from chalicelib.web.customer.account_page import row_query
from chalicelib.web.customer.transactions_list import asked_snapshot, list_context
from chalicelib.web.presenters.transactions import RowFormatter, account_header
from chalicelib.web.staff.staff_freshness import staff_freshness
from chalicelib.web.staff.view_filter import ViewFilter

routes = Routes(__name__)


@routes.get("/staff/accounts/{account}/transactions", STAFF)
def account_transactions(request: Request) -> Response:
    """The list with all its filters, and who has opened what. Nothing can be selected or downloaded."""
    scope, ref = request.dealer_scope, from_link_part(request.params["account"])
    found = customers.staff_account(scope, ref)
    views = ViewFilter.of(request, ref, era=found.era)
    query = replace(row_query(request.query, request.fmt.locale), only=views.only)
    try:
        view = ledger.account_view(
            scope,
            ref=ref,
            now=request.now,
            query=query,
            snapshot_ref=asked_snapshot(request) if query.page != 1 else None,
            published=found.published,
            era=found.era,
        )
    except NoFiguresError:
        return redirect(f"/staff/accounts/{request.params['account']}")
    except SnapshotExpiredError:
        return redirect(request.here(page=None, at=None))
    formatter = RowFormatter.of(view, request.fmt)
    fresh = staff_freshness(request, found.published)
    return page(
        request,
        "customer/transactions_update.html" if request.htmx else "staff/account_transactions.html",
        home=request.path,
        read_only=True,
        entry=found.row.entry,
        account_link=f"/staff/accounts/{request.params['account']}",
        **account_header(view, formatter) | {"fresh": fresh},
        **views.shown_in(list_context(request, view, query, formatter), view.page.rows),
    )
