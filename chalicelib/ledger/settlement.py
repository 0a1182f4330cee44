"""The settlement discount: less to pay for an invoice that is paid whole and in time."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from chalicelib.kernel.money import round_half_up
from chalicelib.ledger.row import Row, RowKey

_HUNDRED = Decimal(100)


def settlement_amount(*, total: int, rate: Decimal) -> int:
    """What settles `total` (minor units) at `rate` percent: total less the discount, halves away from zero.

    770 at 5 is 732. Rounded once, on the gross total; the discount is the difference.
    """
    return round_half_up(total * (_HUNDRED - rate) / _HUNDRED)


def discount_offered(row: Row) -> int | None:
    """What settles an invoice with the discount printed on it, whether or not it can still be taken; None without one.

    The dealer's own figure in minor units, else by the rate.
    """
    if row.discount_date is None or row.total <= 0:
        return None
    amount = row.settlement
    if amount is None and row.settlement_rate is not None:
        amount = settlement_amount(total=row.total, rate=Decimal(row.settlement_rate))
    return amount if amount is not None and 0 <= amount < row.total else None


@dataclass(frozen=True, slots=True)
class Saving:
    """Several discounts together: `amount` paid by `until` saves `saved`. `keys` are those of their rows."""

    amount: int
    saved: int
    until: date
    keys: tuple[RowKey, ...]
