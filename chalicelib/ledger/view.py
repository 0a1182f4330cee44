"""What a person sees of a list of rows: filtered, sorted, a page of at most 100, with totals over all. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from operator import attrgetter, itemgetter
from typing import Any

from chalicelib.ledger import search
from chalicelib.ledger.ageing import ORDER, Age, Ager
from chalicelib.ledger.model import Row, TransactionType, newest_first
from chalicelib.ledger.settlement import open_offer
from chalicelib.ledger.status import Status, status

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


_NEVER_BLANK = frozenset({Sort.REFERENCE, Sort.TYPE, Sort.TOTAL, Sort.OUTSTANDING})


@dataclass(frozen=True, slots=True)
class ViewQuery:
    """What was asked for; None means all. Pages count from 1."""

    type: TransactionType | None = None
    status: Status | None = Status.CURRENT
    age: Age | None = None
    text: str = ""
    sort: Sort = Sort.DATE
    descending: bool = True
    page: int = 1

    @property
    def in_stored_order(self) -> bool:
        """Newest first and unfiltered but for the status: then pages of storage can be picked unseen."""
        plain = self.type is None and self.age is None and not self.text.strip()
        return plain and self.sort is Sort.DATE and self.descending


@dataclass(frozen=True, slots=True)
class Lens:
    """What rows are read with: the ageing rule, the dealer's today, whether the account is on stop, currency digits."""

    ager: Ager
    today: date
    on_stop: bool
    digits: int

    def offer(self, row: Row) -> int | None:
        """The settlement still open for the row."""
        return open_offer(row, today=self.today, on_stop=self.on_stop)


@dataclass(frozen=True, slots=True)
class View:
    """One page of rows. `count`, `outstanding` and `total` (minor units) are those of all rows that match."""

    rows: tuple[Row, ...]
    count: int
    outstanding: int
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least 1."""
        return max(1, -(-self.count // PAGE_ROWS))


def apply(rows: Iterable[Row], query: ViewQuery, lens: Lens) -> View:
    """The page that `query` asks for. A page past the end is the last one."""
    chosen = select(rows, query, lens)
    page = max(1, min(query.page, -(-len(chosen) // PAGE_ROWS)))
    return View(
        rows=tuple(chosen[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]),
        count=len(chosen),
        outstanding=sum(row.outstanding for row in chosen),
        total=sum(row.total for row in chosen),
        page=page,
    )


def select(rows: Iterable[Row], query: ViewQuery, lens: Lens) -> list[Row]:
    """All rows that match, in the order asked for."""
    return arrange(narrow(rows, query, lens), query, lens)


def narrow(rows: Iterable[Row], query: ViewQuery, lens: Lens) -> list[Row]:
    """The rows that pass every filter, in their order."""
    chosen = list(rows)
    if query.status is not None:
        chosen = [row for row in chosen if status(row) is query.status]
    if query.type is not None:
        chosen = [row for row in chosen if row.type == query.type]
    if query.age is not None:
        chosen = [row for row in chosen if lens.ager.of(row) is query.age]
    if query.text.strip():
        chosen = search.search(chosen, query.text, digits=lens.digits)
    return chosen


def arrange(rows: Iterable[Row], query: ViewQuery, lens: Lens) -> list[Row]:
    """`rows` sorted; equals are newest first, and rows without a value come last in either direction."""
    by_date = sorted(rows, key=newest_first, reverse=query.descending or query.sort is not Sort.DATE)
    if query.sort is Sort.DATE:
        return by_date
    value = _value(query.sort, lens)
    if query.sort in _NEVER_BLANK:
        return sorted(by_date, key=value, reverse=query.descending)
    keyed = [(value(row), row) for row in by_date]
    full = sorted(((key, row) for key, row in keyed if key is not None), key=itemgetter(0), reverse=query.descending)
    return [row for _, row in full] + [row for key, row in keyed if key is None]


def _value(sort: Sort, lens: Lens) -> Callable[[Row], Any]:
    if sort is Sort.AGE:
        return lambda row: None if (age := lens.ager.of(row)) is None else ORDER.index(age)
    if sort is Sort.SETTLEMENT:
        return lens.offer
    if sort is Sort.DISC:
        return lambda row: None if lens.offer(row) is None else row.discount_date
    if sort is Sort.DESCRIPTION:
        return lambda row: row.description.casefold() if row.description else None
    if sort is Sort.DUE:
        return lambda row: row.due_date if row.outstanding > 0 else None
    return attrgetter(sort.value)


def merged(first: Sequence[Row], second: Sequence[Row]) -> list[Row]:
    """Two lists as one, newest first."""
    return sorted((*first, *second), key=newest_first, reverse=True)
