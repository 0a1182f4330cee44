"""Customer Accounts: the list with its counters, as a page and as CSV."""

from dataclasses import replace
from urllib.parse import urlencode

from chalice.app import Response

from chalicelib.customers import queries
from chalicelib.customers.accounts_list import AccountRow
from chalicelib.customers.campaigns.queries import turns
from chalicelib.customers.enrolment.model import Status
from chalicelib.customers.list_snapshot import ListSnapshotRef
from chalicelib.dealers import queries as dealers
from chalicelib.dealers.publication import Published
from chalicelib.downloads.model import DownloadKind, SpreadsheetFile
from chalicelib.http import cookies

# Tested control: route-audience-import
from chalicelib.http.access import STAFF
from chalicelib.http.request import Request
from chalicelib.http.responses import page, redirect
from chalicelib.http.routing import Routes
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.keys import link_part
from chalicelib.kernel.money import as_decimal
from chalicelib.kernel.whole_numbers import whole_number
from chalicelib.rendering.spreadsheet import Cell, Column, FileKind
from chalicelib.web import file_responses
from chalicelib.web.staff.accounts_query import EVERYBODY, FIELDS, HOME, accounts_query, search_arguments
from chalicelib.web.staff.invitations import MAX_AT_ONCE
from chalicelib.web.staff.staff_freshness import staff_freshness

routes = Routes(__name__)

DOWNLOADS = "/staff/downloads"
STATUSES = {
    Status.ACTIVE: lazy_gettext("Active"),
    Status.INVITED: lazy_gettext("Invited"),
    Status.NONE: lazy_gettext("Not invited"),
    Status.INELIGIBLE: lazy_gettext("Cannot be invited"),
    Status.BOUNCED: lazy_gettext("Email bounced"),
    Status.IN_DOUBT: lazy_gettext("Check the customer"),
}
_CHOICES = frozenset({EVERYBODY, *STATUSES})
OPEN_STATUSES = frozenset({Status.INVITED, Status.BOUNCED})
"""Those in which an invitation can be cancelled, and sent again where nothing stops it."""


@routes.get("/staff", STAFF)
def home(_request: Request) -> Response:
    """The landing page of staff is Customer Accounts."""
    return redirect(HOME)


@routes.get(HOME, STAFF)
def accounts(request: Request) -> Response:
    """The list. Its state is the address: status, depot, field, q, sort, order, run and after (rows passed)."""
    if not request.query and (remembered := _remembered_status(request)):
        return redirect(f"{HOME}?{urlencode({'status': remembered})}")
    query = accounts_query(request.query)
    found = queries.customer_accounts(request.dealer_scope, **search_arguments(request.query), query=query)
    began_with = request.query.get("run")
    restarted = bool(query.offset) and began_with != str(found.published.run)
    if restarted:
        query = replace(query, offset=0)
        found = queries.customer_accounts(request.dealer_scope, **search_arguments(request.query), query=query)
    response = page(
        request,
        "staff/accounts.html",
        found=found,
        fresh=staff_freshness(request, found.published),
        query=query,
        fields=list(FIELDS.items()),
        statuses=list(STATUSES.items()),
        depots=[(depot, depot) for depot in found.depots] if len(found.depots) > 1 else [],
        restarted=restarted,
        max_at_once=MAX_AT_ONCE,
        link_part=link_part,
        turns=turns(request.dealer_scope, [row.entry.ref for row in found.page.rows if row.status is Status.NONE]).days,
        looks=whole_number(request.query.get("looks", "")) or 0,
        **search_arguments(request.query),
    )
    return _remember_status(request, response)


def _remembered_status(request: Request) -> str:
    """What this person last filtered by in this browser session."""
    status, _dot, person_id = request.cookies.get(cookies.ACCOUNTS_STATUS, "").partition(".")
    return status if status in _CHOICES and person_id == request.dealer_scope.person_id else ""


def _remember_status(request: Request, response: Response) -> Response:
    status = request.query.get("status", "")
    chosen = f"{status if status in _CHOICES else ''}.{request.dealer_scope.person_id}"
    if "status" not in request.query or request.cookies.get(cookies.ACCOUNTS_STATUS) == chosen:
        return response
    return cookies.set_cookie(response, cookies.ACCOUNTS_STATUS, chosen)


# Tested control: route-audience
@routes.get("/staff/accounts.csv", STAFF)
def accounts_csv(request: Request) -> Response:
    """The filtered list as CSV."""
    return file_responses.answer(request, request.dealer_scope, DownloadKind.CSV, lambda: _accounts_csv(request))


def _accounts_csv(request: Request) -> Response:
    published = dealers.published(request.dealer_scope)
    return file_responses.deliver(request, request.dealer_scope, download_file(request, published), DOWNLOADS)


def download_file(request: Request, published: Published, *, restarted: bool = False) -> SpreadsheetFile:
    """The filtered list as of a run, and of the enrolments as they are now."""
    scope = request.dealer_scope
    query = accounts_query(request.query)
    rows = queries.all_rows(scope, published=published, **search_arguments(request.query), query=query)
    return SpreadsheetFile(
        file_name="customer-accounts.csv",
        form=FileKind.CSV,
        title=_("Customer Accounts"),
        columns=_columns(),
        rows=map(_cells, rows),
        count=len(rows),
        snapshot_ref=str(ListSnapshotRef(published, queries.enrolment_states(scope).revision)),
        restarted=restarted,
    )


def _columns() -> list[Column]:
    return [
        Column(_("Customer #"), 12),
        Column(_("Customer Name"), 32),
        Column(_("Status"), 24),
        Column(_("Username / Email"), 32),
        Column(_("City"), 20),
        Column(_("Postcode"), 12),
        Column(_("Balance"), 14),
        Column(_("Currency"), 10),
    ]


def _cells(row: AccountRow) -> tuple[Cell, ...]:
    entry = row.entry
    balance = as_decimal(entry.balance, entry.currency)
    status = str(STATUSES[row.status] if row.reason is None or row.status in OPEN_STATUSES else row.reason)
    return entry.ref, entry.name, status, row.email, entry.city, entry.postcode, balance, entry.currency
