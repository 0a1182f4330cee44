"""Customer Accounts: the list with its counters, and the invitations sent from it."""

from dataclasses import replace
from typing import Any

from chalice.app import Response

from chalicelib.customers import queries
from chalicelib.customers.accounts_list import SORTS, AccountRow, AccountsQuery
from chalicelib.customers.as_of import ListAsOf
from chalicelib.customers.enrolment import operations
from chalicelib.customers.enrolment.model import Status
from chalicelib.customers.enrolment.operations import InviteResult
from chalicelib.dealers import queries as dealers
from chalicelib.dealers.model import Dealer
from chalicelib.dealers.publication import Published
from chalicelib.downloads.model import DownloadFile

# Tested control: route-audience-import
from chalicelib.http.access import STAFF
from chalicelib.http.request import Request
from chalicelib.http.responses import is_local_path, page, redirect
from chalicelib.http.routing import Routes
from chalicelib.kernel.errors import InvalidError, NotFoundError, TooManyError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.keys import from_link_part, link_part
from chalicelib.kernel.money import as_decimal
from chalicelib.kernel.whole_numbers import whole_number
from chalicelib.rendering.format import Formats
from chalicelib.rendering.spreadsheet import Cell, Column, FileKind
from chalicelib.web import file_responses
from chalicelib.web.presenters.freshness import dealer_freshness

routes = Routes(__name__)

HOME = "/staff/accounts"
DOWNLOADS = "/staff/downloads"
FIELDS = {
    "all": lazy_gettext("All"),
    "name": lazy_gettext("Name"),
    "city": lazy_gettext("City"),
    "state": lazy_gettext("State"),
    "number": lazy_gettext("Number"),
}
STATUSES = {
    Status.ACTIVE: lazy_gettext("Active"),
    Status.INVITED: lazy_gettext("Invited"),
    Status.NONE: lazy_gettext("Not invited"),
    Status.INELIGIBLE: lazy_gettext("Cannot be invited"),
    Status.BOUNCED: lazy_gettext("Email bounced"),
}
FORMER_STATUSES = {"cannot": Status.INELIGIBLE.value}
"""What bookmarks may still say."""
MAX_LISTED = 3
"""Refusals that a toast names one by one; of more it says how many."""


@routes.get("/staff", STAFF)
def home(_request: Request) -> Response:
    """The landing page of staff is Customer Accounts."""
    return redirect(HOME)


@routes.get(HOME, STAFF)
def accounts(request: Request) -> Response:
    """The list. Its state is the address: status, depot, field, q, sort, order, run and after (rows passed)."""
    query = _query(request)
    found = queries.customer_accounts(request.dealer_scope, **_search(request), query=query)
    began_with = request.query.get("run")
    restarted = bool(query.offset) and began_with != str(found.published.run)
    if restarted:
        query = replace(query, offset=0)
        found = queries.customer_accounts(request.dealer_scope, **_search(request), query=query)
    return page(
        request,
        "staff/accounts.html",
        found=found,
        fresh=dealer_freshness(found.published, request.fmt.today(request.now)),
        query=query,
        fields=list(FIELDS.items()),
        statuses=list(STATUSES.items()),
        depots=[(depot, depot) for depot in found.depots] if len(found.depots) > 1 else [],
        restarted=restarted,
        link_part=link_part,
        **_search(request),
    )


# Tested control: route-audience
@routes.get("/staff/accounts.csv", STAFF)
def accounts_csv(request: Request) -> Response:
    """The filtered list as CSV."""
    return file_responses.answer(request, request.dealer_scope, FileKind.CSV, lambda: _accounts_csv(request))


def _accounts_csv(request: Request) -> Response:
    published = dealers.published(request.dealer_scope)
    return file_responses.deliver(request, request.dealer_scope, download_file(request, published), DOWNLOADS)


