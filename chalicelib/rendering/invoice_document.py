"""What an invoice says, in words already: the drawing knows no money, no dates and no account."""

from collections.abc import Iterator
from dataclasses import dataclass, fields

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
        return _texts(self)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _texts(part)
    elif isinstance(value, InvoiceDocument | DocumentLine | VatLine):
        for field in fields(value):
            yield from _texts(getattr(value, field.name))
