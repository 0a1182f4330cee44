"""How an account stands: the few numbers that a first screen answers with. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from chalicelib.ledger.model import Row
from chalicelib.ledger.status import overdue_days


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
    """Sums over the open rows, minor units; credits are negative."""

    balance: int
    overdue: int
    overdue_count: int
    overdue_disputed: int
    credits: int
    credit_count: int
    next_due: NextDue | None


def figures(rows: Iterable[Row], *, as_at: date) -> Figures:
    """The figures of these open rows at `as_at`."""
    rows = tuple(rows)
    late = [row for row in rows if overdue_days(row, as_at=as_at)]
    credits_ = [row for row in rows if row.outstanding < 0]
    return Figures(
        balance=sum(row.outstanding for row in rows),
        overdue=sum(row.outstanding for row in late),
        overdue_count=len(late),
        overdue_disputed=sum(row.dispute_flag for row in late),
        credits=sum(row.outstanding for row in credits_),
        credit_count=len(credits_),
        next_due=_next_due(rows, as_at.isoformat()),
    )


def _next_due(rows: tuple[Row, ...], as_at: str) -> NextDue | None:
    ahead = [row for row in rows if row.outstanding > 0 and row.due_date and row.due_date >= as_at]
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
