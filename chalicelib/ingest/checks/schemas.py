"""The columns of each file: name, kind, and whether a row needs it. One line adds a column to the format."""

from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

from chalicelib.ccx import cells
from chalicelib.ccx.cells import Parser
from chalicelib.ccx.csv_rows import MAX_REF
from chalicelib.ledger.model import SettledReason, TransactionType

AMOUNT: Parser = cells.amount("GBP")
"""Stands for the row's own currency: a plan puts that currency's parser in its place."""


class Column(NamedTuple):
    """`what` finishes the sentence 'This cell is empty. Write ...'."""

    name: str
    parse: Parser
    required: bool = False
    what: str = ""


class Schema:
    """The columns of one file in the order of their slots."""

    def __init__(self, entity: str, *columns: Column) -> None:
        self.entity = entity
        self.columns = columns
        self.by_name: Mapping[str, int] = {column.name: slot for slot, column in enumerate(columns)}

    @cached_property
    def required(self) -> tuple[str, ...]:
        """Columns that the header must have."""
        return tuple(column.name for column in self.columns if column.required)


def _need(name: str, parse: Parser, what: str) -> Column:
    return Column(name, parse, True, what)


_RECORD = (Column("updated_at", cells.moment), Column("record_status", cells.one_of("active")))
_TEXTS = cells.Text
_REF = _need("account_ref", _TEXTS(MAX_REF), "the account number")

CUSTOMERS = Schema(
    "customers",
    _REF,
    _need("name", _TEXTS(120), "the customer's name"),
    _need("account_type", cells.one_of("trade", "retail", "internal", "cash"), "trade, retail, internal or cash"),
    _need("portal_eligible", cells.boolean, "true or false"),
    _need("ledger_type", cells.one_of("open_item", "balance_forward"), "open_item or balance_forward"),
    _need(
        "account_status",
        cells.one_of("open", "on_stop", "closed", "cash_only"),
        "open, on_stop, closed or cash_only",
    ),
    _need("currency", cells.currency, "three capitals, such as GBP"),
    _need("balance", AMOUNT, "the balance, 0.00 if nothing is owed"),
    Column("credit_limit", AMOUNT),
    Column("on_order_amount", AMOUNT),
    Column("terms_text", _TEXTS(120)),
    Column("payment_due_days", cells.integer(0, 365)),
    Column("settlement_rate", cells.percent),
    Column("settlement_days", cells.integer(0, 365)),
    Column("master_account_ref", _TEXTS(MAX_REF)),
    Column("depot_code", _TEXTS(32)),
    Column("email", cells.email),
    Column("phone", _TEXTS(32)),
    Column("mobile", _TEXTS(32)),
    Column("contact_title", _TEXTS(32)),
    Column("contact_first", _TEXTS(64)),
    Column("contact_last", _TEXTS(64)),
    Column("address_1", _TEXTS(120)),
    Column("address_2", _TEXTS(120)),
    Column("address_3", _TEXTS(120)),
    Column("address_4", _TEXTS(120)),
    Column("city", _TEXTS(120)),
    Column("region", _TEXTS(120)),
    Column("postcode", _TEXTS(32)),
    Column("country", cells.form(r"[A-Z]{2}", "two capitals of ISO 3166, such as GB")),
    Column("vat_number", _TEXTS(32)),
    Column("rep_code", _TEXTS(32)),
    Column("aged_future", AMOUNT),
    Column("aged_current", AMOUNT),
    Column("aged_1", AMOUNT),
    Column("aged_2", AMOUNT),
    Column("aged_3plus", AMOUNT),
    Column("unallocated_amount", AMOUNT),
    Column("marketing_email", cells.boolean),
    Column("marketing_sms", cells.boolean),
    Column("marketing_phone", cells.boolean),
    Column("marketing_post", cells.boolean),
    *_RECORD,
)
FREE_TEXT = frozenset({"name", "description", "terms_text", "address_1", "address_2", "address_3", "address_4"})
"""Columns whose quoted cells may hold tabs and line ends."""
AGED = ("aged_future", "aged_current", "aged_1", "aged_2", "aged_3plus", "unallocated_amount")

_TYPE = _need("type", cells.one_of(*cells.words(TransactionType)), ", ".join(cells.words(TransactionType)))
_ID = _need("transaction_id", _TEXTS(64), "an id that stays the same in every export")

TRANSACTIONS = Schema(
    "transactions",
    _ID,
    _REF,
    _TYPE,
    _need("reference", _TEXTS(40), "the number on the document"),
    _need("transaction_date", cells.iso_date, f"the date: {cells.EXAMPLE_DATE}"),
    Column("due_date", cells.iso_date),
    _need("total_amount", AMOUNT, "the total with VAT"),
    _need("outstanding_amount", AMOUNT, "what is not paid yet, 0.00 if nothing"),
    Column("net_amount", AMOUNT),
    Column("vat_amount", AMOUNT),
    _need("currency", cells.currency, "three capitals, such as GBP"),
    Column("discount_date", cells.iso_date),
    Column("settlement_amount", AMOUNT),
    Column("settlement_rate", cells.percent),
    Column("age_label", _TEXTS(20)),
    Column("description", _TEXTS(200)),
    Column("order_no", _TEXTS(40)),
    Column("customer_order_ref", _TEXTS(40)),
    Column("advice_no", _TEXTS(40)),
    Column("depot_code", _TEXTS(32)),
    Column("rep_code", _TEXTS(32)),
    Column("document_id", cells.form(r"[A-Za-z0-9_-]{1,64}", "up to 64 letters, digits, _ and -")),
    Column("dispute_flag", cells.boolean),
    Column("settled_date", cells.iso_date),
    Column("settled_reason", cells.one_of(*cells.words(SettledReason))),
    Column("period", cells.period),
    *_RECORD,
)

_DOCUMENT_TYPES = ("invoice", "credit_note", "statement", "proposal", "other")

DOCUMENTS = Schema(
    "documents",
    _need("document_id", cells.form(r"[A-Za-z0-9_-]{1,64}", "up to 64 letters, digits, _ and -"), "the document's id"),
    _REF,
    Column("transaction_id", _TEXTS(64)),
    _need("doc_type", cells.one_of(*_DOCUMENT_TYPES), ", ".join(_DOCUMENT_TYPES)),
    Column("filename_display", _TEXTS(120)),
    Column("mime", cells.one_of("application/pdf", "application/xml", "text/xml")),
    Column("bytes", cells.integer(0, 2 * 1024**3)),
    Column("sha256", cells.form(r"[0-9a-fA-F]{64}", "the SHA-256 of the file in hex, 64 digits")),
    Column("visible", cells.boolean),
)

INVOICE_LINES = Schema(
    "invoice_lines",
    _REF,
    _TYPE,
    _ID,
    _need("line_no", cells.integer(0, 1_000_000), "the line's number, from 1"),
    Column("line_type", cells.one_of("goods", "labour", "text", "charge")),
    Column("part_no", _TEXTS(40)),
    Column("description", _TEXTS(400)),
    Column("quantity", cells.decimal4),
    Column("unit", _TEXTS(20)),
    Column("unit_price", cells.decimal4),
    Column("discount_pct", cells.whole_percent),
    Column("net_amount", AMOUNT),
    Column("vat_rate", cells.percent),
    Column("vat_amount", AMOUNT),
)

SCHEMAS = {schema.entity: schema for schema in (CUSTOMERS, TRANSACTIONS, DOCUMENTS, INVOICE_LINES)}
