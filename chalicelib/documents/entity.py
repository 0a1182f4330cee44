"""documents.csv and invoice_lines.csv: the files of a ledger entry, and what an invoice lists."""

from typing import Any

from chalicelib.ccx.columns import (
    AMOUNT,
    BOOLEAN,
    DECIMAL,
    PERCENT,
    SHA256,
    TRANSACTION_TYPES,
    WHOLE_PERCENT,
    Column,
    Schema,
    account_ref,
    identifier,
    integer,
    one_of,
    text,
)
from chalicelib.ccx.entity import Absence, Entity
from chalicelib.kernel.i18n import lazy_ngettext

_DOCUMENT_TYPES = ("invoice", "credit_note", "statement", "proposal", "other")

DOCUMENTS: Entity[Any] = Entity(
    name="documents",
    tag="d",
    intro="One row for each file in `documents/`. A document stays once it was accepted: send it once, not each time.\n"
    "A file may have up to 25 MB.",
    nouns=lazy_ngettext("%(num)s PDF", "%(num)s PDFs"),
    absence=Absence.KEPT,
    key=("document_id",),
    attachment="document_id",
    refuses=False,
    schema=Schema(
        Column("document_id", identifier(64), "the file's name without its ending", "the document's id"),
        account_ref(),
        Column("transaction_id", text(64), "the ledger entry it shows"),
        Column("doc_type", one_of(*_DOCUMENT_TYPES), what=", ".join(_DOCUMENT_TYPES)),
        Column("filename_display", text(120), "its name when a customer saves it"),
        Column("mime", one_of("application/pdf", "application/xml", "text/xml")),
        Column("bytes", integer(0, 2 * 1024**3, "whole number"), "its size"),
        Column("sha256", SHA256),
        Column("visible", BOOLEAN, "`false`: kept, not shown"),
    ),
)

INVOICE_LINES: Entity[Any] = Entity(
    name="invoice_lines",
    tag="l",
    intro="Optional. For an invoice that has lines and no PDF the portal draws the document.",
    nouns=lazy_ngettext("%(num)s invoice line", "%(num)s invoice lines"),
    absence=Absence.KEPT,
    key=("type", "transaction_id", "line_no"),
    refuses=False,
    schema=Schema(
        account_ref(),
        Column("type", one_of(*TRANSACTION_TYPES), "whose line it is", ", ".join(TRANSACTION_TYPES)),
        Column("transaction_id", text(64), "whose line it is", "an id that stays the same in every export"),
        Column("line_no", integer(0, 1_000_000, "whole number"), "order on the page", "the line's number, from 1"),
        Column("line_type", one_of("goods", "labour", "text", "charge")),
        Column("part_no", text(40)),
        Column("description", text(400, multiline=True)),
        Column("quantity", DECIMAL),
        Column("unit", text(20)),
        Column("unit_price", DECIMAL),
        Column("discount_pct", WHOLE_PERCENT),
        Column("net_amount", AMOUNT),
        Column("vat_rate", PERCENT, "percent"),
        Column("vat_amount", AMOUNT),
    ),
)
