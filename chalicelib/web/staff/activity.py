"""Activity: who did what, when and from where, as a page and as CSV. It reads the audit trail, which nobody changes."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple
from zoneinfo import ZoneInfo

from chalice.app import Response

from chalicelib.customers import queries as customers
from chalicelib.customers.portal_customers.queries import portal_customer
from chalicelib.dealers.staff import queries as staff
from chalicelib.dealership_users.queries import staff_labels
from chalicelib.downloads.model import DownloadKind, SpreadsheetFile, contents_ref
from chalicelib.http.access import STAFF, STAFF_ADMIN
from chalicelib.http.request import Request
from chalicelib.http.responses import page
from chalicelib.http.routing import Routes
from chalicelib.identity import rate_limits
from chalicelib.identity.rate_limits import HOUR, Attempt, Limit
from chalicelib.ingest import queries as imports
from chalicelib.kernel.errors import InvalidError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.keys import from_link_part, is_portal_customer, link_part, portal_customer_id
from chalicelib.kernel.scopes import DealerScope, IdentityScope
from chalicelib.rendering.spreadsheet import Cell, Column, FileKind
from chalicelib.store import audit
from chalicelib.store.audit import AuditEntry, AuditPage
from chalicelib.web import file_responses
from chalicelib.web.presenters import activity as words
from chalicelib.web.presenters.activity_subject import run_number
from chalicelib.web.presenters.imports import title
from chalicelib.web.staff.accounts import DOWNLOADS
from chalicelib.web.staff.activity_query import CUSTOMERS, PROGRAM, ActivityQuery, activity_query

routes = Routes(__name__)
IDENTITY = IdentityScope()

HOME = "/staff/activity"
PAGE = 50
MAX_READ = 4_000
"""Rows that are read for a page: 1.6 MB."""
FILTERED = Limit("activity.staff", 240, HOUR)
"""A filter costs what is read, not what it finds. Of one person: one every 15 seconds."""
MAX_ROWS = 10_000
"""Rows of a CSV."""
MAX_READ_FOR_FILE = 100_000
"""Rows that are read for it: 40 MB."""
MAX_NUMBER_LENGTH = 32
"""Characters of an account's number in an export."""
NOTHING = AuditPage([], "")


class Account(NamedTuple):
    """The account that the list is narrowed to. `number` is what the field shows, `name` a portal customer's."""

    ref: str = ""
    number: str = ""
    name: str = ""
    is_known: bool = True

    @property
    def link(self) -> str:
        """Its reference for links."""
        return link_part(self.ref) if self.ref else ""


class People(NamedTuple):
    """What the dealer's staff are called, by id; those who have left are called so."""

    now: Mapping[str, str]
    former: Mapping[str, str]

    @property
    def labels(self) -> Mapping[str, str]:
        """All of them."""
        return {**self.former, **self.now}

    @property
    def choices(self) -> list[tuple[str, str]]:
        """Who can be chosen: id and label, those who are there first."""
        former = {person: label for person, label in self.former.items() if person not in self.now}
        in_order = [sorted(some.items(), key=lambda pair: pair[1]) for some in (self.now, former)]
        return [*in_order[0], *in_order[1]]


@routes.get(HOME, STAFF)
def activity(request: Request) -> Response:
    """Newest first. Its state is the address: about, person, number or account, from, to and after (a cursor)."""
    scope, after = request.dealer_scope, request.query.get("after", "")
    account, people = _account(request), _people(scope)
    query = _query(request, account, people)
    if query.is_narrowed and not query.errors:
        # Tested control: staff-activity-limited
        rate_limits.consume(IDENTITY, (Attempt(FILTERED, f"{scope.dealer_id}\n{scope.person_id}"),), now=request.now)
    found = NOTHING if query.errors else _find(request, query, after)
    lines = _lines(scope, found.entries, people)
    # Tested control: addresses-for-admins
    shown = lines if scope.is_admin else [line._replace(origin="") for line in lines]
    errors = dict(query.errors)
    if not (account.is_known or found.entries or found.next or after or errors):
        errors["number"] = _("There is no account %(number)s", number=account.number)
    return page(
        request,
        "staff/activity.html",
        lines=shown,
        query=query,
        errors=errors,
        account=account,
        kinds=list(words.KINDS.items()),
        people=[(CUSTOMERS, _("Customers")), (PROGRAM, _("Programs")), *people.choices],
        oldest=_oldest_day(request).isoformat(),
        today=request.fmt.today(request.now).isoformat(),
        is_admin=scope.is_admin,
        max_rows=MAX_ROWS,
        first=not after,
        older=found.next,
        stopped_at=audit.reached(found.next) if found.next and len(found.entries) < PAGE else None,
    )


