"""Reading an account: its head in one query, and of its pages only those that the question needs."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import NamedTuple

from chalicelib.dealers import queries as dealers
from chalicelib.dealers.missing_exports.model import missing_since
from chalicelib.dealers.publication import Published
from chalicelib.kernel.clock import local_date
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.scopes import TenantScope
from chalicelib.ledger import repo
from chalicelib.ledger.account_view import AccountView, NoFiguresError
from chalicelib.ledger.allocations import Allocated, Allocation, joined, names
from chalicelib.ledger.entity import ALLOCATIONS
from chalicelib.ledger.figures import Figures
from chalicelib.ledger.model import AccountHead, DocumentEntry, PageRef, SnapshotExpiredError
from chalicelib.ledger.row import Row, RowKey
from chalicelib.ledger.row_query import PAGE_ROWS, RowPage, RowQuery, merged, page_of, page_within
from chalicelib.ledger.rules import LedgerRules
from chalicelib.ledger.snapshot import AccountSnapshot, SnapshotRef
from chalicelib.ledger.status import LedgerTab
from chalicelib.ledger.viewed.queries import Reader
from chalicelib.sheets import queries as sheets
from chalicelib.sheets.model import SheetExpiredError
from chalicelib.store.record import account_pk


def account_view(
    scope: TenantScope,
    *,
    ref: str,
    now: datetime,
    query: RowQuery | None = None,
    snapshot_ref: SnapshotRef | None = None,
    published: Published | None = None,
    era: str | None = None,
    reader: Reader | None = None,
) -> AccountView:
    """All that a page of the account needs, with the rows that `query` asks for; a reader who restarts sees page 1.

    What `reader` has opened comes in the round trip of the disputes.

    `snapshot_ref`, `published` and `era` are those of `account_snapshot`. The first screen takes three round trips: the
    dealer's settings with PUBLISHED, the head, and the rows in dispute with pages that the head names.

    Raises NoFiguresError while no export has named the account, NotFoundError for another's, SnapshotExpiredError.
    """
    account_pk(scope, ref)
    current, dealer = dealers.published_and_dealer(scope)
    today = local_date(now, dealer.time_zone)
    snapshot = account_snapshot(
        scope, ref=ref, today=today, snapshot_ref=snapshot_ref, published=published or current, era=era
    )
    head, as_at = snapshot.head, snapshot.as_at
    # Tested control: no-figures-without-head
    if head is None or as_at is None:
        raise NoFiguresError(snapshot.published)
    if query and query.page and snapshot.restarted:
        query = replace(query, page=1)
    pages = [page.sk for page in _wanted_pages(head, query)]
    more = reader.wanted(ref, today) if reader else repo.NOTHING_MORE
    marks, found = repo.read_marks(scope, ref, pages=pages, more=more)
    rules = LedgerRules.of(
        head.facts,
        dealer.ageing,
        as_at=as_at,
        today=today,
        overlays=marks.overlays(head.era),
        archived=head.archived,
    )
    opened = open_rows(scope, head=head)
    rules = rules.over(opened)
    page = _page(scope, head, opened, query, rules) if query else RowPage()
    new = reader.new_among(page.rows, found, today) if reader else frozenset()
    late = snapshot.published.is_late(today) or missing_since(dealer, snapshot.published, now) is not None
    return AccountView(dealer, snapshot, head, rules, opened, page, late, new)


def transaction_view(
    scope: TenantScope, *, ref: str, now: datetime, key: RowKey, on: str | None = None
) -> tuple[AccountView, Row]:
    """The account and its row of this key; `on`, the row's date, spares reading all pages. Raises NotFoundError."""
    view = account_view(scope, ref=ref, now=now)
    return view, transaction_row(scope, head=view.head, key=key, on=on)


