"""Exports that every row, name and sum gives away: from any of them one can tell which export it came with."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from tests.bundles import customer, transaction
from tests.ingest.exports import Rows

FIRST_DAY = date(2025, 1, 1)
"""Long before any clock: an export whose figures are of a day to come is held."""
LOTS = ("amber", "birch", "cedar", "drift", "ember")
"""Words of descriptions, for searches."""


@dataclass(frozen=True, slots=True)
class Size:
    """Open and settled rows of an account. More than 100 open ones take two pages."""

    opened: int
    settled: int

    def rows(self, status: str) -> set[str]:
        """What is left of the references without the export's mark."""
        opened = {f"R{n}" for n in range(self.opened)} if status in {"current", "all"} else set()
        settled = {f"S{n}" for n in range(self.settled)} if status in {"history", "all"} else set()
        return opened | settled

    def lot(self, lot: str) -> set[str]:
        """Those whose description holds the word."""
        return {row for row in self.rows("all") if lot_of(row) == lot}


@dataclass(frozen=True)
class Book:
    """A dealer's accounts: masters with their sub-accounts, and what each export says of every one of them.

    An export changes two accounts of three, from the first row to the last. The others stay as an earlier one had them.
    """

    groups: int
    subs: int
    master: Size
    sub: Size

    @cached_property
    def refs(self) -> list[str]:
        """All accounts, each master before its own."""
        return [ref for group in range(self.groups) for ref in self.group(group)]

    def group(self, number: int) -> list[str]:
        """A master and its sub-accounts."""
        master = f"M{number}"
        return [master, *(f"{master}S{n}" for n in range(self.subs))]

    def size(self, ref: str) -> Size:
        return self.sub if "S" in ref else self.master

    def mark(self, ref: str, export: int) -> int:
        """The export that last changed the account, seen from `export`."""
        at = self.refs.index(ref)
        return next(k for k in range(export, 0, -1) if k == 1 or (k + at) % 3)

    def name(self, ref: str, export: int) -> str:
        return f"Customer {ref} E{self.mark(ref, export)}"

    def balance(self, ref: str, export: int) -> str:
        """As pages and downloads write it."""
        size, mark = self.size(ref), self.mark(ref, export)
        return pounds(sum(pence(mark, n) for n in range(size.opened)))

    def as_at(self, export: int) -> date:
        return FIRST_DAY + timedelta(days=export)

    def export_of(self, day: str) -> int:
        """The export whose figures are as at this day, written as `5 Jun 2025`."""
        return (datetime.strptime(f"{day} +0000", "%d %b %Y %z").date() - FIRST_DAY).days

    def tables(self, export: int) -> tuple[Rows, Rows]:
        """Rows of customers.csv and transactions.csv."""
        customers = [customer(ref, name=self.name(ref, export), **self._master(ref)) for ref in self.refs]
        return customers, [row for ref in self.refs for row in self._rows(ref, self.mark(ref, export))]

    def _master(self, ref: str) -> dict[str, str]:
        return {"master_account_ref": ref.partition("S")[0] if "S" in ref else ""}

    def _rows(self, ref: str, mark: int) -> Iterator[dict[str, str]]:
        size = self.size(ref)
        for n in range(size.opened):
            yield _row(ref, f"R{n}", mark, transaction_date=f"2025-{n % 12 + 1:02d}-{n % 28 + 1:02d}")
        for n in range(size.settled):
            settled = {"outstanding_amount": "0.00", "settled_date": "2024-12-31", "settled_reason": "paid"}
            yield _row(ref, f"S{n}", mark, transaction_date=f"{2023 + n % 2}-{n % 12 + 1:02d}-05", **settled)


def _row(ref: str, row: str, mark: int, **more: Any) -> dict[str, str]:
    total = f"{pence(mark, int(row[1:])) / 100:.2f}"
    return transaction(ref, f"{ref}-{row}", total, reference=f"E{mark}{row}", description=lot_of(row), **more)


def lot_of(row: str) -> str:
    """The word in its description."""
    return LOTS[int(row[1:]) % len(LOTS)]


def pence(mark: int, number: int) -> int:
    """The total of a row. It grows slowly: the gate holds an export that moves the sum by half."""
    return 1_000_000 + mark * 1000 + number + 1


def pounds(amount: int) -> str:
    """1,234.56"""
    return f"{amount / 100:,.2f}"
