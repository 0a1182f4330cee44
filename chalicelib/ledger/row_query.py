"""A list of rows as it was asked for: filtered, sorted, a page of at most 100, with totals over all. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from operator import attrgetter, itemgetter
from typing import Any, Generic, TypeVar

from chalicelib.kernel.i18n import SOURCE_LOCALE
from chalicelib.ledger import search
from chalicelib.ledger.ageing import ORDER, Age
from chalicelib.ledger.row import Row, TransactionType, newest_first
from chalicelib.ledger.rules import LedgerRules
from chalicelib.ledger.status import LedgerTab, tab

T = TypeVar("T")
PAGE_ROWS = 100


class Sort(StrEnum):
    """The columns a list can be sorted by."""

    DATE = "date"
    REFERENCE = "reference"
    TYPE = "type"
    DESCRIPTION = "description"
    AGE = "age"
    DUE = "due"
    TOTAL = "total"
    OUTSTANDING = "outstanding"
    DISC = "disc"
    SETTLEMENT = "settlement"


class OpenState(StrEnum):
    """What a list of open rows can be narrowed to: the sums of the first screen."""

    OVERDUE = "overdue"
    NOT_DUE = "due"
    CREDIT = "credit"


NEVER_BLANK = frozenset({Sort.REFERENCE, Sort.TYPE, Sort.TOTAL, Sort.OUTSTANDING})
"""What each row has a value of."""


@dataclass(frozen=True, slots=True)
class RowQuery:
    """What was asked for; None means all, also of `page`: then every row is on one. Pages count from 1.

    `first` and `last` are ISO dates, `least` and `most` totals without their sign in major units, all of them included;
    `locale` says how dates in `text` are written. `only` is a test of what the ledger itself does not know.
    """

    type: TransactionType | None = None
    status: LedgerTab | None = LedgerTab.CURRENT
    age: Age | None = None
    open_state: OpenState | None = None
    first: str | None = None
    last: str | None = None
    text: str = ""
    order_no: str = ""
    advice_no: str = ""
    machine: str = ""
    least: Decimal | None = None
    most: Decimal | None = None
    locale: str = SOURCE_LOCALE
    sort: Sort = Sort.DATE
    descending: bool = True
    page: int | None = 1
    only: Callable[[Row], bool] | None = None

    @property
    def in_stored_order(self) -> bool:
        """Newest first and unfiltered but for the status: then pages of storage can be picked unseen."""
        return not self.is_filtered and self.sort is Sort.DATE and self.descending

    @property
    def is_filtered(self) -> bool:
        """Whether anything but the status leaves rows out."""
        chosen = (self.type, self.open_state, self.age, self.first, self.last, self.only)
        return any(part is not None for part in chosen) or bool(self.text.strip()) or self.is_detailed

    @property
    def is_detailed(self) -> bool:
        """Whether a field of the advanced search leaves rows out."""
        numbers = (self.order_no, self.advice_no, self.machine)
        return any(map(str.strip, numbers)) or self.least is not None or self.most is not None


# Without slots: https://github.com/python/cpython/issues/116669
@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of rows. `count`, `outstanding` and `total` (minor units) are those of all rows that match."""

    rows: tuple[T, ...] = ()
    count: int = 0
    outstanding: int = 0
    total: int = 0
    page: int = 1

    @property
    def pages(self) -> int:
        """How many pages there are, at least 1."""
        return page_count(self.count)


RowPage = Page[Row]


