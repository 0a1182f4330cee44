"""What the pages of a customer's account have in common: whose account it is, and what of it the address asks for."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode

from chalicelib.customers.directory.queries import natural_key
from chalicelib.customers.group_scopes import group_accounts, scope_of
from chalicelib.dealers import queries as dealers
from chalicelib.http.request import Request
from chalicelib.kernel.keys import is_portal_customer
from chalicelib.kernel.scopes import CustomerScope
from chalicelib.kernel.whole_numbers import whole_number
from chalicelib.ledger import queries
from chalicelib.ledger.account_view import AccountView, NoFiguresError
from chalicelib.ledger.ageing import Age
from chalicelib.ledger.row import TransactionType
from chalicelib.ledger.row_query import OpenState, RowQuery, Sort
from chalicelib.ledger.snapshot import SnapshotRef
from chalicelib.ledger.status import LedgerTab
from chalicelib.rendering.typed_amount import typed_decimal
from chalicelib.web.viewing import reader_of

E = TypeVar("E", Sort, LedgerTab, OpenState, Age, TransactionType)

HOME = "/transactions"
GROUP = "/account-group"
ALL_ACCOUNTS = "~"
"""In an address that leads back to the list of a group: no account has this number."""
DETAIL_FIELDS = ("order_no", "advice_no", "machine", "least", "most")
"""The advanced search."""
LIST_FIELDS = ("type", "status", "age", "from", "to", "q", *DETAIL_FIELDS, "viewed", "sort", "order", "page")
"""What of an address says which rows a list shows, and in which order. `viewed` is of staff's list alone."""

ASCENDING_FIRST = frozenset({Sort.REFERENCE, Sort.TYPE, Sort.DESCRIPTION, Sort.DUE, Sort.DISC})
"""Columns that a first click sorts upwards; dates and amounts begin with the newest and the largest."""
AMOUNT_FIELDS = ("least", "most")
MAX_SEARCH_LENGTH = 200
MAX_NUMBER_LENGTH, MAX_MACHINE_LENGTH = 40, 60
MAX_PAGE = 10**6


def account_ref(request: Request) -> str | None:
    """The current account, which may be a master; None of a portal customer that is linked to none."""
    return request.customer_scope.ledger_ref


def accounts_of(scope: CustomerScope) -> list[str]:
    """The accounts whose figures the scope reaches, by number."""
    return sorted((ref for ref in scope.account_refs if not is_portal_customer(ref)), key=natural_key)


def chosen_scope(request: Request) -> CustomerScope:
    """The scope of the account that the address names, which may be another of the group; else of the current one.

    Raises NotFoundError.
    """
    asked = request.query.get("account", "")
    return scope_of(request.customer_scope, asked) if asked else request.customer_scope


def account_choice(request: Request, scope: CustomerScope) -> dict[str, Any]:
    """For a page of one account of the group: the others to choose from, and what its addresses say of `scope`'s."""
    own, chosen = account_ref(request), scope.ledger_ref
    return {
        "accounts": group_accounts(request.customer_scope),
        "chosen_account": chosen,
        "is_own": chosen == own,
        "of_account": account_field(request, scope),
    }


def account_field(request: Request, scope: CustomerScope) -> dict[str, str]:
    """What an address needs that leads to the account of `scope`: nothing for the current one."""
    chosen = scope.ledger_ref
    return {"account": chosen} if chosen and chosen != account_ref(request) else {}


def account_view(request: Request, query: RowQuery, *, snapshot_ref: SnapshotRef | None) -> AccountView:
    """The customer's account as of `snapshot_ref`, or of the newest export.

    Raises NoFiguresError and SnapshotExpiredError.
    """
    scope, ref = request.customer_scope, account_ref(request)
    if ref is None:
        raise NoFiguresError(dealers.published(scope))
    return queries.account_view(
        scope, ref=ref, now=request.now, query=query, snapshot_ref=snapshot_ref, reader=reader_of(request)
    )


def row_query(query: Mapping[str, str], locale: str) -> RowQuery:
    """The filters of an address. What is not known counts as not asked. Settled rows have no age.

    Dates and amounts may be swapped. `locale` says how dates in the search text, and amounts, are written.
    """
    sort = _one_of(Sort, query.get("sort")) or Sort.DATE
    order = query.get("order")
    status = query.get("status")
    first, last = _iso_day(query.get("from", "")), _iso_day(query.get("to", ""))
    if first and last and first > last:
        first, last = last, first
    least, most = (typed_decimal(query.get(name, ""), locale=locale) for name in AMOUNT_FIELDS)
    if least is not None and most is not None and least > most:
        least, most = most, least
    tab = None if status == "all" else _one_of(LedgerTab, status) or LedgerTab.CURRENT
    return RowQuery(
        type=_one_of(TransactionType, query.get("type")),
        status=tab,
        open_state=_one_of(OpenState, status),
        age=None if tab is LedgerTab.HISTORY else _one_of(Age, query.get("age")),
        first=first,
        last=last,
        text=query.get("q", "")[:MAX_SEARCH_LENGTH],
        order_no=query.get("order_no", "")[:MAX_NUMBER_LENGTH],
        advice_no=query.get("advice_no", "")[:MAX_NUMBER_LENGTH],
        machine=query.get("machine", "")[:MAX_MACHINE_LENGTH],
        least=least,
        most=most,
        locale=locale,
        sort=sort,
        descending=order == "desc" if order in {"asc", "desc"} else sort not in ASCENDING_FIRST,
        page=_page(query.get("page", "")),
    )


def list_query(query: Mapping[str, str]) -> str:
    """What of an address makes its list, as a query string: a page that is reached from the list leads back by it."""
    return urlencode({name: query[name] for name in LIST_FIELDS if query.get(name)})


def list_address(query: str) -> str:
    """The list that `list_query` described, or with a `group` that of its accounts, or of the one named there.

    Whatever else is in there is left out.
    """
    asked = dict(parse_qsl(query))
    group, kept = asked.get("group", ""), list_query(asked)
    if group not in {"", ALL_ACCOUNTS}:
        kept = "&".join(filter(None, (urlencode({"account": group}), kept)))
    home = GROUP if group else HOME
    return f"{home}?{kept}" if kept else home


def _one_of(kind: type[E], text: str | None) -> E | None:
    return next((member for member in kind if member.value == text), None)


def _page(text: str) -> int:
    return min(whole_number(text) or 1, MAX_PAGE)


def _iso_day(text: str) -> str | None:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        return None
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return None
