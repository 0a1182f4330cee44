"""Accounts whose number an export gives to somebody else: found, and laid out again once staff have confirmed it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from hashlib import blake2b
from typing import Any

from chalicelib.ccx.entity import Entity
from chalicelib.customers.model import AccountFacts
from chalicelib.customers.owners import is_somebody_else
from chalicelib.ingest.checks.account import CheckedAccount
from chalicelib.ingest.ledger_account import Before
from chalicelib.ingest.model import ImportRun
from chalicelib.kernel.ids import Ids
from chalicelib.ledger.merge import key_of
from chalicelib.ledger.model import AccountHead, OwnerChange
from chalicelib.ledger.row import Row

RECENT = timedelta(days=31)
"""A new customer's rows are not dated earlier than this before the last export that had the account as it was."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose the account is to be: the `change` that its head tells of, and the era in force."""

    change: OwnerChange | None = None
    era: str = ""

    @property
    def began(self) -> OwnerChange | None:
        """The change by which the era in force began: rows from before it are another customer's."""
        return self.change if self.change and self.change.era == self.era else None


def owner_of(run: ImportRun, before: Before, facts: AccountFacts, *, complete: bool) -> Owner:
    """Whose the account is by this export.

    An era begins with the first export that holds all open rows (`complete`), for nothing earlier is kept.
    """
    head = before.head
    if head is None:
        return Owner()
    change = head.owner_change
    if change and change.era != head.era and change.era == run.eras.get(facts.account_ref) and complete:
        return Owner(change, change.era)
    if is_somebody_else(head.facts, facts, archived=head.archived):
        return Owner(None if _is_back(head, facts) else _changed(run, head, before.rows), head.era)
    return Owner(change, head.era)


def _is_back(head: AccountHead, facts: AccountFacts) -> bool:
    """A change that nobody has taken for one was a slip: the account is as it was before it."""
    change = head.owner_change
    if change is None or change.era == head.era:
        return False
    return not is_somebody_else(replace(head.facts, name=change.name, email=change.email), facts, archived=False)


def _changed(run: ImportRun, head: AccountHead, rows: Sequence[Row]) -> OwnerChange:
    """The same each time the run is staged."""
    seen = head.as_at if head.archived or run.base.as_at is None else run.base.as_at
    until = seen - RECENT
    seed = blake2b(f"{run.number}#{head.account_ref}".encode(), digest_size=16).digest()
    era = Ids(random_bytes=lambda n: seed[:n]).ulid(run.opened_at)
    known = sorted("/".join(row.key) for row in rows if row.transaction_date > until.isoformat())
    return OwnerChange(era, until, head.facts.name, head.facts.email, tuple(known))


def without_earlier(
    checked: CheckedAccount, change: OwnerChange, before: Before, entities: Iterable[Entity[Any]]
) -> CheckedAccount:
    """What is of the new customer: not the rows from before, nor documents that are of those or were there.

    Rows of other files are from before by the date that their file is split by.
    """
    periods = {entity.name: entity.period for entity in entities}
    until = change.until.isoformat()
    rows = [row for row in checked.rows if not change.is_earlier(row)]
    earlier = [row for row in checked.rows if change.is_earlier(row)]
    gone = {row.document_id for row in earlier} | {document.id for document in before.documents}
    theirs = {row.transaction_id for row in earlier} - {row.transaction_id for row in rows}
    kept = {key_of(row) for row in rows}
    return replace(
        checked,
        rows=rows,
        documents=[d for d in checked.documents if d.document_id not in gone and d.transaction_id not in theirs],
        lines={key: lines for key, lines in checked.lines.items() if key in kept},
        sheets={
            # Tested control: earlier-sheet-rows-left-out
            name: [one for one in rows if _day(one, periods[name]) > until]
            for name, rows in checked.sheets.items()
        },
    )


def _day(row: Any, period: str | None) -> str:
    """When a row of a sheet is of; one without a date counts as new."""
    return (getattr(row, period) if period else None) or date.max.isoformat()
