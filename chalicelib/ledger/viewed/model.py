"""Who has opened an invoice or a credit note, and which of them somebody has not seen yet. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from chalicelib.ledger.row import Row, RowKey, TransactionType

VIEWABLE = frozenset({TransactionType.INVOICE.value, TransactionType.CREDIT_NOTE.value})
KEPT = timedelta(days=365)
"""For how long after its date a document is said to be viewed or not. What was noted is gone a little later."""
NEW_FOR = timedelta(days=30)
NOTED_AGAIN_AFTER = timedelta(days=1)
"""A hundred reloads on a day are one write: the last time is right to the day."""
MAX_ROWS = 2_000
"""Documents of one month that are noted for one person, some 25 KB."""


class Seen(NamedTuple):
    """When somebody opened a document for the first time and, to the day, for the last: seconds of the epoch."""

    first: int
    last: int

    @property
    def first_at(self) -> datetime:
        """The first time."""
        return datetime.fromtimestamp(self.first, UTC)

    @property
    def last_at(self) -> datetime:
        """The last time, or a moment of less than a day before."""
        return datetime.fromtimestamp(self.last, UTC)


class Viewer(NamedTuple):
    """Who opens. `key` names their record; `called` says what they are called, an email where they have not said.

    It is asked only where there is something to write.
    """

    key: str
    called: Callable[[], str]

    @classmethod
    def recipient(cls, forward_id: str, email: str) -> "Viewer":
        """Somebody a document was sent on to: each sending is a viewer of its own."""
        return cls(f"~{forward_id}", lambda: email)


class Viewing(NamedTuple):
    """One viewer's look at one document."""

    name: str
    seen: Seen
    is_recipient: bool = False


SeenRows = Mapping[RowKey, Seen]


def noted(before: SeenRows, keys: Iterable[RowKey], *, now: datetime) -> SeenRows | None:
    """What is known once somebody has opened these documents; None where that is nothing that would be written."""
    at, after = int(now.timestamp()), dict(before)
    for key in keys:
        known = before.get(key)
        if known is None and len(after) < MAX_ROWS:
            after[key] = Seen(at, at)
        elif known and at - known.last >= NOTED_AGAIN_AFTER.total_seconds():
            after[key] = Seen(known.first, at)
    return None if after == before else after


def is_noted(row: Row, *, today: date) -> bool:
    """Whether it is a document of which it is known who has opened it: an old one's record is gone."""
    return row.type in VIEWABLE and row.transaction_date >= (today - KEPT).isoformat()


def month_of(day: str) -> str:
    """`yyyy-mm` of an ISO date: under which the views of a document are stored."""
    return day[:7]


def months_of_new(today: date) -> tuple[str, ...]:
    """The months of the documents that may be new."""
    days = (today - timedelta(days=back) for back in range(NEW_FOR.days + 1))
    return tuple(dict.fromkeys(month_of(day.isoformat()) for day in days))


def is_new(row: Row, opened: Iterable[RowKey], *, joined: date, today: date) -> bool:
    """Whether somebody who joined on this day has not opened it yet, and it is of the last 30 days and after that day.

    So nothing is new of what was there before them, the first export among it.
    """
    first = max((today - NEW_FOR).isoformat(), (joined + timedelta(days=1)).isoformat())
    is_recent = first <= row.transaction_date <= today.isoformat()
    return row.type in VIEWABLE and is_recent and row.key not in opened


@dataclass(frozen=True, slots=True)
class Viewings:
    """Who has opened which documents of an account: its people by their first time, then whom they were sent on to."""

    by_row: Mapping[RowKey, tuple[Viewing, ...]]

    def of(self, row: Row) -> tuple[Viewing, ...]:
        """Those of one document."""
        return self.by_row.get(row.key, ())

    def is_missing(self, row: Row, *, today: date) -> bool:
        """Whether it is a document that nobody has opened."""
        return is_noted(row, today=today) and not self.of(row)
