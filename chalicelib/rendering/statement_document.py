"""What a statement says, in words already: the drawing knows no money, no dates and no account."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from chalicelib.rendering.invoice_document import DealerMark, Pair, texts_of


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A line of the table: date, type, reference, description and three amounts.

    A `sum` is bold; a `heading` has only a description, above lines of another kind.
    """

    on: str = ""
    type: str = ""
    reference: str = ""
    description: str = ""
    amounts: tuple[str, str, str] = ("", "", "")
    kind: Literal["row", "sum", "heading"] = "row"


@dataclass(frozen=True, slots=True)
class StatementDocument:
    """A statement. `headings` are those of the three amounts; `ages` come with the title above them."""

    title: str
    dealer: str
    sender: tuple[str, ...]
    addressee_label: str
    addressee: tuple[str, ...]
    facts: tuple[Pair, ...]
    references: tuple[Pair, ...]
    headings: tuple[str, str, str]
    lines: tuple[StatementLine, ...]
    ages_title: str = ""
    ages: tuple[Pair, ...] = ()
    notes: tuple[str, ...] = ()
    slip: tuple[Pair, ...] = ()
    footer: str = ""
    mark: DealerMark | None = None

    def texts(self) -> Iterator[str]:
        """Every text of the document."""
        return texts_of(self)