def account_snapshot(
    scope: TenantScope,
    *,
    ref: str,
    today: date,
    snapshot_ref: SnapshotRef | None = None,
    published: Published | None = None,
    era: str | None = None,
) -> AccountSnapshot:
    """The account, as of `snapshot_ref` while that run is kept and was not undone, else as of the published run.

    A caller that has read PUBLISHED before hands it in, so that all of its page is of one run. Two round trips, one or
    none where this process has read it before. Figures of another era than `era` are not shown; of a customer it is the
    scope's that counts. Raises NotFoundError for another's account.
    """
    account_pk(scope, ref)
    current = published or dealers.published(scope)
    is_older = snapshot_ref is not None and snapshot_ref.run != current.run
    if snapshot_ref and is_older and snapshot_ref.is_readable(current, today):
        # Tested control: cursor-reads-its-run
        head = repo.read_head(scope, ref, run=snapshot_ref.run, skipped=current.skipped, era=era)
        return AccountSnapshot(head, current, snapshot_ref)
    head = repo.read_head(scope, ref, run=current.run, skipped=current.skipped, generation=current.generation, era=era)
    newest = SnapshotRef(current.run, current.as_at, today, current.sequence) if current.as_at else None
    return AccountSnapshot(head, current, newest, restarted=is_older)


class AccountSummary(NamedTuple):
    """What an account owes as of one run, without its rows."""

    head: AccountHead
    published: Published
    figures: Figures


def account_summary(scope: TenantScope, *, ref: str, now: datetime) -> AccountSummary | None:
    """The account's figures, for a list of accounts; None while no export has named it.

    Two round trips, one or none where this process has read it before, and one more for an account with so many open
    rows that they are in pages. Raises NotFoundError for another's account.
    """
    dealer = dealers.dealer(scope)
    today = local_date(now, dealer.time_zone)
    snapshot = account_snapshot(scope, ref=ref, today=today)
    head, as_at = snapshot.head, snapshot.as_at
    if head is None or as_at is None:
        return None
    rules = LedgerRules.of(head.facts, dealer.ageing, as_at=as_at, today=today, archived=head.archived)
    return AccountSummary(head, snapshot.published, rules.figures(open_rows(scope, head=head)))


def open_rows(scope: TenantScope, *, head: AccountHead) -> Sequence[Row]:
    """All open rows, newest first: in the head already, or one round trip."""
    if not head.open_pages:
        return head.open
    return _rows(scope, head, head.open_pages)


def every_row(scope: TenantScope, *, head: AccountHead) -> list[Row]:
    """All rows, newest first."""
    return merged(open_rows(scope, head=head), _rows(scope, head, head.settled_pages))


def documents(scope: TenantScope, *, head: AccountHead) -> tuple[DocumentEntry, ...]:
    """All documents of the account, with or without a row."""
    return repo.read_documents(scope, head)


def transaction_row(scope: TenantScope, *, head: AccountHead, key: RowKey, on: str | None = None) -> Row:
    """The row of this (type, id). `on`, its date, spares reading all pages. Raises NotFoundError."""
    pages = head.settled_pages
    likely = [page for page in pages if on and page.oldest <= on <= page.newest]
    for group in (None, likely, [page for page in pages if page not in likely]):
        rows = open_rows(scope, head=head) if group is None else _rows(scope, head, group)
        for row in rows:
            if row.key == key:
                return row
    raise NotFoundError


def allocations_of(scope: TenantScope, *, head: AccountHead, row: Row) -> list[Allocated]:
    """What paid this row, or what it paid, as far as the export says; oldest first. Nothing is read where it does not.

    Raises SnapshotExpiredError.
    """
    mine = [one for one in _allocations(scope, head) if names(one, row)]
    if not mine:
        return []
    wanted = {one.to_transaction_id if row.total < 0 else one.from_transaction_id for one in mine}
    days = {row.transaction_date, *(one.allocated_date for one in mine)}
    return joined(mine, [row, *_rows_of_ids(scope, head, wanted, days, but=row)])


def allocated(scope: TenantScope, *, head: AccountHead, rows: Sequence[Row]) -> list[Allocated]:
    """What paid what among all `rows` of the account, oldest first. Raises SnapshotExpiredError."""
    return joined(_allocations(scope, head), rows)


def _allocations(scope: TenantScope, head: AccountHead) -> list[Allocation]:
    try:
        return sheets.read(scope, head, ALLOCATIONS)
    except SheetExpiredError as error:
        raise SnapshotExpiredError from error


