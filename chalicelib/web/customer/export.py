"""Transactions as the rows of a file."""

from collections.abc import Sequence
from datetime import date

from chalicelib.exports.model import ExportFile
from chalicelib.kernel.errors import InvalidError
from chalicelib.kernel.money import as_decimal
from chalicelib.ledger.account_view import AccountView
from chalicelib.ledger.model import Row, TransactionType
from chalicelib.ledger.status import RowStatus
from chalicelib.rendering.spreadsheet import Cell, Column, Kind
from chalicelib.store.downloads import safe_file_name
from chalicelib.web.presenters.transactions import AGES, TYPES

MAX_WORKBOOK_ROWS = 500_000
"""A minute or two of work for the function that makes it, which has five."""

_TEXT = 14
_STATES = {
    RowStatus.DISPUTED: "Disputed",
    RowStatus.SETTLED: "Settled",
    RowStatus.CREDIT: "Credit to use",
    RowStatus.OVERDUE: "Overdue",
    RowStatus.DUE: "Due",
    RowStatus.OPEN: "",
}


def columns(digits: int) -> list[Column]:
    """The headings, those of the page first."""
    labels = (
        "Inv. Date,Reference No,Type,Description,Age,Status,Due Date,Total,Outstanding,Disc. Date,Settlement,"
        "Goods,V.A.T.,Settled,Order No,Your reference,Advice No,Depot,Rep Code,Account,Currency"
    )
    return [Column(label, 32 if label == "Description" else _TEXT, digits) for label in labels.split(",")]


def cells(view: AccountView, row: Row) -> list[Cell]:
    """A row's cells, typed, in the order of `columns`."""
    rules, currency = view.rules, view.facts.currency
    discounted, age = rules.discount_available(row), rules.age(row)

    def money(minor: int | None) -> Cell:
        return None if minor is None else as_decimal(minor, currency)

    return [
        _day(row.transaction_date),
        row.reference,
        TYPES[TransactionType(row.type)],
        row.description,
        AGES[age] if age else None,
        _STATES[rules.state(row).status],
        _day(row.due_date),
        money(row.total),
        money(row.outstanding),
        None if discounted is None else _day(row.discount_date),
        money(discounted),
        money(row.net),
        money(row.vat),
        _day(row.settled_date),
        row.order_no,
        row.customer_order_ref,
        row.advice_no,
        row.depot_code,
        row.rep_code,
        view.ref,
        currency,
    ]


def _day(iso: str | None) -> date | None:
    return date.fromisoformat(iso) if iso else None


def transactions_file(view: AccountView, kind: Kind, rows: Sequence[Row]) -> ExportFile:
    """The rows as a file. Raises InvalidError for a workbook that would be too large."""
    if kind is Kind.XLSX and len(rows) > MAX_WORKBOOK_ROWS:
        raise InvalidError("These are too many rows for one workbook. Filter them first, or take the CSV.")
    return ExportFile(
        file_name=safe_file_name("transactions", view.ref, view.as_at.isoformat(), extension=kind.value),
        kind=kind,
        title=f"My Transactions {view.ref}",
        columns=columns(view.rules.digits),
        rows=(cells(view, row) for row in rows),
        count=len(rows),
        as_of=str(view.snapshot.as_of),
        restarted=view.snapshot.restarted,
    )
