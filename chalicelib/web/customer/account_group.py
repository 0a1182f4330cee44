"""A master account with those that it answers for: their balances by age, and their transactions in one list."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from chalice.app import Response

from chalicelib.downloads.model import DownloadKind, SpreadsheetFile
from chalicelib.http.access import CUSTOMER_INVOICES
from chalicelib.http.request import Request
from chalicelib.http.responses import page, redirect
from chalicelib.http.routing import Routes
from chalicelib.kernel.errors import NotFoundError
from chalicelib.ledger.account_view import NoFiguresError
from chalicelib.ledger.ageing import Age
from chalicelib.ledger.group_queries import group_view
from chalicelib.ledger.group_view import GroupPage, GroupView, TooManyPagesError
from chalicelib.ledger.row_query import PAGE_ROWS, RowQuery
from chalicelib.rendering.spreadsheet import FileKind
from chalicelib.web import file_responses
from chalicelib.web.customer.account_page import ALL_ACCOUNTS, GROUP, HOME, accounts_of, list_query, row_query
from chalicelib.web.customer.filters import ORDERS, STATUSES, date_filter, detail_filter, orders, status_of
from chalicelib.web.customer.transactions import DOWNLOADS
from chalicelib.web.customer.transactions_file import group_transactions_file
from chalicelib.web.customer.transactions_list import filters_in_words
from chalicelib.web.presenters.account_group import account_lines, group_type_options
from chalicelib.web.presenters.ageing_bar import segments
from chalicelib.web.presenters.transactions import (
    NOUNS,
    TYPES,
    RowFormatter,
    account_header,
    ages_of,
    present,
)

routes = Routes(__name__)


@routes.get(GROUP, CUSTOMER_INVOICES)
def group(request: Request) -> Response:
    """All accounts, or of them the one that `account` names, with its or their transactions as LIST_FIELDS ask."""
    refs = accounts_of(request.customer_scope)
    if not refs[1:]:
        return redirect(HOME)
    query, is_too_much = row_query(request.query, request.fmt.locale), False
    try:
        view = _view(request, query)
    except TooManyPagesError:
        is_too_much = True
        view = replace(_view(request, RowQuery()), page=GroupPage())
    except NoFiguresError as error:
        ref = request.customer_scope.ledger_ref
        return page(request, "customer/no_figures.html", ref=ref, published=error.published)
    return page(
        request, "customer/account_group.html", too_much=is_too_much, refs=refs, **_context(request, view, query)
    )


@routes.get(f"{GROUP}.csv", CUSTOMER_INVOICES)
def csv(request: Request) -> Response:
    """The filtered rows as CSV, each with its account."""
    return _limited_download(request, FileKind.CSV)


@routes.get(f"{GROUP}.xlsx", CUSTOMER_INVOICES)
def xlsx(request: Request) -> Response:
    """The same as a workbook."""
    return _limited_download(request, FileKind.XLSX)


def download_file(request: Request, kind: FileKind) -> SpreadsheetFile:
    """The filtered rows as of the newest run. Raises NoFiguresError and TooManyPagesError."""
    view = _view(request, replace(row_query(request.query, request.fmt.locale), page=None))
    return group_transactions_file(view, kind, master=request.customer_scope.ledger_ref or "")


def _limited_download(request: Request, kind: FileKind) -> Response:
    of_kind = DownloadKind(kind.value)
    return file_responses.answer(request, request.customer_scope, of_kind, lambda: _download(request, kind))


def _download(request: Request, kind: FileKind) -> Response:
    try:
        file = download_file(request, kind)
    except NoFiguresError:
        return redirect(HOME)
    except TooManyPagesError:
        return redirect(f"{GROUP}?{request.here(page=None).partition('?')[2]}")
    return file_responses.deliver(request, request.customer_scope, file, DOWNLOADS)


def _view(request: Request, query: RowQuery) -> GroupView:
    return group_view(request.customer_scope, refs=_asked_for(request), now=request.now, query=query)


def _asked_for(request: Request) -> Sequence[str]:
    """The account of the address, or all. Raises NotFoundError for one that the scope does not reach."""
    refs, asked = accounts_of(request.customer_scope), request.query.get("account", "")
    if asked and asked not in refs:
        raise NotFoundError
    return [asked] if asked else refs


def _context(request: Request, view: GroupView, query: RowQuery) -> dict[str, Any]:
    formatters = {one.ref: RowFormatter.of(one, request.fmt) for one in view.accounts}
    first, found = view.accounts[0], view.page
    formatter = formatters[first.ref]
    details = detail_filter(request, query, formatter)
    names = ages_of(view.dealer)
    start = (found.page - 1) * PAGE_ROWS
    chosen, kept = request.query.get("account", ""), list_query(request.query)
    return {
        **account_header(first, formatter),
        "home": GROUP,
        "chosen": first if chosen else None,
        "master": request.customer_scope.ledger_ref,
        "lines": account_lines(view, formatters, lambda ref: request.here(account=ref, page=None)),
        "figures": view.figures,
        "buckets": view.buckets,
        "age_columns": [{"label": names[age], "class": "num"} for age, _amount in view.buckets.shown],
        "segments": segments(view.buckets),
        "ages": names,
        "types": TYPES,
        "nouns": NOUNS,
        "query": query,
        "found": found,
        "rows": [(one.view, present(formatters[one.view.ref], one.row)) for one in found.rows],
        "order": ORDERS[query.sort][0 if query.descending else 1],
        "orders": orders(request, query),
        "shown": (start + 1, start + len(found.rows)),
        "back": request.here(page=found.page - 1) if found.page > 1 else "",
        "next": request.here(page=found.page + 1) if found.page < found.pages else "",
        "paging": {**request.query, "page": None},
        "files": request.here(page=None).partition("?")[2],
        "origin": urlencode({"group": chosen or ALL_ACCOUNTS}) + (f"&{kept}" if kept else ""),
        "type_options": group_type_options(view, query),
        "status_options": STATUSES,
        "chosen_status": status_of(query),
        "status_label": dict(STATUSES)[status_of(query)],
        "age_link": lambda age: _age_link(request, query, age),
        "dates": date_filter(request, query),
        "more": details,
        "range": filters_in_words(request, query, details),
        "everything": sum(one.row_count for one in view.accounts),
        "boosted": False,
    }


def _age_link(request: Request, query: RowQuery, age: Age | None) -> str:
    status = None if query.status == "history" else request.query.get("status")
    return f"{request.here(age=age, status=status, page=None)}#results"
