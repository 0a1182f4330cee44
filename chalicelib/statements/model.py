"""What an account owed from one day to another: opening, movements, closing, and what was open at the end. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import accumulate, pairwise
from operator import attrgetter
from typing import Literal, NamedTuple

from chalicelib.kernel.errors import InvalidError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.ledger.allocations import Allocated, outstanding_at
from chalicelib.ledger.row import Row, RowKey, SettledReason, TransactionType

MAX_DAYS = 1_096
"""Three years: the longest range of one statement."""


class StatementStyle(StrEnum):
    """Every movement over the balance brought forward, or only what is still open at the end."""

    BALANCE_FORWARD = "balance_forward"
    OPEN_ITEM = "open_item"


class Effect(StrEnum):
    """How a movement came to be known.

    ENTERED is a row of the ledger. Of a ledger without receipts it was SETTLED on its date, or partly paid on an
    UNDATED day. REMOVED: the dealer's system no longer has the row. UNLISTED is the rest of a balance that was brought
    forward. CHANGED is what entries of earlier statements have changed by since.
    """

    ENTERED = "entered"
    SETTLED = "settled"
    UNDATED = "undated"
    REMOVED = "removed"
    UNLISTED = "unlisted"
    CHANGED = "changed"


class Source(StrEnum):
    """What the movements of an account are known by, besides the rows themselves.

    Its RECEIPTS; where those are not sent the SETTLED_DATES of its rows; or the balances that it CARRIED forward.
    """

    RECEIPTS = "receipts"
    SETTLED_DATES = "settled_dates"
    CARRIED = "carried"


class Movement(NamedTuple):
    """What changed the balance on a day: ISO, minor units, debits above zero. `late`: entered after its period closed.

    `description` is that of the row; of what settled it, the reason's code.
    """

    on: str
    amount: int
    effect: str = Effect.ENTERED
    type: str = ""
    transaction_id: str = ""
    reference: str = ""
    description: str = ""
    late: bool = False

    @property
    def key(self) -> tuple[str, str, str]:
        """Unique within an account."""
        return self.effect, self.type, self.transaction_id

    @property
    def row_key(self) -> RowKey | None:
        """The row behind it, None where there is none."""
        return (self.type, self.transaction_id) if self.transaction_id else None


class Period(NamedTuple):
    """From a day to a day, both included."""

    first: date
    last: date

    @property
    def month(self) -> str:
        """`2024-06` where it is that month, whole; else empty."""
        return f"{self.first:%Y-%m}" if self == month_period(self.first) else ""


class _Movements(NamedTuple):
    listed: tuple[Movement, ...]
    source: Source


_ORDER = {
    kind: place
    for place, kind in enumerate(
        (
            TransactionType.BROUGHT_FORWARD,
            TransactionType.INVOICE,
            TransactionType.CREDIT_NOTE,
            TransactionType.JOURNAL,
            TransactionType.REFUND,
            TransactionType.PAYMENT,
            TransactionType.DISCOUNT,
        )
    )
}
_PAYMENTS = frozenset({TransactionType.PAYMENT, TransactionType.DISCOUNT, TransactionType.REFUND})


@dataclass(frozen=True, slots=True)
class Statement:
    """An account's statement, in minor units: `opening` and `movements` make `closing`, and `later` the balance now.

    `items` were open at the end, each with what was outstanding of it then; None where that is not known. They follow
    from what payments were set against (`by_allocations`), else from the dates on which items were settled.
    `known_from` is the day of the oldest row: what a statement says of days before it follows from that alone.
    """

    period: Period
    opening: int
    movements: tuple[Movement, ...]
    closing: int
    later: tuple[Movement, ...]
    items: tuple[Row, ...] | None
    source: Source
    known_from: date | None
    by_allocations: bool = False

    @property
    def debits(self) -> int:
        """All that was charged."""
        return sum(one.amount for one in self.movements if one.amount > 0)

    @property
    def credits(self) -> int:
        """All that was taken off, at most zero."""
        return sum(one.amount for one in self.movements if one.amount < 0)

    @property
    def balances(self) -> list[int]:
        """The balance after each movement."""
        return list(accumulate((one.amount for one in self.movements), initial=self.opening))[1:]

    @property
    def later_sum(self) -> int:
        """What has come since."""
        return sum(one.amount for one in self.later)

    @property
    def unallocated(self) -> int:
        """Payments that no invoice had at the end, at most zero."""
        return sum(row.outstanding for row in self.items or () if row.type == TransactionType.PAYMENT)


def month_period(day: date) -> Period:
    """The whole month of a day."""
    first = day.replace(day=1)
    return Period(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))


def check_period(first: date | None, last: date | None, *, today: date) -> Period:
    """The range that was asked for. Raises InvalidError on `from` and `to`."""
    wrong: dict[str, str] = {}
    if first is None:
        wrong["from"] = _("Enter a date")
    if last is None:
        wrong["to"] = _("Enter a date")
    elif last > today:
        wrong["to"] = _("Enter a day that is not in the future")
    if first and last and not wrong:
        if first > last:
            wrong["from"] = _("The first day must not be after the last")
        elif (last - first).days >= MAX_DAYS:
            wrong["from"] = _("Choose at most three years")
    if first is None or last is None or wrong:
        raise InvalidError(next(iter(wrong.values())), wrong)
    return Period(first, last)


def statement_of(
    rows: Sequence[Row],
    *,
    balance: int,
    as_at: date,
    period: Period,
    balance_forward: bool = False,
    allocated: Sequence[Allocated] = (),
) -> Statement:
    """The statement of a period, from all rows of an account whose balance at `as_at` is `balance`.

    Opening and closing are the balance less what has moved since: a row that was never sent cannot break them apart.
    `allocated` says what paid what, as far as the export does.
    """
    moved, source = movements_of(rows, balance=balance, as_at=as_at, balance_forward=balance_forward)
    first, last = period.first.isoformat(), period.last.isoformat()
    inside = tuple(one for one in moved if first <= one.on <= last)
    later = tuple(one for one in moved if one.on > last)
    closing = balance - sum(one.amount for one in later)
    oldest = min((row.transaction_date for row in rows), default=None)
    items, by_allocations = _items(rows, allocated, last=last, closing=closing)
    return Statement(
        period=period,
        opening=closing - sum(one.amount for one in inside),
        movements=inside,
        closing=closing,
        later=later,
        items=items,
        source=source,
        known_from=date.fromisoformat(oldest) if oldest else None,
        by_allocations=by_allocations,
    )


def _items(
    rows: Sequence[Row], allocated: Sequence[Allocated], *, last: str, closing: int
) -> tuple[tuple[Row, ...] | None, bool]:
    """What was open at the end of a day, if that makes its balance, and whether allocations say so.

    Part payments of rows without allocations were before that day, or since.
    """
    known = outstanding_at(rows, allocated, last=last)
    for given in (known, {}) if known else ({},):
        for paid_since in (False, True):
            found = open_items(rows, last=last, paid_since=paid_since, known=given)
            if sum(row.outstanding for row in found) == closing:
                return found, bool(given)
    return None, False


def open_items(
    rows: Iterable[Row], *, last: str, paid_since: bool = False, known: Mapping[RowKey, int] = {}
) -> tuple[Row, ...]:
    """What was open at the end of a day; oldest first. Of some rows it is `known` what was outstanding of them then.

    Else a row that has been settled since was open with its total, one that is still open with what is outstanding now;
    or with its total, if what was paid of it was `paid_since`.
    """
    found = []
    for row in rows:
        if row.transaction_date > last:
            continue
        if row.key in known:
            if known[row.key]:
                found.append(row._replace(outstanding=known[row.key], settled_date=None, settled_reason=None))
        elif row.outstanding:
            found.append(row._replace(outstanding=row.total) if paid_since else row)
        elif row.total and row.settled_date and row.settled_date > last:
            found.append(row._replace(outstanding=row.total, settled_date=None, settled_reason=None))
    return tuple(sorted(found, key=_row_order))


def movements_of(rows: Sequence[Row], *, balance: int, as_at: date, balance_forward: bool) -> _Movements:
    """All that has moved the account, oldest first."""
    carried = [row for row in rows if row.type == TransactionType.BROUGHT_FORWARD]
    if carried and _is_carried(rows, carried, balance_forward=balance_forward):
        entered = [_entered(row) for row in rows if row.type != TransactionType.BROUGHT_FORWARD]
        found = [*entered, *_unlisted(entered, carried, balance=balance, as_at=as_at)]
        return _Movements(_sorted(found), Source.CARRIED)
    entered = [_entered(row) for row in rows]
    if any(_is_used_receipt(row) for row in rows):
        removed = [] if balance_forward else [_taken_off(row, Effect.REMOVED) for row in rows if row.vanished]
        return _Movements(_sorted([*entered, *removed]), Source.RECEIPTS)
    settled = [_taken_off(row, _effect(row)) for row in rows if row.outstanding != row.total]
    return _Movements(_sorted([*entered, *settled]), Source.SETTLED_DATES if settled else Source.RECEIPTS)


def kind_of(effect: str, transaction_type: str) -> Literal["payment", "credit", ""]:
    """Whether a movement or an item is a payment or a credit: a reader may have those added up instead of listed."""
    if effect == Effect.ENTERED:
        if transaction_type in _PAYMENTS:
            return "payment"
        return "credit" if transaction_type == TransactionType.CREDIT_NOTE else ""
    return "payment" if effect in {Effect.SETTLED, Effect.UNDATED, Effect.UNLISTED} else ""


def _is_used_receipt(row: Row) -> bool:
    """A payment that settles something: where the dealer's system sends those, nothing else has to be inferred."""
    return row.type == TransactionType.PAYMENT and row.outstanding != row.total and not row.vanished


