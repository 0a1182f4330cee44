"""The statements of an account by month, each frozen when it is made: each begins where the one before ended. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from hashlib import blake2b

from pydantic.dataclasses import dataclass as checked

from chalicelib.kernel.schemas import STRICT
from chalicelib.ledger.allocations import Allocated
from chalicelib.ledger.row import Row
from chalicelib.statements.model import (
    Effect,
    Movement,
    Period,
    Source,
    Statement,
    StatementStyle,
    month_period,
    movements_of,
    statement_of,
)

MAX_KNOWN = 20_000
"""Movements that are told from ones entered late: the newest, at some 8 bytes each. Older ones count as known."""
MIN_DAY, MAX_DAY = 1, 28
_BYTES = 8


@dataclass(frozen=True, slots=True)
class Chain:
    """Where the next statement goes on: after the one of `month` (`2024-06`), which closed with `closing`.

    `known` are digests of the movements up to then, from the day `since` on.
    """

    month: str
    last: date
    closing: int
    known: frozenset[bytes] = field(default_factory=frozenset, repr=False)
    since: str = ""

    def is_known(self, one: Movement) -> bool:
        """Whether a movement stood on an earlier statement, or before the first."""
        return one.on < self.since or _digest(one) in self.known


@checked(frozen=True, slots=True, kw_only=True, config=STRICT)
class ArchivedItem:
    """An item that was open at the end; dates are ISO."""

    on: str
    type: str
    transaction_id: str
    reference: str
    description: str
    total: int
    outstanding: int
    due: str = ""


@checked(frozen=True, slots=True, kw_only=True, config=STRICT)
class ArchivedStatement:
    """A month's statement as it was made, without its lines. Amounts are minor units.

    `ages` are its buckets in the order of `ledger.ageing.ORDER`, empty where they were not known; `aged_by` says by
    what. `lines` and `items` are how many there are; `items` is None where what was open was not known.
    """

    month: str
    era: str
    style: StatementStyle
    made_at: datetime
    run: int
    as_at: date
    opening: int
    debits: int
    credits: int
    closing: int
    currency: str
    name: str
    address: tuple[str, ...]
    source: Source
    known_from: date | None
    lines: int
    items: int | None
    late: int = 0
    ages: tuple[int, ...] = ()
    aged_by: str = "none"
    by_allocations: bool = False

    @property
    def period(self) -> Period:
        """The month's days."""
        return month_period(date.fromisoformat(f"{self.month}-01"))


def due_month(today: date, day: int, *, begun: str) -> Period | None:
    """The month whose statements are to be made now; None where there is none. `begun` is the last that was.

    It is the month before, from this day of the month on. Until then the one before that is made up for, where it
    waited for its figures; not where a dealer has only just turned statements on, whose first are made on their day.
    """
    last = today.replace(day=1) - timedelta(days=1)
    if today.day < day:
        last = last.replace(day=1) - timedelta(days=1)
        if begun < month_period(last.replace(day=1) - timedelta(days=1)).month:
            return None
    period = month_period(last)
    return period if period.month > begun else None


def monthly_statement(
    rows: Sequence[Row],
    *,
    balance: int,
    as_at: date,
    period: Period,
    before: Chain | None,
    balance_forward: bool = False,
    allocated: Sequence[Allocated] = (),
) -> tuple[Statement, Chain]:
    """The month's statement, and where the next goes on. It opens with what the one before closed with.

    What has come since with an earlier day stands on it, marked `late`; the rest of what earlier days have changed by
    is one line.
    """
    made = statement_of(
        rows, balance=balance, as_at=as_at, period=period, balance_forward=balance_forward, allocated=allocated
    )
    moved = movements_of(rows, balance=balance, as_at=as_at, balance_forward=balance_forward).listed
    return continued(made, moved, before), _chain(made, moved)


def continued(made: Statement, moved: Iterable[Movement], before: Chain | None) -> Statement:
    """A statement that follows another, with all that has come into the days before it since."""
    if before is None:
        return made
    first = made.period.first.isoformat()
    late = tuple(one._replace(late=True) for one in moved if one.on < first and not before.is_known(one))
    inside = sum(one.amount for one in (*late, *made.movements))
    # Tested control: statement-opens-with-last-closing
    rest = made.closing - before.closing - inside
    changed = (Movement(first, rest, Effect.CHANGED, "", "", ""),) if rest else ()
    return replace(made, opening=before.closing, movements=(*late, *changed, *made.movements))


def _chain(made: Statement, moved: Sequence[Movement]) -> Chain:
    last = made.period.last.isoformat()
    past = [one for one in moved if one.on <= last]
    newest = past[-MAX_KNOWN:]
    since = newest[0].on if len(past) > MAX_KNOWN else ""
    return Chain(made.period.month, made.period.last, made.closing, frozenset(_digest(one) for one in newest), since)


def _digest(one: Movement) -> bytes:
    return blake2b("\0".join(one.key).encode(), digest_size=_BYTES).digest()


def pack_known(known: Iterable[bytes]) -> bytes:
    """As stored: equal sets give equal bytes."""
    return b"".join(sorted(known))


def unpack_known(data: bytes) -> frozenset[bytes]:
    """What `pack_known` wrote."""
    return frozenset(data[at : at + _BYTES] for at in range(0, len(data), _BYTES))
