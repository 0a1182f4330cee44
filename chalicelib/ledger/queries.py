"""Reading an account: its head in one query, and of its pages only those that the question needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from chalicelib.customers.model import Published
from chalicelib.dealers import queries as dealers
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.scopes import TenantScope
from chalicelib.ledger import repo
from chalicelib.ledger import view as views
from chalicelib.ledger.model import AccountHead, DocumentEntry, PageRef, Row
from chalicelib.ledger.status import Status
from chalicelib.ledger.view import PAGE_ROWS, Lens, View, ViewQuery

KEPT_FOR = timedelta(days=6)
"""How long an older run can be read on: sweeping begins a day later."""


@dataclass(frozen=True, slots=True)
class AsOf:
    """The run a reader began with, so that paging and exports stay whole: its `as_at`, and the day it was `seen`.

    `sequence` is the export's number in the dealer's system, which the page names.
    """

    run: int
    as_at: date
    seen: date
    sequence: int

    def __str__(self) -> str:
        """For a link: `412.20261121.20261123.397`."""
        return f"{self.run}.{self.as_at:%Y%m%d}.{self.seen:%Y%m%d}.{self.sequence}"

    @classmethod
    def parse(cls, text: str) -> "AsOf | None":
        """What `str` wrote; None for anything else, and the reader starts with the newest."""
        try:
            run, as_at, seen, sequence = text.split(".")
            return cls(int(run), date.fromisoformat(as_at), date.fromisoformat(seen), int(sequence))
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Reading:
    """An account as of one run. `head` is None while no export has named it.

    `restarted`: the run asked for can no longer be read, this is the newest. `as_at` is None before the first export.
    """

    head: AccountHead | None
    published: Published
    as_of: AsOf | None
    restarted: bool = False

    @property
    def as_at(self) -> date | None:
        """The date the figures are true for; an archived account keeps its own."""
        if self.head and self.head.archived:
            return self.head.as_at
        return self.as_of.as_at if self.as_of else None

    @property
    def is_older(self) -> bool:
        """Whether it is not of what is published now."""
        return self.as_of is not None and self.as_of.run != self.published.run


def read_account(
    scope: TenantScope, *, ref: str, today: date, as_of: AsOf | None = None, current: Published | None = None
) -> Reading:
    """The account, as of `as_of` while that run is kept and was not undone, else as of the published run.

    A page that has read PUBLISHED before hands it in as `current`, so that all of it is of one run. Two round trips,
    one or none where this process has read it before. Raises NotFoundError for another's account.
    """
    repo.account_pk(scope, ref)
    current = current or dealers.published(scope)
    if as_of and as_of.run != current.run:
        if _kept(as_of, current, today):
            head = repo.read_head(scope, ref, run=as_of.run, skipped=current.skipped)
            return Reading(head, current, as_of)
        return _newest(scope, ref, current, today, restarted=True)
    return _newest(scope, ref, current, today, restarted=False)


def _kept(as_of: AsOf, current: Published, today: date) -> bool:
    fresh = timedelta() <= today - as_of.seen < KEPT_FOR
    return fresh and as_of.run < current.run and as_of.run not in current.skipped


def _newest(scope: TenantScope, ref: str, current: Published, today: date, *, restarted: bool) -> Reading:
    head = repo.read_head(scope, ref, run=current.run, skipped=current.skipped, generation=current.generation)
    as_of = AsOf(current.run, current.as_at, today, current.sequence) if current.as_at else None
    return Reading(head, current, as_of, restarted)


def open_rows(scope: TenantScope, *, head: AccountHead) -> Sequence[Row]:
    """All open rows, newest first: in the head already, or one round trip."""
    if not head.open_pages:
        return head.open
    return _rows(scope, head, head.open_pages)


def every_row(scope: TenantScope, *, head: AccountHead) -> list[Row]:
    """All rows, newest first."""
    return views.merged(open_rows(scope, head=head), _rows(scope, head, head.settled_pages))


def documents(scope: TenantScope, *, head: AccountHead) -> tuple[DocumentEntry, ...]:
    """All documents of the account, with or without a row."""
    return repo.read_documents(scope, head)


def matching(scope: TenantScope, *, head: AccountHead, query: ViewQuery, lens: Lens) -> list[Row]:
    """All rows that match, in the order asked for: for an export."""
    return views.select(_candidates(scope, head, query), query, lens)


def view(scope: TenantScope, *, head: AccountHead, query: ViewQuery, lens: Lens) -> View:
    """One page of rows, with totals over all that match. Without a filter only the pages it shows are read."""
    if query.in_stored_order and query.status is not Status.CURRENT:
        return _picked(scope, head, query)
    return views.apply(_candidates(scope, head, query), query, lens)


def transaction_row(scope: TenantScope, *, head: AccountHead, key: tuple[str, str], on: str | None = None) -> Row:
    """The row of this (type, id). `on`, its date, spares reading all pages. Raises NotFoundError."""
    pages = head.settled_pages
    likely = [page for page in pages if on and page.oldest <= on <= page.newest]
    for group in (None, likely, [page for page in pages if page not in likely]):
        rows = open_rows(scope, head=head) if group is None else _rows(scope, head, group)
        for row in rows:
            if (row.type, row.transaction_id) == key:
                return row
    raise NotFoundError


def _candidates(scope: TenantScope, head: AccountHead, query: ViewQuery) -> Sequence[Row]:
    if query.status is Status.CURRENT or query.age is not None:
        return open_rows(scope, head=head)
    if query.status is Status.HISTORY:
        return _rows(scope, head, head.settled_pages)
    return [*open_rows(scope, head=head), *_rows(scope, head, head.settled_pages)]


def _rows(scope: TenantScope, head: AccountHead, pages: Sequence[PageRef]) -> list[Row]:
    return repo.read_pages(scope, head.facts.account_ref, [page.sk for page in pages])


def _picked(scope: TenantScope, head: AccountHead, query: ViewQuery) -> View:
    opened = () if query.status is Status.HISTORY else open_rows(scope, head=head)
    count = len(opened) + head.settled_count
    page = max(1, min(query.page, -(-count // PAGE_ROWS)))
    first, last = (page - 1) * PAGE_ROWS, page * PAGE_ROWS
    pages, before = _covering(head.settled_pages, first - len(opened), last)
    rows = views.merged(opened, _rows(scope, head, pages))
    return View(
        rows=tuple(rows[first - before : last - before]),
        count=count,
        outstanding=head.balance if opened else 0,
        total=sum(row.total for row in opened) + sum(page.total for page in head.settled_pages),
        page=page,
    )


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
