"""The filters of My Transactions as its page shows them: what can be chosen, and in words what is."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from chalicelib.http.request import Request
from chalicelib.kernel.i18n import Text, lazy_gettext
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.money import minor_units
from chalicelib.ledger.account_view import AccountView
from chalicelib.ledger.row_query import RowQuery, Sort
from chalicelib.rendering.format import Formats
from chalicelib.rendering.typed_amount import typed_decimal
from chalicelib.web.customer.account_page import AMOUNT_FIELDS, DETAIL_FIELDS
from chalicelib.web.presenters.transactions import MAIN_TYPES, TYPES, RowFormatter

STATUSES = [
    ("all", lazy_gettext("All")),
    ("current", lazy_gettext("Current")),
    ("overdue", lazy_gettext("Overdue")),
    ("due", lazy_gettext("Not due yet")),
    ("credit", lazy_gettext("Credits")),
    ("history", lazy_gettext("History")),
]
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
OFFERED_ORDERS = [
    (Sort.DATE, True),
    (Sort.DATE, False),
    (Sort.DUE, False),
    (Sort.OUTSTANDING, True),
    (Sort.TOTAL, True),
    (Sort.DISC, False),
    (Sort.REFERENCE, False),
]
"""On a phone, where the columns have no headings."""


MAX_TYPED = 60
"""Characters of a field of the advanced search."""
_EXAMPLE = Decimal(250)


class Choice(NamedTuple):
    """A link that changes the list."""

    label: Text
    link: str
    current: bool


class DateFilter(NamedTuple):
    """Which dates the list shows: in words, as ISO dates for the fields, and the links that change them."""

    label: str
    first: str
    last: str
    choices: list[Choice]


class DetailFilter(NamedTuple):
    """The advanced search: what its fields show, what is wrong with them, and what they ask for in words."""

    values: Mapping[str, str]
    errors: Mapping[str, str]
    words: list[str]

    @property
    def is_open(self) -> bool:
        """Whether the fields are in sight without being asked for."""
        return any(self.values.values())


def type_options(view: AccountView, query: RowQuery) -> list[tuple[str, Text]]:
    """All types that the account has, and the main ones."""
    offered = {*list(TYPES)[:MAIN_TYPES], *view.head.types, query.type}
    return [("", _("Show All")), *((kind.value, label) for kind, label in TYPES.items() if kind in offered)]


def status_of(query: RowQuery) -> str:
    """The status in force, one of STATUSES."""
    return str(query.open_state or query.status or "all")


def orders(request: Request, query: RowQuery) -> list[Choice]:
    """The orders to choose from where no heading can be clicked."""
    return [
        Choice(
            ORDERS[sort][0 if descending else 1],
            request.here(sort=sort.value, order="desc" if descending else "asc", page=None),
            current=(sort, descending) == (query.sort, query.descending),
        )
        for sort, descending in OFFERED_ORDERS
    ]


def date_filter(request: Request, query: RowQuery) -> DateFilter:
    """The dates in force, and those that are one click away."""
    today = request.fmt.today(request.now)
    ranges: list[tuple[str, tuple[str | None, str | None]]] = [(_("Any date"), (None, None)), *_presets(today)]
    chosen = (query.first, query.last)
    choices = [
        Choice(label, request.here(page=None, **{"from": days[0], "to": days[1]}), current=days == chosen)
        for label, days in ranges
    ]
    label = next((choice.label for choice in choices if choice.current), None)
    return DateFilter(str(label or range_in_words(request.fmt, query)), query.first or "", query.last or "", choices)


def range_in_words(fmt: Formats, query: RowQuery) -> str:
    """`1 Nov 2026 to 30 Nov 2026`; empty where every date will do."""
    first, last = (day and fmt.date(date.fromisoformat(day)) for day in (query.first, query.last))
    if first and last:
        return _("%(first)s to %(last)s", first=first, last=last)
    if first:
        return _("From %(day)s", day=first)
    return _("Until %(day)s", day=last) if last else ""


def detail_filter(request: Request, query: RowQuery, formatter: RowFormatter) -> DetailFilter:
    """The fields of the advanced search. An amount that cannot be read filters nothing, and its field says so."""
    typed = {name: request.query.get(name, "").strip()[:MAX_TYPED] for name in DETAIL_FIELDS}
    errors = {
        name: _(
            "Enter an amount such as %(example)s. The list is not filtered by it.", example=_amount(formatter, _EXAMPLE)
        )
        for name in AMOUNT_FIELDS
        if typed[name] and typed_decimal(typed[name], locale=request.fmt.locale) is None
    }
    words = [
        _("Order number %(number)s", number=query.order_no.strip()) if query.order_no.strip() else "",
        _("Advice number %(number)s", number=query.advice_no.strip()) if query.advice_no.strip() else "",
        _("Machine “%(words)s”", words=query.machine.strip()) if query.machine.strip() else "",
        _amounts_in_words(formatter, query.least, query.most),
    ]
    return DetailFilter(typed, errors, [text for text in words if text])


def _amounts_in_words(formatter: RowFormatter, least: Decimal | None, most: Decimal | None) -> str:
    low, high = (None if value is None else _amount(formatter, value) for value in (least, most))
    if low and high:
        return _("Total from %(least)s to %(most)s", least=low, most=high)
    if low:
        return _("Total from %(least)s", least=low)
    return _("Total up to %(most)s", most=high) if high else ""


def _amount(formatter: RowFormatter, value: Decimal) -> str:
    minor = minor_units(value, formatter.rules.digits)
    return formatter.fmt.number(value) if minor is None else formatter.money(minor)


def _presets(today: date) -> list[tuple[str, tuple[str | None, str | None]]]:
    month = today.replace(day=1)
    year = today.replace(month=1, day=1)
    before = month - timedelta(days=1)
    last_year = year - timedelta(days=1)
    return [
        (_("This month"), _iso(month, _month_end(month))),
        (_("Last month"), _iso(before.replace(day=1), before)),
        (_("This year"), _iso(year, year.replace(month=12, day=31))),
        (_("Last year"), _iso(last_year.replace(month=1, day=1), last_year)),
    ]


def _month_end(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _iso(first: date, last: date) -> tuple[str, str]:
    return first.isoformat(), last.isoformat()
