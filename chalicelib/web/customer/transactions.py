"""My Transactions: the account's figures, its rows filtered, sorted and searched, and the same rows to download."""

from dataclasses import replace
from functools import partial
from typing import Any

from chalice.app import Response

from chalicelib.downloads.model import DownloadFile
from chalicelib.http.access import CUSTOMER_INVOICES
from chalicelib.http.request import Request
from chalicelib.http.responses import page, redirect
from chalicelib.http.routing import Routes
from chalicelib.ingest import queries as imports
from chalicelib.ledger.account_view import AccountView, NoFiguresError
from chalicelib.ledger.ageing import Age
from chalicelib.ledger.model import SnapshotExpiredError
from chalicelib.ledger.row_query import PAGE_ROWS, RowQuery
from chalicelib.ledger.snapshot import SnapshotRef
from chalicelib.ledger.status import LedgerTab
from chalicelib.rendering.spreadsheet import FileKind
from chalicelib.web import file_responses
from chalicelib.web.customer import transactions_file
from chalicelib.web.customer.account_page import HOME, account_ref, account_view, list_query, row_query
from chalicelib.web.customer.filters import (
    ORDERS,
    STATUSES,
    date_filter,
    orders,
    range_in_words,
    status_of,
    type_options,
)
from chalicelib.web.presenters.ageing_bar import segments
from chalicelib.web.presenters.transactions import (
    AGES,
    NOUNS,
    TYPES,
    RowFormatter,
    account_header,
    present,
    row_value,
)

routes = Routes(__name__)

DOWNLOADS = "/downloads"


@routes.get(HOME, CUSTOMER_INVOICES)
def transactions(request: Request) -> Response:
    """The list. Its state is the address: LIST_FIELDS, the run it began with (`at`), and `select`."""
    query = row_query(request.query, request.fmt.locale)
    snapshot_ref = _snapshot_ref(request) if query.page != 1 else None
    try:
        view = account_view(request, query, snapshot_ref=snapshot_ref)
    except NoFiguresError as error:
        return page(request, "customer/no_figures.html", ref=account_ref(request), published=error.published)
    except SnapshotExpiredError:
        return redirect(request.here(page=None, at=None))
    template = "customer/transactions_update.html" if request.htmx else "customer/transactions.html"
    formatter = RowFormatter.of(view, request.fmt)
    header = account_header(view, formatter)
    return page(request, template, **header, **_panel(view), **_table(request, view, query, formatter))


@routes.get("/transactions.csv", CUSTOMER_INVOICES)
def csv(request: Request) -> Response:
    """The filtered rows, or those of `row`, as CSV."""
    return _limited_download(request, FileKind.CSV)


@routes.get("/transactions.xlsx", CUSTOMER_INVOICES)
def xlsx(request: Request) -> Response:
    """The same as a workbook."""
    return _limited_download(request, FileKind.XLSX)


def download_file(request: Request, kind: FileKind, snapshot_ref: SnapshotRef | None) -> DownloadFile:
    """The filtered rows, or those of `row`, as of a run. Raises NoFiguresError and SnapshotExpiredError."""
    view = account_view(
        request, replace(row_query(request.query, request.fmt.locale), page=None), snapshot_ref=snapshot_ref
    )
    chosen = frozenset(request.query_all.get("row", []))
    rows = [row for row in view.page.rows if row_value(row) in chosen] if chosen else view.page.rows
    return transactions_file.transactions_file(view, kind, rows)


def _limited_download(request: Request, kind: FileKind) -> Response:
    return file_responses.answer(request, request.customer_scope, kind, lambda: _download(request, kind))


def _download(request: Request, kind: FileKind) -> Response:
    try:
        file = download_file(request, kind, _snapshot_ref(request))
    except NoFiguresError:
        return redirect(HOME)
    except SnapshotExpiredError:
        return redirect(request.here(at=None, page=None))
    return file_responses.deliver(request, request.customer_scope, file, DOWNLOADS)


def _snapshot_ref(request: Request) -> SnapshotRef | None:
    """The run that the address names, with date and sequence of its record: an address can be altered."""
    asked = SnapshotRef.parse(request.query.get("at", ""))
    manifest = imports.manifest_of(request.customer_scope, number=asked.run) if asked else None
    return replace(asked, as_at=manifest.as_at, sequence=manifest.sequence) if asked and manifest else None


def _panel(view: AccountView) -> dict[str, Any]:
    return {
        "figures": view.figures,
        "buckets": view.buckets,
        "segments": segments(view.buckets),
        "ages": AGES,
        "saving": view.saving,
        "types": TYPES,
        "nouns": NOUNS,
    }


def _table(request: Request, view: AccountView, query: RowQuery, formatter: RowFormatter) -> dict[str, Any]:
    found = view.page
    ticked = _ticked(request, view)
    at = str(view.snapshot.snapshot_ref) if view.snapshot.snapshot_ref else None
    first = (found.page - 1) * PAGE_ROWS
    return {
        "query": query,
        "found": found,
        "rows": [present(formatter, row, ticked=ticked) for row in found.rows],
        "order": ORDERS[query.sort][0 if query.descending else 1],
        "orders": orders(request, query),
        "shown": (first + 1, first + len(found.rows)),
        "back": request.here(page=found.page - 1, at=at) if found.page > 1 else "",
        "next": request.here(page=found.page + 1, at=at) if found.page < found.pages else "",
        "paging": {**request.query, "at": at, "page": None},
        "files": request.here(page=None, select=None, at=at).partition("?")[2],
        "list_query": list_query(request.query),
        "restarted": view.snapshot.restarted,
        "type_options": type_options(view, query),
        "status_options": STATUSES,
        "chosen_status": status_of(query),
        "status_label": dict(STATUSES)[status_of(query)],
        "age_link": partial(_age_link, request, query),
        "dates": date_filter(request, query),
        "range": range_in_words(request.fmt, query),
        "selecting": bool(ticked),
        "everything": view.row_count,
        "boosted": request.header("hx-boosted") == "true",
    }


def _age_link(request: Request, query: RowQuery, age: Age | None) -> str:
    """The list with the rows of this age, and all its other filters; settled rows have none."""
    status = None if query.status is LedgerTab.HISTORY else request.query.get("status")
    return f"{request.here(age=age, status=status, page=None, at=None)}#results"


def _ticked(request: Request, view: AccountView) -> frozenset[str]:
    if request.query.get("select") != "saving":
        return frozenset()
    return frozenset(row_value(row) for row in view.open_rows if view.rules.discount_available(row) is not None)
