"""The settlement discount: less to pay for an invoice that is paid whole and in time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from chalicelib.kernel.money import round_half_up
from chalicelib.ledger.model import Row

_HUNDRED = Decimal(100)


def settlement_amount(*, total: int, rate: Decimal) -> int:
    """What settles `total` (minor units) at `rate` percent: total less the discount, halves away from zero.

    770 at 5 is 732. Rounded once, on the gross total; the discount is the difference.
    """
    return round_half_up(total * (_HUNDRED - rate) / _HUNDRED)


def offered(row: Row) -> int | None:
    """The settlement an invoice carries, open or not: the dealer's own figure, else by its rate. None: no discount."""
    if row.discount_date is None or row.total <= 0:
        return None
    amount = row.settlement
    if amount is None and row.settlement_rate is not None:
        amount = settlement_amount(total=row.total, rate=Decimal(row.settlement_rate))
    return amount if amount is not None and 0 <= amount < row.total else None


def open_offer(row: Row, *, today: date, on_stop: bool) -> int | None:
    """The settlement still to be had on `today` (the dealer's date), else None.

    Until the discount date, that day included; not for a row paid or credited in part, not for an account on stop.
    """
    if on_stop or row.outstanding != row.total or row.discount_date is None or today.isoformat() > row.discount_date:
        return None
    return offered(row)


def payable(row: Row, *, today: date, on_stop: bool) -> int:
    """What clears the row if paid on `today`, in minor units: its settlement where that is open, else outstanding."""
    offer = open_offer(row, today=today, on_stop=on_stop)
    return row.outstanding if offer is None else offer


@dataclass(frozen=True, slots=True)
class Saving:
    """Several open settlements together: `amount` by `until` saves `saved`. `keys` are their (type, id)."""

    amount: int
    saved: int
    until: date
    keys: tuple[tuple[str, str], ...]


def saving(rows: Iterable[Row], *, today: date, on_stop: bool) -> Saving | None:
    """All open settlements of `rows`, by the first of their dates; a sum of rounded rows. None if there is none."""
    offers = [(row, open_offer(row, today=today, on_stop=on_stop)) for row in rows]
    open_ones = [(row, offer) for row, offer in offers if offer is not None]
    if not open_ones:
        return None
    amount = sum(offer for _, offer in open_ones)
    return Saving(
        amount=amount,
        saved=sum(row.outstanding for row, _ in open_ones) - amount,
        until=date.fromisoformat(min(row.discount_date or "" for row, _ in open_ones)),
        keys=tuple((row.type, row.transaction_id) for row, _ in open_ones),
    )
