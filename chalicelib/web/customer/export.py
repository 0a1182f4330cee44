"""Rows to take away. Small CSVs are the answer itself; anything else is stored and fetched by a short link."""

from collections.abc import Iterator, Sequence
from datetime import date
from tempfile import SpooledTemporaryFile
from typing import IO, cast

from chalice.app import Response

from chalicelib.documents import operations
from chalicelib.documents.model import safe_file_name
from chalicelib.http.request import Request
from chalicelib.http.responses import download, see_other_external
from chalicelib.kernel.errors import InvalidError
from chalicelib.kernel.money import as_decimal
from chalicelib.ledger.model import Row, TransactionType
from chalicelib.ledger.status import Kind as StateKind
from chalicelib.ledger.status import state
from chalicelib.rendering.spreadsheet import CONTENT_TYPES, Cell, Column, Kind, write
from chalicelib.web.customer.account_page import Book
from chalicelib.web.presenters.transactions import AGES, TYPES

ANSWERED_ROWS = 5_000
"""A Lambda answers at most 6 MB."""
WORKBOOK_ROWS = 120_000
"""About ten seconds of work; API Gateway waits 29."""
IN_MEMORY = 8_000_000

_TEXT = 14
_STATES = {
    StateKind.DISPUTED: "Disputed",
    StateKind.SETTLED: "Settled",
    StateKind.CREDIT: "Credit to use",
    StateKind.OVERDUE: "Overdue",
    StateKind.DUE: "Due",
    StateKind.OPEN: "",
}


def columns(digits: int) -> list[Column]:
    """The headings, those of the page first."""
    labels = (
        "Inv. Date,Reference No,Type,Description,Age,Status,Due Date,Total,Outstanding,Disc. Date,Settlement,"
        "Goods,V.A.T.,Settled,Order No,Your reference,Advice No,Depot,Rep Code,Account,Currency"
    )
    return [Column(label, 32 if label == "Description" else _TEXT, digits) for label in labels.split(",")]


def cells(book: Book, row: Row) -> list[Cell]:
    """A row's cells, typed, in the order of `columns`."""
    lens, currency = book.lens, book.words.currency
    offer, age = lens.offer(row), lens.ager.of(row)

    def money(minor: int | None) -> Cell:
        return None if minor is None else as_decimal(minor, currency)

    return [
        _day(row.transaction_date),
        row.reference,
        TYPES[TransactionType(row.type)],
        row.description,
        AGES[age] if age else None,
        _STATES[state(row, as_at=book.as_at).kind],
        _day(row.due_date),
        money(row.total),
        money(row.outstanding),
        None if offer is None else _day(row.discount_date),
        money(offer),
        money(row.net),
        money(row.vat),
        _day(row.settled_date),
        row.order_no,
        row.customer_order_ref,
        row.advice_no,
        row.depot_code,
        row.rep_code,
        book.ref,
        currency,
    ]


def _day(iso: str | None) -> date | None:
    return date.fromisoformat(iso) if iso else None


def hand_over(request: Request, book: Book, rows: Sequence[Row], kind: Kind) -> Response:
    """The file: CSV of up to 5,000 rows at once, else by way of the store.

    A workbook always goes that way: API Gateway sends binary only to clients that ask for just that type.
    """
    if kind is Kind.XLSX and len(rows) > WORKBOOK_ROWS:
        raise InvalidError("These are too many rows for one workbook. Filter them first, or take the CSV.")
    name = safe_file_name("transactions", book.ref, book.as_at.isoformat(), extension=kind.value)
    with SpooledTemporaryFile(IN_MEMORY) as spool:
        out = cast("IO[bytes]", spool)
        write(out, kind, columns(book.lens.digits), _cells(book, rows), title=f"My Transactions {book.ref}")
        out.seek(0)
        if kind is Kind.CSV and len(rows) <= ANSWERED_ROWS:
            return download(out.read(), name, CONTENT_TYPES[kind])
        url = operations.hand_over(
            book.scope,
            key=request.services.ids.secret(),
            extension=kind.value,
            data=out,
            file_name=name,
            content_type=CONTENT_TYPES[kind],
        )
    return see_other_external(url)


def _cells(book: Book, rows: Sequence[Row]) -> Iterator[list[Cell]]:
    return (cells(book, row) for row in rows)
