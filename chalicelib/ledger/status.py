"""The states a row can be in. Their names on a page are the page's."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from chalicelib.ledger.row import Row


class LedgerTab(StrEnum):
    """The two halves of a ledger that a list can show."""

    CURRENT = "current"
    HISTORY = "history"


class RowStatus(StrEnum):
    """What a row shows as its state, the most urgent first."""

    DISPUTED = "disputed"
    SETTLED = "settled"
    ROLLED = "rolled"
    VANISHED = "vanished"
    CREDIT = "credit"
    OVERDUE = "overdue"
    DUE = "due"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class RowState:
    """A status with its date (due or settled) and, if overdue, the days.

    ROLLED is no longer outstanding by itself: it went into a balance that was brought forward, and may still be owed.
    `inferred`: the dealer's system does not say when it was settled; on `on`, if there is one, it was no longer open.
    """

    status: RowStatus
    on: date | None = None
    days: int = 0
    inferred: bool = False


def tab(row: Row) -> LedgerTab:
    """Current while anything is outstanding."""
    return LedgerTab.CURRENT if row.outstanding else LedgerTab.HISTORY
