"""For your system: what the dealer's own system has to know, and what it has taken."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from chalice.app import Response

from chalicelib.dealers.staff import queries as staff
from chalicelib.downloads.model import DownloadKind, SpreadsheetFile, contents_ref
from chalicelib.feed import operations, queries
from chalicelib.feed.kinds import COLUMNS, DATA_COLUMNS, KINDS, FeedKind, in_whole_units
from chalicelib.feed.model import FeedItem, ItemState, Taker
from chalicelib.feed.payloads import DisputeChanged, DisputeRaised
from chalicelib.feed.queries import FeedPage
from chalicelib.http.access import STAFF, STAFF_ADMIN
from chalicelib.http.request import Request
from chalicelib.http.responses import page, redirect
from chalicelib.http.routing import Routes
from chalicelib.kernel.errors import ConflictError, InvalidError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.keys import link_part
from chalicelib.rendering.format import Formats
from chalicelib.rendering.spreadsheet import Cell, Column, FileKind
from chalicelib.web import file_responses
from chalicelib.web.presenters.activity import named
from chalicelib.web.presenters.months import last_months, month_named
from chalicelib.web.staff.accounts import DOWNLOADS

routes = Routes(__name__)

HOME = "/staff/feed"
PAGE = operations.MAX_IDS
"""A page's ticks fit in one form."""
MONTHS = 13


class Line(NamedTuple):
    """One item. `link` leads to the dispute that it tells of, `account` to its account; `by` says who ended it."""

    item: FeedItem
    kind: FeedKind
    what: str
    link: str
    note: str
    account: str
    by: str


@routes.get(HOME, STAFF)
def feed(request: Request) -> Response:
    """What waits, oldest first; with `month` what ended of it, newest first; with `item` that one alone."""
    scope, month = request.dealer_scope, _month(request.query)
    one = queries.item(scope, request.query["item"]) if "item" in request.query else None
    found = FeedPage((one,), None) if one else _found(request, month)
    emails = staff.emails(scope)
    taker = queries.taker(scope)
    return page(
        request,
        "staff/feed.html",
        lines=[_line(item, emails, request.fmt) for item in found.items],
        next=request.here(after=found.next) if found.next else "",
        first=not request.query.get("after"),
        month=month,
        months=last_months(request.fmt.today(request.now), MONTHS),
        only=one is not None,
        taker=taker.value,
        by_hand=taker is Taker.PAGE and not month,
        is_admin=scope.is_admin,
    )


@routes.get(f"{HOME}.csv", STAFF)
def feed_csv(request: Request) -> Response:
    """All that waits, or all of `month`, as CSV."""
    scope = request.dealer_scope

    def make() -> Response:
        return file_responses.deliver(request, scope, download_file(request), DOWNLOADS)

    return file_responses.answer(request, scope, DownloadKind.CSV, make)


def download_file(request: Request) -> SpreadsheetFile:
    """The items as rows, for people: their headings are those of the API, but money is in whole units with decimals."""
    month = _month(request.query)
    found = queries.all_items(request.dealer_scope, month)
    ended = ("state", "settled_at", "reason") if month else ()
    return SpreadsheetFile(
        file_name=f"for-your-system-{month}.csv" if month else "for-your-system.csv",
        form=FileKind.CSV,
        title=_("For your system"),
        columns=[Column(name) for name in (*COLUMNS, *DATA_COLUMNS, *ended)],
        rows=[_cells(item, with_end=bool(month)) for item in found],
        count=len(found),
        snapshot_ref=contents_ref(item.item_id for item in found),
    )


@routes.post(f"{HOME}/taken", STAFF)
def taken(request: Request) -> Response:
    """The ticked items are in the dealer's system."""
    chosen = request.form_all.get("item", [])
    if not chosen:
        return redirect(HOME, flash=_("Choose at least one item"), failed=True)
    try:
        states = operations.acknowledge(
            request.dealer_scope, item_ids=chosen, now=request.now, ids=request.services.ids
        )
    except ConflictError as error:  # a page from before: a program takes them now
        return redirect(HOME, flash=error.message, failed=True)
    count = sum(state is ItemState.TAKEN for state in states.values())
    return redirect(
        HOME, flash=request.fmt.plural(count, "%(num)s item taken", "%(num)s items taken"), failed=not count
    )


@routes.post(f"{HOME}/taker", STAFF_ADMIN)
def choose_taker(request: Request) -> Response:
    """Staff take items on this page, or a program does."""
    chosen = request.form.get("taker", "")
    if chosen not in set(Taker):
        raise InvalidError(_("Choose who handles the items"))
    operations.choose_taker(request.dealer_scope, taker=Taker(chosen), now=request.now, ids=request.services.ids)
    return redirect(HOME, flash=_("Saved"))


def _found(request: Request, month: str) -> FeedPage:
    scope, after = request.dealer_scope, request.query.get("after", "")
    if month:
        return queries.settled(scope, month, before=after, limit=PAGE)
    return queries.waiting(scope, after=after, limit=PAGE)


def _month(query: Mapping[str, str]) -> str:
    return month_named(query.get("month", ""))


def _line(item: FeedItem, emails: Mapping[str, str], fmt: Formats) -> Line:
    kind = KINDS[item.kind]
    return Line(
        item,
        kind,
        kind.describe(item.data, fmt),
        _link(item),
        str(getattr(item.data, "note", "")),
        f"/staff/accounts/{link_part(item.account_ref)}" if item.account_ref else "",
        named(item.settled_by, emails) if item.settled_by else "",
    )


def _link(item: FeedItem) -> str:
    if not isinstance(item.data, DisputeRaised | DisputeChanged):
        return ""
    return f"/staff/disputes/{link_part(item.account_ref)}/{item.data.dispute_id}"


def _cells(item: FeedItem, *, with_end: bool) -> Sequence[Cell]:
    data = in_whole_units(item.data)
    own = (item.item_id, item.at.isoformat(), item.kind, str(item.version), item.account_ref, item.account_name)
    ended = (item.state.value, item.settled_at.isoformat() if item.settled_at else "", item.reason) if with_end else ()
    return (*own, *(data.get(name, "") for name in DATA_COLUMNS), *ended)
