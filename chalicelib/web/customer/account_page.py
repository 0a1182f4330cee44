"""A customer's account, opened for one request: what the pages of transactions and of one invoice both begin with."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from chalicelib.dealers import queries as dealers
from chalicelib.dealers.model import Dealer
from chalicelib.http.request import Request
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.money import minor_digits
from chalicelib.kernel.scopes import CustomerScope
from chalicelib.ledger import queries
from chalicelib.ledger.ageing import Age, Ager
from chalicelib.ledger.model import AccountHead, TransactionType
from chalicelib.ledger.queries import AsOf, Reading
from chalicelib.ledger.status import Status
from chalicelib.ledger.view import Lens, Sort, ViewQuery
from chalicelib.web.presenters.transactions import Words

E = TypeVar("E", Sort, Status, Age, TransactionType)

ASCENDING_FIRST = frozenset({Sort.REFERENCE, Sort.TYPE, Sort.DESCRIPTION, Sort.DUE, Sort.DISC})
"""Columns that a first click sorts upwards; dates and amounts begin with the newest and the largest."""
LONGEST_SEARCH = 200
MOST_PAGES = 10**6


@dataclass(frozen=True, slots=True)
class Book:
    """An account with its head, and what its rows are read and said with."""

    scope: CustomerScope
    ref: str
    dealer: Dealer
    head: AccountHead
    reading: Reading
    as_at: date
    words: Words

    @property
    def lens(self) -> Lens:
        """What its rows are read with."""
        return self.words.lens

    @property
    def on_stop(self) -> bool:
        """Whether the dealer gives no more credit, and no settlement discount."""
        return self.lens.on_stop


def account_ref(request: Request) -> str:
    """The account of the session's membership."""
    refs = request.customer_scope.account_refs
    if len(refs) != 1:
        raise NotFoundError
    return next(iter(refs))


def read(request: Request, *, as_of: AsOf | None = None) -> Reading:
    """The customer's account as of `as_of`, or of the newest export."""
    scope, ref = request.customer_scope, account_ref(request)
    dealers.published(scope)  # before anything asks for the dealer, whose settings come with it
    today = request.fmt.today(request.now)
    return queries.read_account(scope, ref=ref, today=today, as_of=as_of)


def open_book(request: Request, reading: Reading) -> Book | None:
    """The account in hand; None while no export has named it."""
    head, dealer, as_at = reading.head, request.dealer, reading.as_at
    if head is None or as_at is None or dealer is None:
        return None
    facts, today = head.facts, request.fmt.today(request.now)
    lens = Lens(
        ager=Ager(as_at=as_at, setting=dealer.ageing, balance_forward=facts.ledger_type == "balance_forward"),
        today=today,
        on_stop=facts.account_status == "on_stop",
        digits=minor_digits(facts.currency),
    )
    words = Words(request.fmt, lens, as_at, today, facts.account_ref, facts.currency)
    return Book(request.customer_scope, facts.account_ref, dealer, head, reading, as_at, words)


def view_query(query: Mapping[str, str]) -> ViewQuery:
    """The filters of an address. What is not known counts as not asked. An age shows open rows: others have none."""
    sort = _one_of(Sort, query.get("sort")) or Sort.DATE
    order = query.get("order")
    descending = order == "desc" if order in {"asc", "desc"} else sort not in ASCENDING_FIRST
    asked = ViewQuery(
        type=_one_of(TransactionType, query.get("type")),
        status=None if query.get("status") == "all" else _one_of(Status, query.get("status")) or Status.CURRENT,
        age=_one_of(Age, query.get("age")),
        text=query.get("q", "")[:LONGEST_SEARCH],
        sort=sort,
        descending=descending,
        page=_page(query.get("page", "")),
    )
    return replace(asked, status=Status.CURRENT) if asked.age else asked


def _one_of(kind: type[E], text: str | None) -> E | None:
    return next((member for member in kind if member.value == text), None)


def _page(text: str) -> int:
    return min(int(text), MOST_PAGES) if text.isascii() and text.isdigit() and text else 1
