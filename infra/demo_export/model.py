"""A made-up customer account and its ledger rows, before they are text. Amounts are pence."""

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from hashlib import blake2b


@dataclass(frozen=True, slots=True)
class Account:
    """What stays the same from export to export. `activity` is the share of months with business."""

    ref: str
    name: str
    index: int = 0
    account_type: str = "trade"
    eligible: bool = True
    status: str = "open"
    balance_forward: bool = False
    email: str = ""
    phone: str = ""
    contact: tuple[str, str, str] = ("", "", "")
    address: tuple[str, ...] = ()
    place: tuple[str, str, str] = ("", "", "")
    credit_limit: int | None = None
    rate: str = ""
    settlement_days: int = 0
    master: str = ""
    depot: str = "1"
    rep: str = "DG"
    activity: float = 0.25
    fleet: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a document. A text line has no amounts."""

    part: str
    description: str
    quantity: int = 0
    unit: str = "Each"
    unit_price: int = 0

    @property
    def net(self) -> int:
        return self.quantity * self.unit_price


@dataclass(frozen=True, slots=True)
class Entry:
    """One ledger row as at the export's date."""

    type: str
    number: str
    day: date
    total: int
    outstanding: int = 0
    net: int | None = None
    vat: int | None = None
    due: date | None = None
    discount_date: date | None = None
    rate: str = ""
    description: str = ""
    order_no: str = ""
    customer_order: str = ""
    advice_no: str = ""
    depot: str = ""
    rep: str = ""
    disputed: bool = False
    settled: date | None = None
    reason: str = ""
    lines: tuple[Line, ...] = ()
    pdf: bool = False
    machine: str = ""

    @property
    def settlement(self) -> int | None:
        """What settles it within the discount date."""
        return discounted(self.total, self.rate) if self.discount_date else None

    def cleared(self, day: date, reason: str) -> "Entry":
        """The same row with nothing outstanding."""
        return replace(self, outstanding=0, settled=day, reason=reason)


@dataclass(slots=True)
class Ledger:
    """An account as one export has it. `aged` are future, current, 1, 2, 3 or more months, unallocated."""

    account: Account
    entries: list[Entry] = field(default_factory=list)
    aged: tuple[int, ...] | None = None

    @property
    def balance(self) -> int:
        return sum(entry.outstanding for entry in self.entries)


def document_id(account: Account, entry: Entry) -> str:
    """The opaque name of a row's PDF, empty if it has none."""
    key = f"{account.ref}/{entry.type}/{entry.number}"
    return blake2b(key.encode(), digest_size=16).hexdigest() if entry.pdf else ""


def pence(value: Decimal) -> int:
    """To a whole penny, halves away from zero."""
    return int(value.quantize(Decimal(1), ROUND_HALF_UP))


def vat_on(net: int) -> int:
    """20 % of `net`."""
    return pence(Decimal(net) / 5)


def discounted(total: int, rate: str) -> int:
    return pence(total * (100 - Decimal(rate)) / 100)


def money(amount: int | None) -> str:
    """Pence as the format writes them: 770 -> 7.70."""
    if amount is None:
        return ""
    return f"{'-' if amount < 0 else ''}{abs(amount) // 100}.{abs(amount) % 100:02d}"
