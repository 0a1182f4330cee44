"""My Transactions: the account's figures, its rows filtered, sorted and searched, and the same rows to download."""

from dataclasses import replace
from typing import Any

from chalice.app import Response

from chalicelib.downloads.model import DownloadFile
from chalicelib.http.access import CUSTOMER_INVOICES
from chalicelib.http.request import Request
from chalicelib.http.responses import page, redirect
from chalicelib.http.routing import Routes
from chalicelib.ingest import queries as imports
from chalicelib.kernel.i18n import Text, lazy_gettext
from chalicelib.kernel.i18n import gettext as _
from chalicelib.ledger.account_view import AccountView, NoFiguresError
from chalicelib.ledger.model import SnapshotExpiredError
from chalicelib.ledger.row_query import PAGE_ROWS, RowQuery, Sort
from chalicelib.ledger.snapshot import SnapshotRef
from chalicelib.rendering.spreadsheet import FileKind
from chalicelib.web import file_responses
from chalicelib.web.customer import transactions_file
from chalicelib.web.customer.account_page import account_ref, account_view, row_query
from chalicelib.web.presenters.ageing_bar import segments
from chalicelib.web.presenters.transactions import (
    AGES,
    MAIN_TYPES,
    NOUNS,
    TYPES,
    RowFormatter,
    account_header,
    present,
    row_value,
)

routes = Routes(__name__)

HOME = "/transactions"
DOWNLOADS = "/downloads"
STATUSES = [("all", lazy_gettext("All")), ("current", lazy_gettext("Current")), ("history", lazy_gettext("History"))]
ORDERS = {
    Sort.DATE: (lazy_gettext("newest first"), lazy_gettext("oldest first")),
    Sort.REFERENCE: (lazy_gettext("by number, last first"), lazy_gettext("by number")),
    Sort.TYPE: (lazy_gettext("by type, Z to A"), lazy_gettext("by type")),
    Sort.DESCRIPTION: (lazy_gettext("by description, Z to A"), lazy_gettext("by description")),
    Sort.AGE: (lazy_gettext("oldest debts first"), lazy_gettext("newest debts first")),
    Sort.DUE: (lazy_gettext("latest due first"), lazy_gettext("soonest due first")),
    Sort.TOTAL: (lazy_gettext("largest first"), lazy_gettext("smallest first")),
    Sort.OUTSTANDING: (lazy_gettext("most outstanding first"), lazy_gettext("least outstanding first")),
    Sort.DISC: (lazy_gettext("latest Disc. Date first"), lazy_gettext("soonest Disc. Date first")),
    Sort.SETTLEMENT: (lazy_gettext("largest settlement first"), lazy_gettext("smallest settlement first")),
}


@routes.get(HOME, CUSTOMER_INVOICES)
def transactions(request: Request) -> Response:
    """The list. Its state is the address: type, status, age, q, sort, order, page, the run it began with, select."""
    query = row_query(request.query)
    as_of = _as_of(request) if query.page != 1 else None
    try:
        view = account_view(request, query, as_of=as_of)
    except NoFiguresError as error:
        return page(request, "customer/no_figures.html", ref=account_ref(request), published=error.published)
    except SnapshotExpiredError:
        return redirect(request.here(page=None, at=None))
    template = "customer/transactions_results.html" if request.htmx else "customer/transactions.html"
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


def download_file(request: Request, kind: FileKind, as_of: SnapshotRef | None) -> DownloadFile:
    """The filtered rows, or those of `row`, as of a run. Raises NoFiguresError and SnapshotExpiredError."""
    view = account_view(request, replace(row_query(request.query), page=None), as_of=as_of)
    chosen = frozenset(request.query_all.get("row", []))
    rows = [row for row in view.page.rows if row_value(row) in chosen] if chosen else view.page.rows
    return transactions_file.transactions_file(view, kind, rows)


def _limited_download(request: Request, kind: FileKind) -> Response:
    return file_responses.answer(request, request.customer_scope, kind, lambda: _download(request, kind))


def _download(request: Request, kind: FileKind) -> Response:
    try:
        file = download_file(request, kind, _as_of(request))
    except NoFiguresError:
        return redirect(HOME)
    except SnapshotExpiredError:
        return redirect(f"/transactions.{kind}")
    return file_responses.deliver(request, request.customer_scope, file, DOWNLOADS)


def _as_of(request: Request) -> SnapshotRef | None:
    """The run that the address names. What it was is in the run's own record: an address says anything."""
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
    at = str(view.snapshot.as_of) if view.snapshot.as_of else None
    first = (found.page - 1) * PAGE_ROWS
    return {
        "query": query,
        "found": found,
        "rows": [present(formatter, row, ticked=ticked) for row in found.rows],
        "order": ORDERS[query.sort][0 if query.descending else 1],
        "shown": (first + 1, first + len(found.rows)),
        "back": request.here(page=found.page - 1, at=at) if found.page > 1 else "",
        "next": request.here(page=found.page + 1, at=at) if found.page < found.pages else "",
        "restarted": view.snapshot.restarted,
        "type_options": _type_options(view, query),
        "status_options": STATUSES,
        "selecting": bool(ticked),
        "everything": view.row_count,
    }


def _ticked(request: Request, view: AccountView) -> frozenset[str]:
    if request.query.get("select") != "saving":
        return frozenset()
    return frozenset(row_value(row) for row in view.open_rows if view.rules.discount_available(row) is not None)


def _type_options(view: AccountView, query: RowQuery) -> list[tuple[str, Text]]:
    offered = {*list(TYPES)[:MAIN_TYPES], *view.head.types, query.type}
    return [("", _("Show All")), *((kind.value, label) for kind, label in TYPES.items() if kind in offered)]
