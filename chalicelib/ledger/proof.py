"""What a figure of an account is made of, row by row, and whether that adds up. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from chalicelib.ledger.account_view import AccountView
from chalicelib.ledger.allocations import Allocated
from chalicelib.ledger.row import Row

BALANCE, OVERDUE, CREDITS = "balance", "overdue", "credits"
AGE = "age-"
"""Before an age."""


class Part(NamedTuple):
    """What one row adds to a figure, in minor units, and since which ISO day."""

    row: Row
    amount: int
    on: str


@dataclass(frozen=True, slots=True)
class Proof:
    """A figure as it is shown, `amount`, and its parts, oldest first. Not `itemised`: only the dealer knows them."""

    figure: str
    amount: int
    parts: Sequence[Part] = ()
    itemised: bool = True

    @property
    def total(self) -> int:
        """What the parts come to."""
        return sum(part.amount for part in self.parts)

    @property
    def difference(self) -> int:
        """What they lack."""
        return self.amount - self.total if self.itemised else 0


def figures_of(view: AccountView) -> list[str]:
    """The figures of an account that have a trail, as its first screen shows them."""
    ages = [] if view.buckets.source == "none" else [f"{AGE}{age}" for age, _ in view.buckets.shown]
    return [BALANCE, OVERDUE, CREDITS, *ages]


def proof_of(view: AccountView, figure: str) -> Proof | None:
    """What a figure is made of; None where the account has none of this name."""
    if figure not in figures_of(view):
        return None
    rows, rules = view.open_rows, view.rules
    if figure == BALANCE:
        return Proof(figure, view.figures.balance, _parts(rows))
    if figure == OVERDUE:
        return Proof(figure, view.figures.overdue, _parts(row for row in rows if rules.overdue_days(row)))
    if figure == CREDITS:
        return Proof(figure, view.figures.credits, _parts(row for row in rows if row.outstanding < 0))
    age = figure.removeprefix(AGE)
    amount = next(amount for kind, amount in view.buckets.shown if kind == age)
    if view.buckets.source != "rows":
        return Proof(figure, amount, itemised=False)
    return Proof(figure, amount, _parts(row for row in rows if rules.age(row) == age))


def proof_of_row(row: Row, allocated: Sequence[Allocated]) -> Proof:
    """What is outstanding of a row: its total, less what the export says was set against it."""
    sign = -1 if row.total < 0 else 1
    against = (Part(one.target if row.total < 0 else one.source, -sign * one.amount, one.on) for one in allocated)
    return Proof("row", row.outstanding, (Part(row, row.total, row.transaction_date), *against))


def _parts(rows: Iterable[Row]) -> tuple[Part, ...]:
    found = [Part(row, row.outstanding, row.transaction_date) for row in rows if row.outstanding]
    return tuple(sorted(found, key=lambda part: (part.on, part.row.key)))
