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
from chalicelib.ccx.messages import Choice
from chalicelib.kernel.i18n import lazy_gettext, lazy_ngettext

VAT_CODES = ("S", "Z", "E", "AE", "K", "G", "O")
"""UNCL5305, as far as EN 16931 has them outside the Canary Islands, Ceuta and Melilla."""
_DOCUMENT_TYPES = ("invoice", "credit_note", "statement", "proposal", "other")

DOCUMENTS: Entity[Any] = Entity(
    name="documents",
    tag="d",
    intro="One row a file in `documents/`. A document stays once it was accepted; send it once, not in every export. "
    "Sent again under the same `document_id`, with its row, it replaces the one before. A file may have up to 25 MB.",
    nouns=lazy_ngettext("%(num)s PDF", "%(num)s PDFs"),
    absence=Absence.KEPT,
    key=("document_id",),
    attachment="document_id",
    refuses=False,
    schema=Schema(
        Column(
            "document_id",
            identifier(64),
            description="the file's name without its ending",
            what=lazy_gettext("the document's id"),
        ),
        account_ref(),
        Column("transaction_id", text(64, exact=True), description="the ledger entry it shows"),
        Column("doc_type", one_of(*_DOCUMENT_TYPES), what=Choice(_DOCUMENT_TYPES)),
        Column("filename_display", text(120), description="its name when a customer saves it"),
        Column("mime", one_of("application/pdf", "application/xml", "text/xml")),
        Column("bytes", integer(0, 2 * 1024**3, description="whole number"), description="its size"),
        Column("sha256", SHA256),
        Column("visible", BOOLEAN, description="`false`: kept, not shown"),
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
        Column("type", one_of(*TRANSACTION_TYPES), description="whose line it is", what=Choice(TRANSACTION_TYPES)),
        Column(
            "transaction_id",
            text(64, exact=True),
            description="whose line it is",
            what=lazy_gettext("an id that stays the same in every export"),
        ),
        Column(
            "line_no",
            integer(0, 1_000_000, description="whole number"),
            description="order on the page",
            what=lazy_gettext("the line's number, from 1"),
        ),
        Column("line_type", one_of("goods", "labour", "text", "charge")),
        Column("part_no", text(40)),
        Column("description", text(400, multiline=True)),
        Column("quantity", DECIMAL),
        Column(
            "unit",
            text(20),
            description="in words, such as `Each`, `Hours` or `m2`. An e-invoice has the code of UN/ECE Recommendation "
            "20 that it stands for; where there is none, `ZZ` and the word itself",
        ),
        Column("unit_price", DECIMAL),
        Column("discount_pct", WHOLE_PERCENT),
        Column("net_amount", AMOUNT),
        Column("vat_rate", PERCENT, description="percent"),
        Column("vat_amount", AMOUNT),
        Column(
            "vat_code",
            one_of(*VAT_CODES),
            description="VAT category of EN 16931: `S` standard or reduced rate, `Z` zero rated, `E` exempt, `AE` "
            "reverse charge, `K` intra-Community supply, `G` export, `O` outside the scope of VAT. An e-invoice needs "
            "it of each line without VAT; of others it is `S`",
        ),
        Column("vat_exemption", text(200), description="why there is no VAT, as the invoice says it. `E` needs it"),
    ),
)
