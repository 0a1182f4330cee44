"""What the filtered transactions come to: by month, and the tax in them. For customers, and for staff to read."""

from calendar import monthrange
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from chalice.app import Response

from chalicelib.documents import queries as documents
from chalicelib.documents.model import InvoiceLine
from chalicelib.documents.queries import LinesPlace
from chalicelib.http.access import CUSTOMER_INVOICES
from chalicelib.http.request import Request
from chalicelib.http.responses import page, redirect
from chalicelib.http.routing import Routes
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.scopes import TenantScope
from chalicelib.ledger.account_view import AccountView, NoFiguresError
from chalicelib.ledger.row import Row, RowKey
from chalicelib.ledger.row_query import RowQuery
from chalicelib.rendering.format import Formats
from chalicelib.web.customer.account_page import HOME, account_view, list_query, row_query
from chalicelib.web.customer.filters import STATUSES, detail_filter, status_of
from chalicelib.web.customer.transactions_list import filters_in_words
from chalicelib.web.presenters.totals import (
    CHART_MONTHS,
    VAT_CATEGORIES,
    TaxKey,
    by_month,
    chart,
    tax_summary,
    whole,
)
from chalicelib.web.presenters.transactions import TYPES, RowFormatter, account_header, ages_of

routes = Routes(__name__)


@routes.get(f"{HOME}/totals", CUSTOMER_INVOICES)
def totals(request: Request) -> Response:
    """Of the rows that the list's own address describes."""
    query = whole_query(request)
    try:
        view = account_view(request, query, snapshot_ref=None)
    except NoFiguresError:
        return redirect(HOME)
    formatter = RowFormatter.of(view, request.fmt)
    return page(
        request,
        "customer/totals.html",
        home=HOME,
        read_only=False,
        **account_header(view, formatter),
        **totals_context(request, request.customer_scope, view, query, formatter, HOME),
    )


def whole_query(request: Request) -> RowQuery:
    """All rows that the address asks for, on one page."""
    return replace(row_query(request.query, request.fmt.locale), page=None)


def totals_context(
    request: Request, scope: TenantScope, view: AccountView, query: RowQuery, formatter: RowFormatter, home: str
) -> dict[str, Any]:
    """What the page of the totals needs; `home` is the address of its list."""
    rows = view.page.rows
    months = by_month(rows, view.rules)
    asked = list_query({**request.query, "page": ""})
    back = f"{home}?{asked}" if asked else home
    return {
        "back": f"{back}#results",
        "files": asked,
        "count": view.page.count,
        "narrowed": _narrowed(request, view, query, formatter),
        "months": months,
        "whole": whole(months),
        "chart": chart(months),
        "chart_months": CHART_MONTHS,
        "month_link": partial(_month_link, home, request.query),
        "tax": tax_summary(rows, _lines(scope, view.ref, rows)),
        "tax_label": _tax_label(request.fmt),
        "everything": "" if status_of(query) == "all" else request.here(status="all"),
    }


def _lines(scope: TenantScope, ref: str, rows: Sequence[Row]) -> dict[RowKey, list[InvoiceLine]]:
    places = {row.key: LinesPlace(*row.lines[:4]) for row in rows if row.lines}
    found = documents.lines_of_many(scope, ref=ref, places=places.values())
    return {key: found[place] for key, place in places.items() if place in found}


def _narrowed(request: Request, view: AccountView, query: RowQuery, formatter: RowFormatter) -> list[str]:
    """The filters in words, the status first."""
    found = [
        str(dict(STATUSES)[status_of(query)]),
        str(TYPES[query.type]) if query.type else "",
        str(ages_of(view.dealer)[query.age]) if query.age else "",
        filters_in_words(request, query, detail_filter(request, query, formatter)),
        _("“%(value)s”", value=query.text.strip()) if query.text.strip() else "",
    ]
    return [text for text in found if text]


def _month_link(home: str, query: dict[str, str], month: date) -> str:
    """The list with the rows of a month and of the other filters, within the dates that were asked for."""
    last = month.replace(day=monthrange(month.year, month.month)[1])
    first, end = query.get("from", ""), query.get("to", "")
    days = {
        "from": max(first, month.isoformat()) if first <= last.isoformat() else month.isoformat(),
        "to": min(end, last.isoformat()) if end >= month.isoformat() else last.isoformat(),
    }
    return f"{home}?{list_query({**query, 'page': '', **days})}#results"


def _tax_label(fmt: Formats) -> Callable[[TaxKey], str]:
    def label(key: TaxKey) -> str:
        category = str(VAT_CATEGORIES[key.code]) if key.code else ""
        if key.rate is None:
            return _("Rate not given")
        rate = f"{fmt.number(key.rate, 2)}%"
        return _("%(rate)s, %(category)s", rate=rate, category=category) if category else rate

    return label
