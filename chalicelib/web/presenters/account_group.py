"""The accounts of a group as lines of a table: each with its balance by age."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from chalicelib.kernel.i18n import Text
from chalicelib.kernel.i18n import gettext as _
from chalicelib.ledger.ageing import ORDER
from chalicelib.ledger.group_view import GroupView
from chalicelib.ledger.row_query import RowQuery
from chalicelib.web.presenters.transactions import MAIN_TYPES, TYPES, RowFormatter


class AccountLine(NamedTuple):
    """One account. `ages` has the amounts of the ages that the group shows, empty texts of one that is not aged."""

    ref: str
    name: str
    link: str
    ages: tuple[str, ...]
    balance: str
    overdue: str
    is_archived: bool
    is_aged: bool


def account_lines(
    view: GroupView, formatters: Mapping[str, RowFormatter], link: Callable[[str], str]
) -> list[AccountLine]:
    """A line for each account, by number. `link` makes the address that shows it alone."""
    shown = [ORDER.index(age) for age, _amount in view.buckets.shown]
    lines = []
    for one in view.accounts:
        money, amounts = formatters[one.ref].money, one.buckets.amounts
        lines.append(
            AccountLine(
                one.ref,
                one.facts.name,
                link(one.ref),
                tuple(money(amounts[at]) for at in shown) if one.buckets.source != "none" else ("",) * len(shown),
                money(one.figures.balance),
                money(one.figures.overdue) if one.figures.overdue else "",
                one.head.archived,
                one.buckets.source != "none",
            )
        )
    return lines


def group_type_options(view: GroupView, query: RowQuery) -> list[tuple[str, Text]]:
    """All types that an account of the group has, and the main ones."""
    had = {kind for one in view.accounts for kind in one.head.types}
    offered = {*list(TYPES)[:MAIN_TYPES], *had, query.type}
    return [("", _("Show All")), *((kind.value, label) for kind, label in TYPES.items() if kind in offered)]
