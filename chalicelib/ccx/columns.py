"""The columns of a file: name, kind, whether a row needs it, and what the format's page says of it."""

from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

from chalicelib.ccx import cells
from chalicelib.ccx.cells import Parser, Text
from chalicelib.ccx.csv_rows import MAX_REF
from chalicelib.ccx.messages import Choice, Phrase, phrase
from chalicelib.kernel.i18n import LazyText, lazy_gettext


class ColumnType(NamedTuple):
    """What a column's cells hold: how one is read, and the words for it in docs/export-format.md."""

    parse: Parser
    description: str


class Column(NamedTuple):
    """`what` finishes the sentence 'This cell is empty. Write ...'; a row needs every column that has it.

    `description` appears in the table of docs/export-format.md, in English.
    """

    name: str
    kind: ColumnType
    description: str = ""
    what: LazyText | Choice | None = None

    @property
    def parse(self) -> Parser:
        """One cell to its value, or CellError."""
        return self.kind.parse

    @property
    def required(self) -> bool:
        """Whether the header must have it, and each row a value."""
        return self.what is not None

    @property
    def wanted(self) -> Phrase | Choice:
        """What an empty cell of a required column should hold."""
        return phrase(self.what) if isinstance(self.what, LazyText) else self.what or Choice(())


class Schema:
    """The columns of one file in the order of their slots."""

    def __init__(self, *columns: Column) -> None:
        self.columns = columns
        self.by_name: Mapping[str, int] = {column.name: slot for slot, column in enumerate(columns)}

    @cached_property
    def required(self) -> tuple[str, ...]:
        """Columns that the header must have."""
        return tuple(column.name for column in self.columns if column.required)

    @cached_property
    def texts(self) -> Mapping[str, Text]:
        """Columns that hold any text, and how it is read."""
        return {column.name: column.parse for column in self.columns if isinstance(column.parse, Text)}


def text(limit: int, *, multiline: bool = False, exact: bool = False) -> ColumnType:
    """Up to `limit` characters. `exact`: it names something, so that no character may be changed."""
    return ColumnType(Text(limit, multiline, exact), description=f"text, {limit}")


def one_of(*values: str) -> ColumnType:
    """One of a few words."""
    return ColumnType(cells.one_of(*values), description=" ".join(f"`{value}`" for value in values))


def integer(low: int, high: int, description: str = "") -> ColumnType:
    """A whole number from `low` to `high`."""
    return ColumnType(cells.integer(low, high), description=description or f"{low:,} to {high:,}")


def identifier(limit: int) -> ColumnType:
    """An id that may stand in a file's name."""
    what = phrase(lazy_gettext("up to %(limit)s letters, digits, _ and -"), limit=limit)
    return ColumnType(
        cells.form(rf"[A-Za-z0-9_-]{{1,{limit}}}", what), description=f"up to {limit} letters, digits, `_` `-`"
    )


AMOUNT = ColumnType(cells.amount("GBP"), description="amount")
"""Stands for the row's own currency: a plan puts that currency's parser in its place."""
BOOLEAN = ColumnType(cells.boolean, description="boolean")
COUNTRY = ColumnType(
    cells.form(r"[A-Z]{2}", phrase(lazy_gettext("two capitals of ISO 3166, for example GB"))),
    description="ISO 3166, 2 letters",
)
CURRENCY = ColumnType(cells.currency, description="currency")
DATE = ColumnType(cells.iso_date, description="date")
DECIMAL = ColumnType(cells.decimal4, description="up to 4 decimals")
EMAIL = ColumnType(cells.email, description="text, 254")
MOMENT = ColumnType(cells.moment, description="moment")
PERCENT = ColumnType(cells.percent, description="0 to 99.99")
PERIOD = ColumnType(cells.period, description="`2024-06`")
SHA256 = ColumnType(
    cells.form(r"[0-9a-fA-F]{64}", phrase(lazy_gettext("the SHA-256 of the file in 64 hexadecimal digits"))),
    description="64 hexadecimal digits",
)
WHOLE_PERCENT = ColumnType(cells.whole_percent, description="0 to 100")
TRUE_OR_FALSE = Choice(("true", "false"))

TRANSACTION_TYPES = ("invoice", "credit_note", "discount", "brought_forward", "payment", "journal", "refund")
"""What a ledger entry may be; files that hang on one name it by its type too."""


def account_ref(*, description: str = "the account it belongs to") -> Column:
    """Whose the row is: every file that is not the dealer's own has it."""
    return Column("account_ref", text(MAX_REF, exact=True), description, lazy_gettext("the account number"))


def currency(*, description: str = "that of the account") -> Column:
    """The currency of the row's amounts."""
    return Column("currency", CURRENCY, description, lazy_gettext("three capitals, for example GBP"))


RECORD = (
    Column("updated_at", MOMENT, description="last changed in your system"),
    Column("record_status", one_of("active"), description="for exports of changes, later"),
)
"""What any row may say of itself."""