def download_file(request: Request, published: Published, *, restarted: bool = False) -> DownloadFile:
    """The filtered list as of a run, and of the enrolments as they are now."""
    scope = request.dealer_scope
    rows = queries.all_rows(scope, published=published, **_search(request), query=_query(request))
    return DownloadFile(
        file_name="customer-accounts.csv",
        kind=FileKind.CSV,
        title=_("Customer Accounts"),
        columns=_columns(),
        rows=map(_cells, rows),
        count=len(rows),
        as_of=str(ListAsOf(published, queries.enrolment_states(scope).revision)),
        restarted=restarted,
    )


@routes.post("/staff/accounts/invite", STAFF)
def invite(request: Request) -> Response:
    """Invite the ticked accounts, or the one whose button was pressed (`only`)."""
    chosen = [request.form["only"]] if "only" in request.form else request.form_all.get("ref", [])
    if not chosen:
        raise InvalidError(_("Choose at least one customer to invite"))
    result = operations.invite_customers(
        request.dealer_scope,
        dealer=_dealer(request),
        refs=[from_link_part(one) for one in chosen],
        invited_by=_email(request),
        now=request.now,
        ids=request.services.ids,
    )
    request.services.notify_outbox(request.dealer_scope)
    return redirect(_back(request), flash=_outcome(result, request.fmt))


@routes.post("/staff/accounts/{account}/resend", STAFF)
def resend(request: Request) -> Response:
    """Send a fresh invitation; the older link stops working."""
    ref = from_link_part(request.params["account"])
    try:
        operations.resend_invitation(
            request.dealer_scope, ref=ref, invited_by=_email(request), now=request.now, ids=request.services.ids
        )
    except TooManyError as error:
        return redirect(_back(request), flash=_("Account %(account)s: %(reason)s", account=ref, reason=error.message))
    request.services.notify_outbox(request.dealer_scope)
    return redirect(_back(request), flash=_("A new invitation is on its way to account %(account)s", account=ref))


@routes.post("/staff/accounts/{account}/cancel", STAFF)
def cancel(request: Request) -> Response:
    """End an invitation: its link opens nothing any more."""
    ref = from_link_part(request.params["account"])
    operations.cancel_invitation(request.dealer_scope, ref=ref, now=request.now, ids=request.services.ids)
    return redirect(_back(request), flash=_("The invitation for account %(account)s is cancelled", account=ref))


def _query(request: Request) -> AccountsQuery:
    values = request.query
    status = FORMER_STATUSES.get(values.get("status", ""), values.get("status", ""))
    return AccountsQuery(
        status=Status(status) if status in set(Status) else None,
        depot=values.get("depot", ""),
        sort=values["sort"] if values.get("sort") in SORTS else "number",
        descending=values.get("order") == "desc",
        offset=whole_number(values.get("after", "")) or 0,
    )


def _search(request: Request) -> dict[str, Any]:
    field = request.query.get("field", "all")
    return {"text": request.query.get("q", "").strip()[:100], "field": field if field in FIELDS else "all"}


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
    status = str(row.reason or STATUSES[row.status])
    return entry.ref, entry.name, status, row.email, entry.city, entry.postcode, balance, entry.currency


def _outcome(result: InviteResult, fmt: Formats) -> str:
    count = len(result.invited)
    sent = fmt.plural(count, "%(num)s invitation on the way", "%(num)s invitations on the way")
    parts = [sent] if count else []
    named = list(result.refused.items())
    parts += [f"{ref}: {reason}" for ref, reason in named[:MAX_LISTED]]
    if len(named) > MAX_LISTED:
        more = len(named) - MAX_LISTED
        parts.append(fmt.plural(more, "%(num)s more cannot be invited", "%(num)s more cannot be invited"))
    return ". ".join(parts)


def _back(request: Request) -> str:
    back = request.form.get("back", "")
    return back if back.startswith(HOME) and is_local_path(back) else HOME


def _dealer(request: Request) -> Dealer:
    if request.dealer is None:
        raise NotFoundError
    return request.dealer


def _email(request: Request) -> str:
    return request.session.email if request.session else ""
