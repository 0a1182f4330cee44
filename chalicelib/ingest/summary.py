"""What a run brings, in figures: rows by file, control totals, open transactions, accounts. Pure."""

from typing import NamedTuple

from pydantic import AliasChoices, Field
from pydantic.dataclasses import dataclass

from chalicelib.dealers.publication import TotalsState
from chalicelib.ingest.counts import ControlTotal, FileCount
from chalicelib.kernel.schemas import DEFERRED

MAX_NAMED = 100
"""Accounts that a summary names one by one; the others are only counted."""


class OpenItems(NamedTuple):
    """Open transactions of the active accounts in one currency: how many, and their sum in minor units."""

    items: int = 0
    outstanding: int = 0


class OpenMove(NamedTuple):
    """How an export moves them. `explained` is that part of the sum's move that receipts in it account for."""

    items: int = 0
    outstanding: int = 0
    explained: int = 0

    def plus(self, more: "OpenMove") -> "OpenMove":
        """Both together."""
        return OpenMove(*(mine + other for mine, other in zip(self, more, strict=True)))


@dataclass(frozen=True, slots=True, config=DEFERRED)
class Summary:
    """What a run brings, summed over its parts. `removed` names up to MAX_NAMED accounts that it would archive.

    `other_owners` names as many of the `owners_changed` that seem to belong to somebody else now.
    `open_by_currency` are the open transactions as the run leaves them, `last_rows` each file's rows in the newest
    published export that had it: what the next is compared with. In `incomplete_accounts` absence settled
    nothing, for a row of theirs has no key that can be read.
    """

    files: tuple[FileCount, ...]
    totals: tuple[ControlTotal, ...] = ()
    settled: int = 0
    accounts: int = 0
    archived: int = 0
    open_items: int = 0
    events: int = 0
    stored_documents: int = 0
    removed: tuple[str, ...] = ()
    other_owners: tuple[str, ...] = ()
    open_by_currency: dict[str, OpenItems] = Field(default_factory=dict)
    last_rows: dict[str, int] = Field(default_factory=dict)
    # "unsettled" is its name in older runs.
    incomplete_accounts: int = Field(default=0, validation_alias=AliasChoices("incomplete_accounts", "unsettled"))
    owners_changed: int = 0

    def file(self, entity: str) -> FileCount | None:
        """The counts of one file."""
        return next((f for f in self.files if f.entity == entity), None)

    @property
    def totals_agree(self) -> bool:
        """Whether no total contradicts what the dealer's system says."""
        return not any(total.contradicts for total in self.totals)

    @property
    def totals_known(self) -> bool:
        """Whether there was something to compare, and all of it could be counted."""
        declared = [total for total in self.totals if total.declared is not None]
        return bool(declared) and all(total.whole for total in declared)

    @property
    def totals_by_currency(self) -> dict[str, TotalsState]:
        """How they came out in each currency that the export declares one of; empty where all are alike."""
        found: dict[str, TotalsState] = {}
        for currency in sorted({total.currency for total in self.totals if total.declared is not None}):
            own = [total for total in self.totals if total.currency == currency and total.declared is not None]
            known: TotalsState = "agree" if all(total.whole for total in own) else "unknown"
            found[currency] = "differ" if any(total.contradicts for total in own) else known
        return found if len(set(found.values())) > 1 else {}

    @property
    def rejected(self) -> int:
        """Rejected rows of all files."""
        return sum(f.rejected for f in self.files)

    @property
    def rows(self) -> int:
        """Rows of all files."""
        return sum(f.rows for f in self.files)

    @property
    def touched(self) -> int:
        """New or changed rows of all files."""
        return sum(f.new + f.changed for f in self.files)
