"""The words for a ledger row: types, ages, states. The manuals' names stay as they are."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from markupsafe import Markup

from chalicelib.kernel.keys import link_part
from chalicelib.ledger.ageing import Age
from chalicelib.ledger.model import Row, TransactionType
from chalicelib.ledger.status import Kind, RowState, state
from chalicelib.ledger.view import Lens
from chalicelib.rendering.format import Formats

TYPES = {
    TransactionType.INVOICE: "Invoice",
    TransactionType.CREDIT_NOTE: "Credit Note",
    TransactionType.DISCOUNT: "Discount",
    TransactionType.BROUGHT_FORWARD: "Brought Forward",
    TransactionType.PAYMENT: "Payment",
    TransactionType.JOURNAL: "Journal",
    TransactionType.REFUND: "Refund",
}
ALWAYS_OFFERED = 4
"""The first four types stand in the filter always, the others where the account has such rows."""

AGES = {
    Age.FUTURE: "Future",
    Age.CURRENT: "Current",
    Age.ONE: "1 Month",
    Age.TWO: "2 Months",
    Age.THREE: "3 Months",
    Age.UNALLOCATED: "Unallocated",
}
_CHIPS = {
    Kind.DISPUTED: ("query", "chat-square-text"),
    Kind.SETTLED: ("", "check2"),
    Kind.CREDIT: ("ok", "plus-circle"),
    Kind.OVERDUE: ("bad", "exclamation-circle"),
    Kind.DUE: ("info", "clock"),
}


@dataclass(frozen=True, slots=True)
class Words:
    """What rows are put into words with."""

    fmt: Formats
    lens: Lens
    as_at: date
    today: date
    ref: str
    currency: str

    def money(self, minor: int) -> str:
        """In the account's currency."""
        return self.fmt.money(minor, self.currency)

    def near(self, day: date) -> str:
        """A date as short as it is clear."""
        return self.fmt.near_date(day, self.today)


class Said(NamedTuple):
    """A row's state in words; `icon` is empty where plain text will do."""

    text: str
    kind: str = ""
    icon: str = ""


class Shown(NamedTuple):
    """A row of the list, in words: a tuple, since a page has up to a hundred.

    `payable` and `outstanding_minor` are minor units, for sums in the browser.
    """

    key: str
    link: str
    on: Markup
    name: str
    reference: str
    type: str
    description: str
    age: str
    state: Said
    total: str
    outstanding: str
    outstanding_minor: int
    payable: int
    disc_date: str
    settlement: str
    document: str
    ticked: bool = False


def row_key(row: Row) -> str:
    """The row in a form field."""
    return f"{row.type}:{link_part(row.transaction_id)}"


def row_link(ref: str, row: Row) -> str:
    """The address of the row's own page; its date spares the server a search."""
    return f"/invoices/{link_part(ref)}/{row.type}/{link_part(row.transaction_id)}?on={row.transaction_date}"


def say_state(words: Words, found: RowState, *, whole: bool = False) -> Said:
    """`Due 18 Dec`, `Overdue 28 days`, `Settled 2 Nov`. `whole` gives the plain case its chip too, with the year."""
    kind, icon = _CHIPS.get(found.kind, ("", ""))
    day = "" if found.on is None else (words.fmt.date(found.on) if whole else words.near(found.on))
    if found.kind is Kind.DISPUTED:
        return Said("Disputed", kind, icon)
    if found.kind is Kind.CREDIT:
        return Said("Credit to use", kind, icon)
    if found.kind is Kind.SETTLED:
        return Said(f"Settled {day}".strip(), kind, icon)
    if found.kind is Kind.OVERDUE:
        return Said(f"Overdue {words.fmt.plural(found.days, '%(num)s day', '%(num)s days')}", kind, icon)
    if found.kind is Kind.DUE:
        return Said(f"Due {day}", kind, icon) if whole else Said(f"Due {day}")
    return Said("")


def document_state(row: Row) -> str:
    """`ready` (a stored PDF), `drawn` (its lines are here), `waiting` (named, not here yet) or empty."""
    if row.document:
        return "ready"
    if row.lines:
        return "drawn"
    return "waiting" if row.document_id else ""


def show(words: Words, row: Row, *, ticked: frozenset[str] = frozenset()) -> Shown:
    """The row in words."""
    offer = words.lens.offer(row)
    age = words.lens.ager.of(row)
    key = row_key(row)
    total = words.money(row.total)
    kind = TYPES[TransactionType(row.type)]
    return Shown(
        key=key,
        link=row_link(words.ref, row),
        on=words.fmt.date_tag(date.fromisoformat(row.transaction_date)),
        name=f"{kind.lower()} {row.reference}",
        reference=row.reference,
        type=kind,
        description=row.description or "",
        age=AGES[age] if age else "",
        state=say_state(words, state(row, as_at=words.as_at)),
        total=total,
        outstanding=total if row.outstanding == row.total else words.money(row.outstanding),
        outstanding_minor=row.outstanding,
        payable=row.outstanding if offer is None else offer,
        disc_date=words.near(date.fromisoformat(row.discount_date)) if offer is not None and row.discount_date else "",
        settlement="" if offer is None else words.money(offer),
        document=document_state(row),
        ticked=key in ticked,
    )
