"""My Transactions: the account's figures, its rows filtered, sorted and searched, and the same rows to download."""

from dataclasses import replace

from chalice.app import Response

from chalicelib.downloads.model import DownloadKind, SpreadsheetFile
from chalicelib.http.access import CUSTOMER_INVOICES
from chalicelib.http.request import Request
from chalicelib.http.responses import page, redirect
from chalicelib.http.routing import Routes
from chalicelib.ledger.account_view import NoFiguresError
from chalicelib.ledger.model import SnapshotExpiredError
from chalicelib.ledger.snapshot import SnapshotRef
from chalicelib.rendering.spreadsheet import FileKind
from chalicelib.web import file_responses
from chalicelib.web.customer import transactions_file
from chalicelib.web.customer.account_page import HOME, account_ref, account_view, accounts_of, row_query
from chalicelib.web.customer.transactions_list import asked_snapshot, list_context
from chalicelib.web.presenters.transactions import RowFormatter, account_header, row_value

routes = Routes(__name__)

DOWNLOADS = "/downloads"


@routes.get(HOME, CUSTOMER_INVOICES)
def transactions(request: Request) -> Response:
    """The list. Its state is the address: LIST_FIELDS, the run it began with (`at`), and `select`."""
    query = row_query(request.query, request.fmt.locale)
    snapshot_ref = asked_snapshot(request) if query.page != 1 else None
    try:
        view = account_view(request, query, snapshot_ref=snapshot_ref)
    except NoFiguresError as error:
        return page(request, "customer/no_figures.html", ref=account_ref(request), published=error.published)
    except SnapshotExpiredError:
        return redirect(request.here(page=None, at=None))
    template = "customer/transactions_update.html" if request.htmx else "customer/transactions.html"
    formatter = RowFormatter.of(view, request.fmt)
    header = account_header(view, formatter)
    return page(
        request,
        template,
        home=HOME,
        read_only=False,
        group_size=len(accounts_of(request.customer_scope)),
        **header,
        **list_context(request, view, query, formatter),
    )


@routes.get("/transactions.csv", CUSTOMER_INVOICES)
def csv(request: Request) -> Response:
    """The filtered rows, or those of `row`, as CSV."""
    return _limited_download(request, FileKind.CSV)


@routes.get("/transactions.xlsx", CUSTOMER_INVOICES)
def xlsx(request: Request) -> Response:
    """The same as a workbook."""
    return _limited_download(request, FileKind.XLSX)


def download_file(request: Request, kind: FileKind, snapshot_ref: SnapshotRef | None) -> SpreadsheetFile:
    """The filtered rows, or those of `row`, as of a run. Raises NoFiguresError and SnapshotExpiredError."""
    view = account_view(
        request, replace(row_query(request.query, request.fmt.locale), page=None), snapshot_ref=snapshot_ref
    )
    chosen = frozenset(request.query_all.get("row", []))
    rows = [row for row in view.page.rows if row_value(row) in chosen] if chosen else view.page.rows
    return transactions_file.transactions_file(view, kind, rows)


def _limited_download(request: Request, kind: FileKind) -> Response:
    of_kind = DownloadKind(kind.value)
    return file_responses.answer(request, request.customer_scope, of_kind, lambda: _download(request, kind))


def _download(request: Request, kind: FileKind) -> Response:
    try:
        file = download_file(request, kind, asked_snapshot(request))
    except NoFiguresError:
        return redirect(HOME)
    except SnapshotExpiredError:
        return redirect(request.here(at=None, page=None))
    return file_responses.deliver(request, request.customer_scope, file, DOWNLOADS)
