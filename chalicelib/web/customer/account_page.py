"""What the pages of a customer's account have in common: whose account it is, and what of it the address asks for."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from chalicelib.dealers import queries as dealers
from chalicelib.http.request import Request
from chalicelib.kernel.whole_numbers import whole_number
from chalicelib.ledger import queries
from chalicelib.ledger.account_view import AccountView, NoFiguresError
from chalicelib.ledger.ageing import Age
from chalicelib.ledger.model import TransactionType
from chalicelib.ledger.row_query import RowQuery, Sort
from chalicelib.ledger.snapshot import SnapshotRef
from chalicelib.ledger.status import LedgerTab

E = TypeVar("E", Sort, LedgerTab, Age, TransactionType)

ASCENDING_FIRST = frozenset({Sort.REFERENCE, Sort.TYPE, Sort.DESCRIPTION, Sort.DUE, Sort.DISC})
"""Columns that a first click sorts upwards; dates and amounts begin with the newest and the largest."""
MAX_SEARCH_LENGTH = 200
MAX_PAGE = 10**6


def account_ref(request: Request) -> str | None:
    """The account in hand, be it the master of others or not; None of a portal customer that is linked to none."""
    return request.customer_scope.ledger_ref


def account_view(request: Request, query: RowQuery, *, as_of: SnapshotRef | None) -> AccountView:
    """The customer's account as of `as_of`, or of the newest export. Raises NoFiguresError, SnapshotExpiredError."""
    scope, ref = request.customer_scope, account_ref(request)
    if ref is None:
        raise NoFiguresError(dealers.published(scope))
    return queries.account_view(scope, ref=ref, now=request.now, query=query, as_of=as_of)


def row_query(query: Mapping[str, str]) -> RowQuery:
    """The filters of an address. What is not known counts as not asked. An age shows open rows: others have none."""
    sort = _one_of(Sort, query.get("sort")) or Sort.DATE
    order = query.get("order")
    descending = order == "desc" if order in {"asc", "desc"} else sort not in ASCENDING_FIRST
    asked = RowQuery(
        type=_one_of(TransactionType, query.get("type")),
        status=None if query.get("status") == "all" else _one_of(LedgerTab, query.get("status")) or LedgerTab.CURRENT,
        age=_one_of(Age, query.get("age")),
        text=query.get("q", "")[:MAX_SEARCH_LENGTH],
        sort=sort,
        descending=descending,
        page=_page(query.get("page", "")),
    )
    return replace(asked, status=LedgerTab.CURRENT) if asked.age else asked


def _one_of(kind: type[E], text: str | None) -> E | None:
    return next((member for member in kind if member.value == text), None)


def _page(text: str) -> int:
    return min(whole_number(text) or 1, MAX_PAGE)
