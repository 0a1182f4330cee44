"""Customer Accounts: the list with its counters, and the invitations sent from it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

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
from chalicelib.http.idempotency import once
from chalicelib.http.request import Request
from chalicelib.http.responses import is_local_path, page, redirect
from chalicelib.http.routing import Routes
from chalicelib.identity.tokens import INVITE_LIFE
from chalicelib.kernel.errors import ConflictError, InvalidError, NotFoundError, PortalError, TooManyError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.keys import from_link_part, link_part
from chalicelib.kernel.money import as_decimal
from chalicelib.kernel.whole_numbers import whole_number
from chalicelib.rendering.spreadsheet import Cell, Column, FileKind
from chalicelib.store.form_results import FormResult
from chalicelib.web import file_responses
from chalicelib.web.presenters.freshness import dealer_freshness
from chalicelib.web.staff.confirm import confirm_page

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
    Status.IN_DOUBT: lazy_gettext("Check the customer"),
}
OPEN_STATUSES = frozenset({Status.INVITED, Status.BOUNCED})
"""Those in which an invitation can be cancelled, and sent again where nothing stops it."""
EVERYBODY = "all"
"""The choice of status that also lists the dealer's own internal and cash accounts."""
FORMER_STATUSES = {"cannot": Status.INELIGIBLE.value}
"""What bookmarks may still say."""
MAX_AT_ONCE = 500
"""Invitations of one form: each is written with its audit row, and a request has 29 seconds."""
MAX_LISTED = 3
"""Refusals that a toast names one by one; of more it says how many."""


@routes.get("/staff", STAFF)
def home(_request: Request) -> Response:
    """The landing page of staff is Customer Accounts."""
    return redirect(HOME)


@routes.get(HOME, STAFF)
def accounts(request: Request) -> Response:
    """The list. Its state is the address: status, depot, field, q, sort, order, run and after (rows passed)."""
    query = _query(request.query)
    found = queries.customer_accounts(request.dealer_scope, **_search(request.query), query=query)
    began_with = request.query.get("run")
    restarted = bool(query.offset) and began_with != str(found.published.run)
    if restarted:
        query = replace(query, offset=0)
        found = queries.customer_accounts(request.dealer_scope, **_search(request.query), query=query)
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
        max_at_once=MAX_AT_ONCE,
        link_part=link_part,
        **_search(request.query),
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
    rows = queries.all_rows(scope, published=published, **_search(request.query), query=_query(request.query))
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
    return once(request, lambda: _invite(request))


def _invite(request: Request) -> FormResult:
    refs = _chosen(request)
    if not refs:
        return FormResult(_back(request), _("Choose at least one customer to invite"), failed=True)
    result = operations.invite_customers(
        request.dealer_scope,
        dealer=_dealer(request),
        refs=refs,
        invited_by=_email(request),
        now=request.now,
        ids=request.services.ids,
    )
    request.services.notify_outbox(request.dealer_scope)
    return FormResult(_back(request), _outcome(request, result), failed=not result.invited)


def _chosen(request: Request) -> list[str]:
    """The account whose button was pressed, all of the list that can be invited, or the ticked ones."""
    form = request.form
    if "only" in form:
        return [from_link_part(form["only"])]
    if "all" in form:
        shown = dict(parse_qsl(urlsplit(_back(request)).query))
        query = replace(_query(shown), status=Status.NONE)
        published = dealers.published(request.dealer_scope)
        rows = queries.all_rows(request.dealer_scope, published=published, **_search(shown), query=query)
        return [row.entry.ref for row in rows if row.status is Status.NONE][:MAX_AT_ONCE]
    return [from_link_part(one) for one in request.form_all.get("ref", [])]


@routes.get("/staff/accounts/invite", STAFF)
def preview(request: Request) -> Response:
    """The email that an invitation sends, with an account that is only an example."""
    from chalicelib.notifications.deps import letterhead  # what mails need, no other page of this function does

    dealer = _dealer(request)
    mail = request.services.mail_deps.mail(
        operations.INVITATION,
        letterhead(dealer),
        to=_email(request),
        link=f"{request.services.settings.base_url}/i/…",
        ends=request.fmt.date(request.fmt.today(request.now + INVITE_LIFE)),
        account_number="1200",
        account_name=_("Example customer"),
    )
    return page(request, "staff/invitation_preview.html", mail=mail, back=_back(request))


