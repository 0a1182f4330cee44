"""The list of an account's transactions: its ages, filters, rows and pages. Customers and staff read the same one."""

from dataclasses import replace
from functools import partial
from typing import Any

from chalicelib.http.request import Request
from chalicelib.ingest import queries as imports
from chalicelib.ledger.account_view import AccountView
from chalicelib.ledger.ageing import Age
from chalicelib.ledger.row_query import PAGE_ROWS, RowQuery
from chalicelib.ledger.snapshot import SnapshotRef
from chalicelib.ledger.status import LedgerTab
from chalicelib.web.customer.account_page import list_query
from chalicelib.web.customer.filters import (
    ORDERS,
    STATUSES,
    DetailFilter,
    date_filter,
    detail_filter,
    orders,
    range_in_words,
    status_of,
    type_options,
)
from chalicelib.web.presenters.ageing_bar import segments
from chalicelib.web.presenters.transactions import (
    NOUNS,
    TYPES,
    RowFormatter,
    ages_of,
    credit_figure,
    present,
    row_value,
)


def asked_snapshot(request: Request) -> SnapshotRef | None:
    """The run that the address names, with date and sequence of its record: an address can be altered."""
    return snapshot_named(request, request.query.get("at", ""))


def snapshot_named(request: Request, text: str) -> SnapshotRef | None:
    """The same of the run that a form names."""
    asked = SnapshotRef.parse(text)
    manifest = imports.manifest_of(request.tenant_scope, number=asked.run) if asked else None
    return replace(asked, as_at=manifest.as_at, sequence=manifest.sequence) if asked and manifest else None


def list_context(request: Request, view: AccountView, query: RowQuery, formatter: RowFormatter) -> dict[str, Any]:
    """What the templates of the list need besides its `home`, the address of its page."""
    return {**_panel(view, formatter), **_table(request, view, query, formatter)}


def filters_in_words(request: Request, query: RowQuery, details: DetailFilter) -> str:
    """The dates and the advanced search in words; empty where neither leaves anything out."""
    return ", ".join(text for text in (range_in_words(request.fmt, query), *details.words) if text)


def _panel(view: AccountView, formatter: RowFormatter) -> dict[str, Any]:
    return {
        "credit": credit_figure(view, formatter),
        "figures": view.figures,
        "buckets": view.buckets,
        "segments": segments(view.buckets),
        "ages": ages_of(view.dealer),
        "saving": view.saving,
        "types": TYPES,
        "nouns": NOUNS,
    }


def _table(request: Request, view: AccountView, query: RowQuery, formatter: RowFormatter) -> dict[str, Any]:
    found = view.page
    ticked = _ticked(request, view)
    at = str(view.snapshot.snapshot_ref) if view.snapshot.snapshot_ref else None
    first = (found.page - 1) * PAGE_ROWS
    details = detail_filter(request, query, formatter)
    return {
        "query": query,
        "found": found,
        "rows": [present(formatter, row, ticked=ticked, is_new=row.key in view.new) for row in found.rows],
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
        "more": details,
        "range": filters_in_words(request, query, details),
        "totals_query": list_query({**request.query, "page": ""}),
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
