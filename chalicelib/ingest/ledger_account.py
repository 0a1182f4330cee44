"""The ledger's share of an account: what its customer, transactions, documents and lines make of what is there."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date

from chalicelib.ccx.entity import Key
from chalicelib.ccx.findings import Finding
from chalicelib.customers.entity import CUSTOMERS
from chalicelib.customers.model import AccountFacts, DirectoryEntry
from chalicelib.documents.entity import DOCUMENTS, INVOICE_LINES
from chalicelib.ingest.checks.account import CheckedAccount, Known
from chalicelib.ingest.counts import RowChanges
from chalicelib.ingest.files import DocumentCopier, LinesWriter, Place
from chalicelib.ingest.part_result import Event
from chalicelib.ledger.entity import TRANSACTIONS
from chalicelib.ledger.merge import freeze, key_of, merge, with_references
from chalicelib.ledger.model import AccountHead, DocumentEntry
from chalicelib.ledger.row import Row


@dataclass(frozen=True, slots=True)
class Before:
    """The account as the base of this run has it. Nothing of it for a new one."""

    entry: DirectoryEntry | None = None
    head: AccountHead | None = None
    rows: Sequence[Row] = ()
    documents: Sequence[DocumentEntry] = ()

    @property
    def known(self) -> Known:
        """What the checks need of it."""
        if self.head is None:
            return Known()
        facts = self.head.facts
        return Known(
            facts,
            {entry.id for entry in self.documents},
            currency=facts.currency if self.rows or self.documents or self.head.sheets else None,
            outstanding=self.head.balance,
            settled={key_of(row): row for row in self.rows if not row.outstanding},
            rows=self.rows,
        )


@dataclass(frozen=True, slots=True)
class LedgerShare:
    """Rows and documents as they are to be, and how they came to be so.

    `settled` were open and are not in the export; `without_receipt` are those of them that no receipt in it covers.
    `explained` is that part of the move of the sum outstanding that receipts cover. `new` are the keys of rows that
    came.
    """

    rows: list[Row]
    documents: tuple[DocumentEntry, ...]
    deltas: dict[str, RowChanges] = field(default_factory=dict)
    settled: int = 0
    without_receipt: int = 0
    explained: int = 0
    stored_documents: int = 0
    problems: Sequence[Finding] = ()
    new: Sequence[Key] = ()

    def events(self, ref: str) -> list[Event]:
        """What the customer may want to hear of."""
        new = set(self.new)
        events = ((TRANSACTIONS.event(row), row) for row in self.rows if TRANSACTIONS.event and key_of(row) in new)
        return [Event(kind, ref, row.type, row.transaction_id) for kind, row in events if kind]


@dataclass(slots=True)
class LedgerBuilder:
    """Merges what came into what is stored. `incomplete`: files with rows of which the account cannot be read."""

    as_at: date
    incomplete: frozenset[str]
    copier: DocumentCopier
    lines: LinesWriter

    def apply(
        self, before: Before, checked: CheckedAccount, facts: AccountFacts, complete: Collection[str]
    ) -> LedgerShare:
        """In the files that `complete` names, a row that is absent is settled or gone."""
        merged = merge(
            before.rows,
            checked.rows,
            rejected=checked.rejected.get(TRANSACTIONS.name, ()),
            complete=TRANSACTIONS.name in complete,
            as_at=self.as_at,
        )
        copied = self.copier.copy(checked.ref, checked.documents, before.documents)
        places, lines = self._lines(before, checked)
        visible = {entry.id: entry.run for entry in copied.entries.values() if entry.visible}
        rows = with_references(merged.rows, documents=visible, lines=places, before=before.rows)
        return LedgerShare(
            rows,
            tuple(copied.entries.values()),
            {
                CUSTOMERS.name: _customer(before, facts),
                TRANSACTIONS.name: RowChanges(len(merged.new), merged.changed),
                DOCUMENTS.name: RowChanges(copied.new, copied.changed, len(copied.problems)),
                INVOICE_LINES.name: lines,
            },
            settled=merged.settled,
            without_receipt=merged.without_receipt,
            explained=merged.explained,
            stored_documents=copied.new + copied.changed,
            problems=copied.problems,
            new=merged.new,
        )

    def freeze(self, before: Before, checked: CheckedAccount, *, archived: bool) -> LedgerShare:
        """No customer to put it under: keep everything, and mark rejected rows stale, unless it is archived."""
        rejected = () if archived else checked.rejected.get(TRANSACTIONS.name, ())
        return LedgerShare(freeze(before.rows, rejected).rows, tuple(before.documents))

    def _lines(self, before: Before, checked: CheckedAccount) -> tuple[dict[tuple[str, ...], Place], RowChanges]:
        """Where lines are stored now. In an incomplete file a set may lack lines: the stored one stays."""
        held = {key_of(row): row.lines for row in before.rows if row.lines}
        keeps = INVOICE_LINES.name in self.incomplete
        wanted = {key: lines for key, lines in checked.lines.items() if not (keeps and key in held)}
        places = self.lines.add(wanted, held)
        new = sum(len(lines) for key, lines in wanted.items() if key not in held)
        changed = sum(len(lines) for key, lines in wanted.items() if key in held and places[key] != held[key])
        return places, RowChanges(new, changed)


def _customer(before: Before, facts: AccountFacts) -> RowChanges:
    if before.head is None:
        return RowChanges(1, 0)
    return RowChanges(0, int(before.head.facts != facts or before.head.archived))


def stored_rows(before: Before) -> dict[str, int]:
    """Rows that are there and that absence from an export can settle, by entity."""
    return {TRANSACTIONS.name: sum(1 for row in before.rows if row.outstanding)}