@routes.post("/staff/accounts/{account}/resend", STAFF)
def resend(request: Request) -> Response:
    """Send a fresh invitation; the older link stops working."""
    return once(request, lambda: _resend(request))


def _resend(request: Request) -> FormResult:
    ref = from_link_part(request.params["account"])
    try:
        operations.resend_invitation(
            request.dealer_scope, ref=ref, invited_by=_email(request), now=request.now, ids=request.services.ids
        )
    except InvalidError as error:  # a page from before: no longer eligible, or it seems to be somebody else's
        return FormResult(_back(request), error.message, failed=True)
    except (ConflictError, TooManyError) as error:
        return FormResult(_back(request), _refused(request, ref, error), failed=True)
    request.services.notify_outbox(request.dealer_scope)
    return FormResult(
        _back(request), _("A new invitation is on its way to %(customer)s", customer=_named(request, ref))
    )


@routes.get("/staff/accounts/{account}/cancel", STAFF)
def ask_to_cancel(request: Request) -> Response:
    """Asks once more: the link in the customer's mailbox stops working."""
    ref = from_link_part(request.params["account"])
    found = queries.staff_account(request.dealer_scope, ref)
    return confirm_page(
        request,
        _("Cancel the invitation of %(customer)s?", customer=found.row.entry.name),
        _("The link in the email to %(email)s stops working. You can invite them again.", email=found.row.email),
        _("Cancel invitation"),
        back=_back(request),
    )


@routes.post("/staff/accounts/{account}/cancel", STAFF)
def cancel(request: Request) -> Response:
    """End an invitation: its link opens nothing any more."""
    ref = from_link_part(request.params["account"])
    try:
        operations.cancel_invitation(request.dealer_scope, ref=ref, now=request.now, ids=request.services.ids)
    except ConflictError as error:  # a page from before: answered or cancelled since
        return redirect(_back(request), flash=_refused(request, ref, error), failed=True)
    return redirect(
        _back(request), flash=_("The invitation of %(customer)s is cancelled", customer=_named(request, ref))
    )


def _refused(request: Request, ref: str, error: PortalError) -> str:
    return _("%(customer)s: %(reason)s", customer=_named(request, ref), reason=error.message)


def _query(values: Mapping[str, str]) -> AccountsQuery:
    status = FORMER_STATUSES.get(values.get("status", ""), values.get("status", ""))
    return AccountsQuery(
        status=Status(status) if status in set(Status) else None,
        everybody=status == EVERYBODY,
        depot=values.get("depot", ""),
        sort=values["sort"] if values.get("sort") in SORTS else "number",
        descending=values.get("order") == "desc",
        offset=whole_number(values.get("after", "")) or 0,
    )


def _search(values: Mapping[str, str]) -> dict[str, Any]:
    field = values.get("field", "all")
    return {"text": values.get("q", "").strip()[:100], "field": field if field in FIELDS else "all"}


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


def _outcome(request: Request, result: InviteResult) -> str:
    fmt, count = request.fmt, len(result.invited)
    sent = fmt.plural(count, "%(num)s invitation on the way", "%(num)s invitations on the way")
    if count == 1:
        sent = _("An invitation is on its way to %(customer)s", customer=_named(request, result.invited[0]))
    parts = [sent] if count else []
    named = list(result.refused.items())
    parts += [f"{_named(request, ref)}: {str(reason).rstrip('.')}" for ref, reason in named[:MAX_LISTED]]
    if len(named) > MAX_LISTED:
        more = len(named) - MAX_LISTED
        parts.append(fmt.plural(more, "%(num)s more cannot be invited", "%(num)s more cannot be invited"))
    return ". ".join(parts)


def _named(request: Request, ref: str) -> str:
    """`Mr A L Barlow, 1200`; of an account that is not there the number alone."""
    try:
        return f"{operations.account(request.dealer_scope, ref).name}, {ref}"
    except NotFoundError:
        return ref


def _back(request: Request) -> str:
    back = request.form.get("back", "") or request.query.get("back", "")
    return back if back.startswith(HOME) and is_local_path(back) else HOME


def _dealer(request: Request) -> Dealer:
    if request.dealer is None:
        raise NotFoundError
    return request.dealer


def _email(request: Request) -> str:
    return request.session.email if request.session else ""
