"""A master account with those that it answers for: their rows in one list, their figures and ages added up. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from operator import itemgetter
from typing import Any, NamedTuple

from chalicelib.dealers.model import Dealer
from chalicelib.ledger.account_view import AccountView
from chalicelib.ledger.ageing import ORDER, Age, Buckets
from chalicelib.ledger.figures import Figures, NextDue
from chalicelib.ledger.row import Row, newest_first
from chalicelib.ledger.row_query import (
    NEVER_BLANK,
    Page,
    RowQuery,
    Sort,
    filter_rows,
    paged,
    value_of,
)


class TooManyPagesError(Exception):
    """So many settled rows are asked for that they are not read at once: of fewer accounts or days they are."""


class GroupRow(NamedTuple):
    """A row and the account that it is of."""

    view: AccountView
    row: Row


GroupPage = Page[GroupRow]


@dataclass(frozen=True)
class GroupBuckets:
    """The balances of several accounts by age, in the order of ORDER; `not_aged` is that of those without ages.

    All of it sums to the balance.
    """

    amounts: tuple[int, ...]
    not_aged: int
    balance: int

    @cached_property
    def shown(self) -> list[tuple[Age, int]]:
        """As for one account: the four ages always, future and unallocated only where there is something."""
        return Buckets(self.amounts, self.balance, "rows").shown


@dataclass(frozen=True)
class GroupView:
    """Accounts of one dealer, as of one run and in one currency, by number; at least one."""

    dealer: Dealer
    accounts: tuple[AccountView, ...]
    page: GroupPage

    @cached_property
    def figures(self) -> Figures:
        """Those of all accounts together."""
        return summed_figures([one.figures for one in self.accounts])

    @cached_property
    def buckets(self) -> GroupBuckets:
        """Those of all accounts together, age by age."""
        return summed_buckets([one.buckets for one in self.accounts])


def summed_figures(parts: Sequence[Figures]) -> Figures:
    """The sums. What falls due next is all that does so on the first of the days."""
    dues = [one.next_due for one in parts if one.next_due]
    return Figures(
        balance=sum(one.balance for one in parts),
        overdue=sum(one.overdue for one in parts),
        overdue_count=sum(one.overdue_count for one in parts),
        overdue_disputed=sum(one.overdue_disputed for one in parts),
        credits=sum(one.credits for one in parts),
        credit_count=sum(one.credit_count for one in parts),
        next_due=_first_due(dues) if dues else None,
        brought_forward=sum(one.brought_forward for one in parts),
    )


def _first_due(dues: Sequence[NextDue]) -> NextDue:
    first = min(dues, key=lambda one: one.on)
    then = [one for one in dues if one.on == first.on]
    return replace(first, amount=sum(one.amount for one in then), count=sum(one.count for one in then))


def summed_buckets(parts: Sequence[Buckets]) -> GroupBuckets:
    """Age by age; an account whose balance has no ages counts as such."""
    aged = [one for one in parts if one.source != "none"]
    return GroupBuckets(
        amounts=tuple(sum(one.amounts[at] for one in aged) for at in range(len(ORDER))),
        not_aged=sum(one.balance for one in parts if one.source == "none"),
        balance=sum(one.balance for one in parts),
    )


def group_page(rows: Iterable[tuple[AccountView, Iterable[Row]]], query: RowQuery) -> GroupPage:
    """The page that `query` asks for of the rows of these accounts, each filtered by the rules of its own account."""
    found = [GroupRow(view, row) for view, of in rows for row in filter_rows(of, query, view.rules)]
    return paged(_sorted(found, query), query, row_of=lambda one: one.row)


def _sorted(rows: Sequence[GroupRow], query: RowQuery) -> list[GroupRow]:
    """As the rows of one account are; of equals those of the first account come first."""
    newest = query.descending or query.sort is not Sort.DATE
    by_account = sorted(rows, key=lambda one: one.view.ref)
    by_date = sorted(by_account, key=lambda one: newest_first(one.row), reverse=newest)
    if query.sort is Sort.DATE:
        return by_date
    values: Mapping[str, Any] = {one.view.ref: value_of(query.sort, one.view.rules) for one in rows}
    keyed = [(values[one.view.ref](one.row), one) for one in by_date]
    if query.sort in NEVER_BLANK:
        return [one for _, one in sorted(keyed, key=itemgetter(0), reverse=query.descending)]
    full = sorted((pair for pair in keyed if pair[0] is not None), key=itemgetter(0), reverse=query.descending)
    return [one for _, one in full] + [one for key, one in keyed if key is None]