def _find(request: Request, query: ActivityQuery, after: str) -> AuditPage:
    return audit.find(
        request.dealer_scope, wanted=query.wanted, now=request.now, after=after, limit=PAGE, max_read=MAX_READ
    )


@routes.get(f"{HOME}.csv", STAFF_ADMIN)
def activity_csv(request: Request) -> Response:
    """What the filters show, as CSV. Admins alone: it says where people were."""
    scope = request.dealer_scope

    def make() -> Response:
        return file_responses.deliver(request, scope, download_file(request), DOWNLOADS)

    return file_responses.answer(request, scope, DownloadKind.CSV, make)


def download_file(request: Request) -> SpreadsheetFile:
    """All rows that the filters show, up to MAX_ROWS. Raises InvalidError where they cannot be read."""
    scope, people = request.dealer_scope, _people(request.dealer_scope)
    query = _query(request, _account(request), people)
    if query.errors:
        raise InvalidError(next(iter(query.errors.values())), dict(query.errors))
    found = audit.find(scope, wanted=query.wanted, now=request.now, limit=MAX_ROWS, max_read=MAX_READ_FOR_FILE)
    zone = ZoneInfo(request.fmt.time_zone)
    rows = [_cells(line, zone) for line in _lines(scope, found.entries, people)]
    if found.next:
        rows.append(("", "", _ends_here(request, found.next)))
    return SpreadsheetFile(
        file_name="activity.csv",
        form=FileKind.CSV,
        title=_("Activity"),
        columns=[
            Column(label) for label in (_("When"), _("Event"), _("What"), _("About"), _("Account"), _("By"), _("From"))
        ],
        rows=rows,
        count=len(rows),
        snapshot_ref=contents_ref(entry.cursor for entry in found.entries),
    )


def _ends_here(request: Request, cursor: str) -> str:
    day = request.fmt.today(audit.reached(cursor)).isoformat()
    return _("The file ends here. For what happened before, download it again with %(day)s as the last day.", day=day)


def _cells(line: words.Line, zone: ZoneInfo) -> Sequence[Cell]:
    at = line.at.astimezone(zone).isoformat(timespec="seconds")
    return at, line.event, line.what, line.about, line.account, line.who, line.origin


def _lines(scope: DealerScope, entries: Sequence[AuditEntry], people: People) -> list[words.Line]:
    labels, exports = _customers(scope, entries, people) | dict(people.labels), _exports(scope, entries)
    return [words.line(entry, labels, exports) for entry in entries]


def _customers(scope: DealerScope, entries: Sequence[AuditEntry], people: People) -> dict[str, str]:
    """The emails of those who did something on their own account and may still log in for it, by id."""
    labels = people.labels
    users = {(ref, entry.actor) for entry in entries if entry.actor not in labels for ref in words.accounts(entry)}
    return customers.emails_of_users(scope, sorted(users))


def _query(request: Request, account: Account, people: People) -> ActivityQuery:
    return activity_query(
        request.query,
        ref=account.ref,
        people=people.labels,
        oldest=_oldest_day(request),
        today=request.fmt.today(request.now),
        fmt=request.fmt,
    )


def _account(request: Request) -> Account:
    """By the number that was typed, or by the link of another page. Raises NotFoundError for a link that is none."""
    scope, number = request.dealer_scope, request.query.get("number", "").strip()[:MAX_NUMBER_LENGTH]
    if number:
        known = customers.known_number(scope, number)
        return Account(known or number, known or number, is_known=known is not None)
    link = request.query.get("account", "")
    ref = from_link_part(link) if link else ""
    if is_portal_customer(ref):
        return Account(ref, "", portal_customer(scope, portal_customer_id(ref)).name)
    return Account(ref, ref)


def _people(scope: DealerScope) -> People:
    former = staff.former_emails(scope)
    return People(
        staff_labels(scope), {person: _("%(email)s (former)", email=email) for person, email in former.items()}
    )


def _oldest_day(request: Request) -> date:
    return date.fromisoformat(f"{audit.oldest_month(request.now)}-01")


def _exports(scope: DealerScope, entries: Sequence[AuditEntry]) -> dict[int, str]:
    """What the exports that are named are called, by run."""
    numbers = {number for entry in entries if (number := run_number(entry)) is not None}
    return {run.number: title(run) for run in imports.runs(scope, numbers)}