def _is_carried(rows: Iterable[Row], carried: Sequence[Row], *, balance_forward: bool) -> bool:
    """Whether each balance brought forward takes the place of the one before, and is no debt of its own."""
    rolls = balance_forward or any(row.settled_reason == SettledReason.ROLLED for row in rows)
    return rolls and len({row.transaction_date for row in carried if row.outstanding}) <= 1


def _entered(row: Row) -> Movement:
    return Movement(
        row.transaction_date,
        row.total,
        Effect.ENTERED,
        row.type,
        row.transaction_id,
        row.reference,
        row.description or "",
    )


def _effect(row: Row) -> Effect:
    if row.vanished:
        return Effect.REMOVED
    return Effect.UNDATED if row.outstanding or not row.settled_date else Effect.SETTLED


def _taken_off(row: Row, effect: Effect) -> Movement:
    """What is no longer outstanding of a row; without a date it counts from the row's own."""
    on = max(row.settled_date or "", row.transaction_date)
    return Movement(
        row.transaction_date if row.outstanding else on,
        row.outstanding - row.total,
        effect,
        row.type,
        row.transaction_id,
        row.reference,
        row.settled_reason or "",
    )


def _unlisted(entered: Iterable[Movement], carried: Iterable[Row], *, balance: int, as_at: date) -> Iterable[Movement]:
    """What each balance brought forward, and the balance now, differ by from the one before and the rows between."""
    totals: dict[str, int] = {}
    for row in carried:
        totals[row.transaction_date] = totals.get(row.transaction_date, 0) + row.total
    known = sorted(totals.items())
    known.append((max(as_at.isoformat(), known[-1][0]), balance))
    entered = list(entered)
    for place, ((before, was), (day, now)) in enumerate(pairwise(known), 2):
        is_last = place == len(known)
        between = sum(one.amount for one in entered if one.on > before and (is_last or one.on <= day))
        if rest := now - was - between:
            yield Movement(day, rest, Effect.UNLISTED, "", "", day)


def _sorted(found: Iterable[Movement]) -> tuple[Movement, ...]:
    return tuple(sorted(found, key=_order))


_PLACES = tuple(Effect)


def _order(one: Movement) -> tuple[str, int, int, str, str]:
    kind = _ORDER.get(TransactionType(one.type), 0) if one.type else 0
    return one.on, _PLACES.index(Effect(one.effect)), kind, one.reference, one.transaction_id


_row_order = attrgetter("transaction_date", "type", "reference", "transaction_id")
