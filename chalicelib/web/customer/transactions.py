"""My Transactions: how the account stands, its rows filtered, sorted and searched, and the same rows to take away."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from chalice.app import Response

from chalicelib.http.access import Permission
from chalicelib.http.request import Request
from chalicelib.http.responses import page, redirect
from chalicelib.http.routing import Pages
from chalicelib.ledger import queries
from chalicelib.ledger.ageing import age
from chalicelib.ledger.figures import figures
from chalicelib.ledger.model import Row, SweptError
from chalicelib.ledger.queries import AsOf
from chalicelib.ledger.settlement import saving
from chalicelib.ledger.view import PAGE_ROWS, Sort, View, ViewQuery
from chalicelib.rendering.spreadsheet import Kind
from chalicelib.web.customer import export
from chalicelib.web.customer.account_page import Book, account_ref, open_book, read, view_query
from chalicelib.web.presenters.ageing_bar import bars
from chalicelib.web.presenters.transactions import AGES, ALWAYS_OFFERED, TYPES, row_key, show

pages = Pages(__name__)

HOME = "/transactions"
STATUSES = [("all", "All"), ("current", "Current"), ("history", "History")]
ORDERS = {
    Sort.DATE: ("newest first", "oldest first"),
    Sort.REFERENCE: ("by number, last first", "by number"),
    Sort.TYPE: ("by type, backwards", "by type"),
    Sort.DESCRIPTION: ("by description, backwards", "by description"),
    Sort.AGE: ("oldest debts first", "youngest debts first"),
    Sort.DUE: ("latest due first", "soonest due first"),
    Sort.TOTAL: ("largest first", "smallest first"),
    Sort.OUTSTANDING: ("most outstanding first", "least outstanding first"),
    Sort.DISC: ("latest Disc. Date first", "soonest Disc. Date first"),
    Sort.SETTLEMENT: ("largest settlement first", "smallest settlement first"),
}


@pages.get(HOME, Permission.CUSTOMER)
def transactions(request: Request) -> Response:
    """The list. Its state is the address: type, status, age, q, sort, order, page, the run it began with, select."""
    query = view_query(request.query)
    as_of = AsOf.parse(request.query.get("at", "")) if query.page > 1 else None
    try:
        return _list(request, query, as_of)
    except SweptError:  # what the reader began with has been cleared away
        return redirect(request.here(page=None, at=None))


@pages.get("/transactions.csv", Permission.CUSTOMER)
def csv(request: Request) -> Response:
    """The filtered rows, or those of `row`, as CSV."""
    return _export(request, Kind.CSV)


@pages.get("/transactions.xlsx", Permission.CUSTOMER)
def xlsx(request: Request) -> Response:
    """The same as a workbook."""
    return _export(request, Kind.XLSX)


def _export(request: Request, kind: Kind) -> Response:
    book = open_book(request, read(request, as_of=AsOf.parse(request.query.get("at", ""))))
    if book is None:
        return redirect(HOME)
    chosen = frozenset(request.query_all.get("row", []))
    try:
        rows = queries.matching(book.scope, head=book.head, query=view_query(request.query), lens=book.lens)
    except SweptError:
        return redirect(f"/transactions.{kind}")
    if chosen:
        rows = [row for row in rows if row_key(row) in chosen]
    return export.hand_over(request, book, rows, kind)


def _list(request: Request, query: ViewQuery, as_of: AsOf | None) -> Response:
    reading = read(request, as_of=as_of)
    book = open_book(request, reading)
    if book is None:
        return page(request, "customer/no_figures.html", ref=account_ref(request), published=reading.published)
    if reading.restarted:
        query = replace(query, page=1)
    open_rows = queries.open_rows(book.scope, head=book.head)
    found = queries.view(book.scope, head=book.head, query=query, lens=book.lens)
    template = "customer/transactions_results.html" if request.htmx else "customer/transactions.html"
    return page(
        request, template, **_account(book), **_panel(book, open_rows), **_table(request, book, query, found, open_rows)
    )


def _account(book: Book) -> dict[str, Any]:
    facts = book.head.facts
    return {"book": book, "facts": facts, "money": book.words.money, "published": book.reading.published}


def _panel(book: Book, open_rows: Sequence[Row]) -> dict[str, Any]:
    buckets = age(open_rows, ager=book.lens.ager, aged=book.head.facts.aged)
    saved = saving(open_rows, today=book.words.today, on_stop=book.on_stop)
    return {
        "figures": figures(open_rows, as_at=book.as_at),
        "buckets": buckets,
        "bars": bars(buckets),
        "ages": AGES,
        "saving": saved,
        "types": TYPES,
    }


def _table(request: Request, book: Book, query: ViewQuery, found: View, open_rows: Sequence[Row]) -> dict[str, Any]:
    ticked = _ticked(request, book, open_rows)
    at = str(book.reading.as_of) if book.reading.as_of else None
    first = (found.page - 1) * PAGE_ROWS
    return {
        "query": query,
        "found": found,
        "rows": [show(book.words, row, ticked=ticked) for row in found.rows],
        "order": ORDERS[query.sort][0 if query.descending else 1],
        "shown": (first + 1, first + len(found.rows)),
        "back": request.here(page=found.page - 1, at=at) if found.page > 1 else "",
        "next": request.here(page=found.page + 1, at=at) if found.page < found.pages else "",
        "restarted": book.reading.restarted,
        "type_options": _type_options(book, query),
        "status_options": STATUSES,
        "selecting": bool(ticked),
        "everything": book.head.open_count + book.head.settled_count,
    }


def _ticked(request: Request, book: Book, open_rows: Sequence[Row]) -> frozenset[str]:
    if request.query.get("select") != "saving":
        return frozenset()
    return frozenset(row_key(row) for row in open_rows if book.lens.offer(row) is not None)


def _type_options(book: Book, query: ViewQuery) -> list[tuple[str, str]]:
    there = {*list(TYPES)[:ALWAYS_OFFERED], *book.head.types, query.type}
    return [("", "Show All"), *((kind.value, label) for kind, label in TYPES.items() if kind in there)]