def page_count(rows: int) -> int:
    """How many pages that many rows fill, at least 1."""
    return max(1, -(-rows // PAGE_ROWS))


def page_within(page: int, rows: int) -> int:
    """The page of that many rows to show: one past the end is the last one."""
    return max(1, min(page, page_count(rows)))


def page_of(rows: Iterable[Row], query: RowQuery, rules: LedgerRules) -> RowPage:
    """The page of `rows` that `query` asks for."""
    return paged(sort_rows(filter_rows(rows, query, rules), query, rules), query, row_of=lambda row: row)


def paged(found: Sequence[T], query: RowQuery, *, row_of: Callable[[T], Row]) -> Page[T]:
    """The page that `query` asks for of what was found, all of it where it asks for none."""
    page = 1 if query.page is None else page_within(query.page, len(found))
    return Page(
        rows=tuple(found if query.page is None else found[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]),
        count=len(found),
        outstanding=sum(row_of(one).outstanding for one in found),
        total=sum(row_of(one).total for one in found),
        page=page,
    )


def filter_rows(rows: Iterable[Row], query: RowQuery, rules: LedgerRules) -> list[Row]:
    """The rows that pass every filter, in their order."""
    found = list(filter(query.only, rows)) if query.only else list(rows)
    if query.status is not None:
        found = [row for row in found if tab(row) is query.status]
    if query.type is not None:
        found = [row for row in found if row.type == query.type]
    if query.open_state is not None:
        found = [row for row in found if _open_state(row, rules) is query.open_state]
    if query.age is not None:
        found = [row for row in found if rules.age(row) is query.age]
    if query.first is not None:
        found = [row for row in found if row.transaction_date >= query.first]
    if query.last is not None:
        found = [row for row in found if row.transaction_date <= query.last]
    if query.is_detailed:
        found = list(filter(_detailed(query, rules.digits), found))
    if query.text.strip():
        found = search.search(found, query.text, digits=rules.digits, locale=query.locale)
    return found


def _detailed(query: RowQuery, digits: int) -> Callable[[Row], bool]:
    """A test of the advanced search: a number is found by any part of it, a machine by each of its words."""
    order_no, advice_no = query.order_no.strip().casefold(), query.advice_no.strip().casefold()
    machine = query.machine.casefold().split()
    least = None if query.least is None else query.least.scaleb(digits)
    most = None if query.most is None else query.most.scaleb(digits)

    def found(row: Row) -> bool:
        total = abs(row.total)
        return (
            (least is None or total >= least)
            and (most is None or total <= most)
            and order_no in f"{row.order_no or ''}\n{row.customer_order_ref or ''}".casefold()
            and advice_no in (row.advice_no or "").casefold()
            and all(word in f"{row.machine or ''}\n{row.description or ''}".casefold() for word in machine)
        )

    return found


def _open_state(row: Row, rules: LedgerRules) -> OpenState | None:
    if not row.outstanding:
        return None
    if row.outstanding < 0:
        return OpenState.CREDIT
    return OpenState.OVERDUE if rules.overdue_days(row) else OpenState.NOT_DUE


def sort_rows(rows: Iterable[Row], query: RowQuery, rules: LedgerRules) -> list[Row]:
    """`rows` sorted; equals are newest first, and rows without a value come last in either direction."""
    by_date = sorted(rows, key=newest_first, reverse=query.descending or query.sort is not Sort.DATE)
    if query.sort is Sort.DATE:
        return by_date
    value = value_of(query.sort, rules)
    if query.sort in NEVER_BLANK:
        return sorted(by_date, key=value, reverse=query.descending)
    keyed = [(value(row), row) for row in by_date]
    full = sorted(((key, row) for key, row in keyed if key is not None), key=itemgetter(0), reverse=query.descending)
    return [row for _, row in full] + [row for key, row in keyed if key is None]


def value_of(sort: Sort, rules: LedgerRules) -> Callable[[Row], Any]:
    """By what the rows of an account are sorted; None of one without a value."""
    if sort is Sort.AGE:
        return lambda row: None if (age := rules.age(row)) is None else ORDER.index(age)
    if sort is Sort.SETTLEMENT:
        return rules.discount_available
    if sort is Sort.DISC:
        return lambda row: None if rules.discount_available(row) is None else row.discount_date
    if sort is Sort.DESCRIPTION:
        return lambda row: row.description.casefold() if row.description else None
    if sort is Sort.DUE:
        return lambda row: row.due_date if row.outstanding > 0 else None
    return attrgetter(sort.value)


def merged(first: Sequence[Row], second: Sequence[Row]) -> list[Row]:
    """Two lists as one, newest first."""
    return sorted((*first, *second), key=newest_first, reverse=True)
