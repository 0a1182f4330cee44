"""How old a debt is, computed at read from the export's own date, never from the server's."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Literal

from chalicelib.customers.model import AccountFacts
from chalicelib.dealers.ageing_setting import AgeingSetting
from chalicelib.ledger.row import Row, TransactionType


class Age(StrEnum):
    """The buckets, in the order of their columns. The oldest is open-ended."""

    FUTURE = "future"
    CURRENT = "0"
    ONE = "1"
    TWO = "2"
    THREE = "3"
    UNALLOCATED = "unallocated"


ORDER = tuple(Age)
_BY_MONTHS = (Age.CURRENT, Age.ONE, Age.TWO, Age.THREE)
_OLDEST = len(_BY_MONTHS) - 1
PERIOD = 30


def bucket(item: date, *, as_at: date, method: str) -> Age:
    """The bucket of an item of date `item`. Methods: `calendar_month`, `days` (30/60/90), `next_month`.

    `next_month` counts 30-day periods from the first of the month after the item, both ends included.
    """
    if item > as_at:
        return Age.FUTURE
    if method == "calendar_month":
        periods = (as_at.year - item.year) * 12 + as_at.month - item.month
    elif method == "days":
        periods = (as_at - item).days // PERIOD
    elif method == "next_month":
        start = date(item.year + item.month // 12, item.month % 12 + 1, 1)
        periods = max(0, (as_at - start).days + 1) // PERIOD
    else:
        msg = f"no such ageing method: {method!r}"
        raise ValueError(msg)
    return _BY_MONTHS[min(periods, _OLDEST)]


class AgeingPolicy:
    """Ages many rows of one account: one setting, one `as_at`, each distinct date computed once.

    Basis `due` ages by the due date and calls what is not yet due Current. Credits and payments age by their own date,
    save that a balance-forward account's open payments are Unallocated. A brought-forward or settled row has no age.
    """

    def __init__(self, *, as_at: date, setting: AgeingSetting, balance_forward: bool) -> None:
        self.as_at = as_at
        self._setting = setting
        self._balance_forward = balance_forward
        self._known: dict[tuple[str, str | None], Age] = {}

    def age(self, row: Row) -> Age | None:
        """The row's bucket, None where it has none."""
        if row.outstanding == 0 or row.type == TransactionType.BROUGHT_FORWARD:
            return None
        if row.type == TransactionType.PAYMENT and self._balance_forward:
            return Age.UNALLOCATED
        due = row.due_date if self._setting.basis == "due" and row.outstanding > 0 else None
        key = row.transaction_date, due
        age = self._known.get(key)
        if age is None:
            age = self._known[key] = self._compute(*key)
        return age

    def _compute(self, item: str, due: str | None) -> Age:
        age = bucket(date.fromisoformat(item), as_at=self.as_at, method=self._setting.method)
        if due is None or age is Age.FUTURE:
            return age
        by_due = bucket(date.fromisoformat(due), as_at=self.as_at, method=self._setting.method)
        return Age.CURRENT if by_due is Age.FUTURE else by_due


def ageing_policy(facts: AccountFacts, setting: AgeingSetting, *, as_at: date) -> AgeingPolicy:
    """How the rows of this account age at `as_at`."""
    return AgeingPolicy(as_at=as_at, setting=setting, balance_forward=facts.ledger_type == "balance_forward")


@dataclass(frozen=True)
class Buckets:
    """An account's balance by age, minor units in the order of ORDER. The parts always sum to the balance.

    `source` is `rows`, `dealer` (the export's own figures) or `none`, and then there is only a balance.
    """

    amounts: tuple[int, ...]
    balance: int
    source: Literal["rows", "dealer", "none"]

    @cached_property
    def shown(self) -> list[tuple[Age, int]]:
        """What a page lists: the four ages always, future and unallocated only where there is something."""
        pairs = zip(ORDER, self.amounts, strict=False)
        return [(kind, amount) for kind, amount in pairs if amount or kind in _BY_MONTHS]


def sum_by_age(rows: Iterable[Row], *, policy: AgeingPolicy, aged: Sequence[int] | None) -> Buckets:
    """The buckets of an account's open rows. `aged` are the export's figures in the order of ORDER, if it gave any.

    A balance brought forward has lost its dates: then only the export's figures are known, if they sum to the balance.
    """
    amounts = dict.fromkeys(ORDER, 0)
    balance, lost = 0, False
    for row in rows:
        balance += row.outstanding
        age = policy.age(row)
        if age is not None:
            amounts[age] += row.outstanding
        elif row.outstanding:
            lost = True
    if not lost:
        return Buckets(tuple(amounts.values()), balance, "rows")
    if aged is not None and sum(aged) == balance:
        return Buckets(tuple(aged), balance, "dealer")
    return Buckets((), balance, "none")
