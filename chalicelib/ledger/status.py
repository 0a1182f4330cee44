"""What state a row is in, and how late it is. The words for it are the page's."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from chalicelib.ledger.model import Row


class Status(StrEnum):
    """The filter's two halves of a ledger."""

    CURRENT = "current"
    HISTORY = "history"


class Kind(StrEnum):
    """The states a row shows, the most urgent first."""

    DISPUTED = "disputed"
    SETTLED = "settled"
    CREDIT = "credit"
    OVERDUE = "overdue"
    DUE = "due"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class RowState:
    """A state with the date it speaks of (due or settled) and, if overdue, the days."""

    kind: Kind
    on: date | None = None
    days: int = 0


def status(row: Row) -> Status:
    """Current while anything is outstanding."""
    return Status.CURRENT if row.outstanding else Status.HISTORY


def overdue_days(row: Row, *, as_at: date) -> int:
    """Whole days past the due date at `as_at`; 0 on the day itself, for credits, and where no date is known."""
    if row.outstanding <= 0 or row.due_date is None or row.due_date >= as_at.isoformat():
        return 0
    return (as_at - date.fromisoformat(row.due_date)).days


def state(row: Row, *, as_at: date) -> RowState:
    """The one state that a list shows for the row."""
    if row.outstanding == 0:
        return RowState(Kind.SETTLED, date.fromisoformat(row.settled_date) if row.settled_date else None)
    if row.dispute_flag:
        return RowState(Kind.DISPUTED)
    if row.outstanding < 0:
        return RowState(Kind.CREDIT)
    due = date.fromisoformat(row.due_date) if row.due_date else None
    days = overdue_days(row, as_at=as_at)
    if days:
        return RowState(Kind.OVERDUE, due, days)
    return RowState(Kind.DUE if due else Kind.OPEN, due)