def _rows_of_ids(
    scope: TenantScope, head: AccountHead, wanted: set[str], days: Collection[str], *, but: Row
) -> list[Row]:
    """The rows of these ids; pages that cover one of the days come first, the others only for what is missing."""
    pages = head.settled_pages
    likely = [page for page in pages if any(page.oldest <= day <= page.newest for day in days)]
    found: list[Row] = []
    for group in (None, likely, [page for page in pages if page not in likely]):
        rows = open_rows(scope, head=head) if group is None else _rows(scope, head, group)
        found += [row for row in rows if row.transaction_id in wanted and row.key != but.key]
        if wanted <= {row.transaction_id for row in found}:
            break
    return found


def _page(scope: TenantScope, head: AccountHead, opened: Sequence[Row], query: RowQuery, rules: LedgerRules) -> RowPage:
    """The page asked for, with totals over all rows that match. Without a filter only the pages it shows are read."""
    if _is_stored_page(query):
        return _stored_page(scope, head, opened, query, query.page or 1)
    return page_of(candidates(scope, head, opened, query), query, rules)


def _is_stored_page(query: RowQuery) -> bool:
    return bool(query.page and query.in_stored_order and query.status is not LedgerTab.CURRENT)


def _wanted_pages(head: AccountHead, query: RowQuery | None) -> Sequence[PageRef]:
    """The pages that this question reads."""
    if query is None:
        return head.open_pages
    if _is_stored_page(query):
        return (*head.open_pages, *_stored_pages(head, query, query.page or 1).pages)
    return (*head.open_pages, *settled_candidates(head, query))


def candidates(scope: TenantScope, head: AccountHead, opened: Sequence[Row], query: RowQuery) -> Sequence[Row]:
    """The rows that are to be filtered: of settled ones those of `settled_candidates`."""
    settled = _rows(scope, head, settled_candidates(head, query))
    return settled if query.status is LedgerTab.HISTORY else [*opened, *settled]


def settled_candidates(head: AccountHead, query: RowQuery) -> list[PageRef]:
    """The pages of settled rows that may hold what was asked for."""
    if query.status is LedgerTab.CURRENT or query.age is not None or query.open_state is not None:
        return []
    return [page for page in head.settled_pages if _may_hold(page, query)]


def _may_hold(page: PageRef, query: RowQuery) -> bool:
    """Whether rows of the dates that were asked for can be on this page."""
    return (query.first is None or page.newest >= query.first) and (query.last is None or page.oldest <= query.last)


def _rows(scope: TenantScope, head: AccountHead, pages: Sequence[PageRef]) -> list[Row]:
    return repo.read_pages(scope, head.facts.account_ref, [page.sk for page in pages])


def _stored_page(scope: TenantScope, head: AccountHead, opened: Sequence[Row], query: RowQuery, number: int) -> RowPage:
    if query.status is LedgerTab.HISTORY:
        opened = ()
    page, pages, before = _stored_pages(head, query, number)
    first, last = (page - 1) * PAGE_ROWS, page * PAGE_ROWS
    rows = merged(opened, _rows(scope, head, pages))
    return RowPage(
        rows=tuple(rows[first - before : last - before]),
        count=len(opened) + head.settled_count,
        outstanding=head.balance if opened else 0,
        total=sum(row.total for row in opened) + sum(page.total for page in head.settled_pages),
        page=page,
    )


class _StoredPages(NamedTuple):
    """The page that is shown, the stored pages that hold its settled rows, and how many rows stand before those."""

    page: int
    pages: list[PageRef]
    before: int


def _stored_pages(head: AccountHead, query: RowQuery, number: int) -> _StoredPages:
    opened = 0 if query.status is LedgerTab.HISTORY else head.open_count
    page = page_within(number, opened + head.settled_count)
    first, last = (page - 1) * PAGE_ROWS, page * PAGE_ROWS
    return _StoredPages(page, *_covering(head.settled_pages, first - opened, last))


def _covering(pages: Sequence[PageRef], first: int, last: int) -> tuple[list[PageRef], int]:
    """The pages that hold settled rows `first` to `last`, and how many rows stand before them.

    Of the first n rows of the merged list at least n less all open ones are settled: so rows before `first` can be
    skipped unseen, and all of them stand before the rows wanted.
    """
    chosen: list[PageRef] = []
    before = at = 0
    for page in pages:
        if at + page.rows <= first:
            before += page.rows
        elif at < last:
            chosen.append(page)
        at += page.rows
    return chosen, before
