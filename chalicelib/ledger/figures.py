"""The figures of an account: the few numbers that a first screen shows. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from chalicelib.ledger.row import Row


@dataclass(frozen=True, slots=True)
class NextDue:
    """The next day on which something falls due: how much in minor units, how many rows, the reference of one."""

    on: date
    amount: int
    count: int
    reference: str
    type: str


@dataclass(frozen=True, slots=True)
class Figures:
    """Sums over the open rows, minor units; credits are negative.

    `brought_forward` is the part of the balance that has no due date, so that nobody can say how much of it is overdue.
    """

    balance: int
    overdue: int
    overdue_count: int
    overdue_disputed: int
    credits: int
    credit_count: int
    next_due: NextDue | None
    brought_forward: int


def next_due(rows: Iterable[Row], *, as_at: date) -> NextDue | None:
    """The first due date from `as_at` on, None where nothing falls due."""
    start = as_at.isoformat()
    ahead = [row for row in rows if row.outstanding > 0 and row.due_date and row.due_date >= start]
    if not ahead:
        return None
    day = min(row.due_date or "" for row in ahead)
    then = [row for row in ahead if row.due_date == day]
    return NextDue(
        on=date.fromisoformat(day),
        amount=sum(row.outstanding for row in then),
        count=len(then),
        reference=then[0].reference,
        type=then[0].type,
    )
