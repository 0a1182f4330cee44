"""Rows to download. A small CSV is the response itself; anything else is stored and fetched by a presigned link."""

from collections.abc import Iterator, Sequence
from datetime import date
from tempfile import SpooledTemporaryFile
from typing import IO, cast

from chalice.app import Response

from chalicelib.http.request import Request
from chalicelib.http.responses import download, see_other_external
from chalicelib.kernel.errors import InvalidError
from chalicelib.kernel.money import as_decimal
from chalicelib.ledger.account_view import AccountView
from chalicelib.ledger.model import Row, TransactionType
from chalicelib.ledger.status import RowStatus
from chalicelib.rendering.spreadsheet import CONTENT_TYPES, Cell, Column, Kind, write
from chalicelib.store.downloads import safe_file_name, temporary_download
from chalicelib.web.presenters.transactions import AGES, TYPES

MAX_RESPONSE_ROWS = 5_000
"""A Lambda responds with at most 6 MB."""
MAX_WORKBOOK_ROWS = 120_000
"""About ten seconds of work; API Gateway waits 29."""
MAX_IN_MEMORY = 8_000_000

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


def download_response(request: Request, view: AccountView, rows: Sequence[Row], kind: Kind) -> Response:
    """The file: CSV of up to 5,000 rows at once, else by way of the store.

    A workbook always goes that way: API Gateway sends binary only to clients that ask for just that type.
    """
    if kind is Kind.XLSX and len(rows) > MAX_WORKBOOK_ROWS:
        raise InvalidError("These are too many rows for one workbook. Filter them first, or take the CSV.")
    name = safe_file_name("transactions", view.ref, view.as_at.isoformat(), extension=kind.value)
    with SpooledTemporaryFile(MAX_IN_MEMORY) as spool:
        out = cast("IO[bytes]", spool)
        write(out, kind, columns(view.rules.digits), _cells(view, rows), title=f"My Transactions {view.ref}")
        out.seek(0)
        if kind is Kind.CSV and len(rows) <= MAX_RESPONSE_ROWS:
            return download(out.read(), name, CONTENT_TYPES[kind])
        url = temporary_download(
            request.customer_scope,
            key=request.services.ids.secret(),
            extension=kind.value,
            data=out,
            file_name=name,
            content_type=CONTENT_TYPES[kind],
        )
    return see_other_external(url)


def _cells(view: AccountView, rows: Sequence[Row]) -> Iterator[list[Cell]]:
    return (cells(view, row) for row in rows)
