"""What an invoice says, in words already: the drawing knows no money, no dates and no account."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Protocol

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A line of the table. A `text` line has only a description, across the page."""

    part: str
    description: str
    quantity: str = ""
    unit: str = ""
    unit_price: str = ""
    amount: str = ""
    text: bool = False


@dataclass(frozen=True, slots=True)
class VatLine:
    """One rate of the V.A.T. analysis."""

    rate: str
    goods: str
    vat: str


@dataclass(frozen=True, slots=True)
class DealerMark:
    """The dealer's logo as PNG. Where it `shows_name` the head has no name beside it."""

    png: bytes
    width: int
    height: int
    shows_name: bool = False


class Letter(Protocol):
    """What a document says above its table and at the foot of its pages."""

    @property
    def title(self) -> str:
        """Which document it is."""

    @property
    def dealer(self) -> str:
        """Whose it is."""

    @property
    def sender(self) -> tuple[str, ...]:
        """The dealer's address and how to reach it."""

    @property
    def addressee_label(self) -> str:
        """What stands above the addressee."""

    @property
    def addressee(self) -> tuple[str, ...]:
        """Name and address."""

    @property
    def facts(self) -> tuple[Pair, ...]:
        """Beside the addressee."""

    @property
    def references(self) -> tuple[Pair, ...]:
        """Beside the facts."""

    @property
    def footer(self) -> str:
        """At the foot of each page."""

    @property
    def mark(self) -> DealerMark | None:
        """The dealer's logo."""


@dataclass(frozen=True, slots=True)
class InvoiceDocument:
    """An invoice or a credit note. `settlement` is a sentence in bold and the rest of its paragraph."""

    title: str
    dealer: str
    sender: tuple[str, ...]
    addressee_label: str
    addressee: tuple[str, ...]
    facts: tuple[Pair, ...]
    references: tuple[Pair, ...]
    lines: tuple[DocumentLine, ...]
    vat: tuple[VatLine, ...]
    totals: tuple[Pair, ...]
    grand: Pair
    settlement: Pair | None = None
    payment: tuple[Pair, ...] = ()
    advice: Pair | None = None
    footer: str = ""
    mark: DealerMark | None = None

    def texts(self) -> Iterator[str]:
        """Every text of the document."""
        return texts_of(self)


def texts_of(value: object) -> Iterator[str]:
    """Every text within a document or a part of one; a logo has none."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from texts_of(part)
    elif is_dataclass(value) and not isinstance(value, type | DealerMark):
        for field in fields(value):
            yield from texts_of(getattr(value, field.name))
