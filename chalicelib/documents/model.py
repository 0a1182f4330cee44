"""The lines of an invoice, and the object names of an account's files."""

import re
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import PlainSerializer, TypeAdapter
from pydantic.dataclasses import dataclass

from chalicelib.kernel.keys import key_part
from chalicelib.kernel.schemas import STRICT, adapter

DOCUMENT_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")

Exact = Annotated[Decimal, PlainSerializer(str, when_used="json")]
"""Text in storage: no binary float."""


class LineType(StrEnum):
    """What a line is for. A text line has only its description."""

    GOODS = "goods"
    LABOUR = "labour"
    TEXT = "text"
    CHARGE = "charge"


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class InvoiceLine:
    """A row of invoice_lines.csv. Amounts are minor units; quantity and unit price (in major units) have 4 decimals.

    `vat_code` is a VAT category of EN 16931, `vat_exemption` why there is no VAT.
    """

    line_no: int
    line_type: LineType
    part_no: str | None = None
    description: str | None = None
    quantity: Exact | None = None
    unit: str | None = None
    unit_price: Exact | None = None
    discount_pct: Exact | None = None
    net_amount: int | None = None
    vat_rate: Exact | None = None
    vat_amount: int | None = None
    vat_code: str | None = None
    vat_exemption: str | None = None


_LINES: TypeAdapter[list[InvoiceLine]] = adapter(list[InvoiceLine])


def encode_lines(lines: list[InvoiceLine]) -> bytes:
    """The lines of one transaction as one line of the lines object, its line feed included."""
    return _LINES.dump_json(lines, exclude_none=True) + b"\n"


def decode_lines(data: bytes) -> list[InvoiceLine]:
    """What `encode_lines` wrote, by line number. Raises pydantic.ValidationError for anything else."""
    return sorted(_LINES.validate_json(data), key=lambda line: line.line_no)


def document_name(*, run: int, ref: str, document_id: str) -> str:
    """The object of a PDF. Raises ValueError for an id that the export format rules out."""
    if not DOCUMENT_ID.fullmatch(document_id):
        raise ValueError(f"not a document id: {document_id!r}")
    part = key_part(ref)
    if not part.strip("."):  # "." and ".." are steps, not names
        part = part.replace(".", "%2E")
    return f"documents/{run}/{part}/{document_id}.pdf"


def lines_name(*, run: int, part: int) -> str:
    """The object that holds the invoice lines of one part of a run."""
    return f"lines/{run}/{part}.jsonl"
