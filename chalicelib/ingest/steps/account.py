"""One account of a part: what the export says of it, checked and put over what is there, laid out to be written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Any

from pydantic_core import to_json

from chalicelib.ccx.entity import Absence, Change, Entity
from chalicelib.customers.model import AccountFacts, DirectoryEntry
from chalicelib.ingest.checks.account import CheckedAccount, check_account
from chalicelib.ingest.checks.context import Context
from chalicelib.ingest.counts import RowChanges
from chalicelib.ingest.job import Job
from chalicelib.ingest.ledger_account import Before, LedgerBuilder, LedgerShare, stored_rows
from chalicelib.ingest.model import ImportRun
from chalicelib.ingest.owner_changes import Owner, owner_of, without_earlier
from chalicelib.ingest.part_result import Event
from chalicelib.ingest.steps.account_lines import context_of_account, records_of
from chalicelib.ingest.steps.digests import Lines, digests_of, remembered
from chalicelib.ledger import queries as ledger
from chalicelib.ledger import repo as ledger_repo
from chalicelib.ledger.layout import Account, Stored, begin_era, build_from_rows
from chalicelib.ledger.model import AccountHead
from chalicelib.sheets import queries as sheets
from chalicelib.sheets.layout import Page, lay_out
from chalicelib.sheets.model import MergedSheet, SheetPage, merge


@dataclass(slots=True)
class SheetShare:
    """An account's sheets as they are to be: the pages that its head names, and those of them to be written."""

    named: dict[str, tuple[SheetPage, ...]]
    written: list[Page] = field(default_factory=list)
    deltas: dict[str, RowChanges] = field(default_factory=dict)
    changes: dict[str, list[Change]] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one account. `account` is to be written, if anything; `entry` is None if there is no account.

    It is `incomplete` if a row without a readable key leaves open what its absent rows mean.
    """

    before: Before
    checked: CheckedAccount
    ledger: LedgerShare
    sheets: SheetShare
    account: Account | None
    entry: DirectoryEntry | None
    archived: bool = False
    is_other_owner: bool = False
    incomplete: bool = False

    @property
    def deltas(self) -> Mapping[str, RowChanges]:
        """What the accepted rows of each file changed."""
        return {**self.ledger.deltas, **self.sheets.deltas}

    @property
    def events(self) -> list[Event]:
        """What its customer may want to hear of."""
        return [*self.ledger.events(self.checked.ref), *self.sheets.events]


@dataclass(slots=True)
class AccountBuilder:
    """Builds the accounts of one part. `incomplete`: files with rows whose account cannot be read."""

    job: Job
    run: ImportRun
    context: Context
    headers: Mapping[str, str]
    incomplete: frozenset[str]
    ledger: LedgerBuilder

    def build(self, ref: str, lines: Lines, entry: DirectoryEntry | None) -> Outcome:
        """Read what is there, check what has come, and lay out what is to be."""
        before = self._before(ref, entry)
        context = context_of_account(self.context, ref, lines)
        checked = check_account(ref, records_of(lines, context), context, before.known)
        if checked.facts is not None:
            return self._applied(before, checked, checked.facts, lines)
        return self._kept_as_it_was(before, checked, lines)

    def _before(self, ref: str, entry: DirectoryEntry | None) -> Before:
        scope = self.job.scope
        head = ledger_repo.read_head(scope, ref, run=entry.head_run) if entry and entry.head_run else None
        if head is None:
            return Before(entry)
        return Before(entry, head, ledger.every_row(scope, head=head), ledger.documents(scope, head=head))

    def _applied(self, before: Before, checked: CheckedAccount, facts: AccountFacts, lines: Lines) -> Outcome:
        complete = frozenset(e.name for e in self.context.entities if self._is_complete(e, checked))
        owner = self._owner(before, facts, complete)
        head_before, counted_from = before.head, before
        if owner.began:
            is_new = head_before is not None and head_before.era != owner.era
            checked = without_earlier(checked, owner.began, before if is_new else Before(), self.context.entities)
            if is_new:  # what was open counts as removed, and nothing of it is news to the new customer
                before, counted_from = Before(before.entry), Before(before.entry, rows=before.rows)
        share = self.ledger.apply(before, checked, facts, complete)
        sheet_share = self._sheets(before, checked, complete)
        account, entry = self._laid_out(before, facts, share, sheet_share, owner, archived=False)
        stored = stored_rows(before) | {name: sum(p.rows for p in pages) for name, pages in sheet_share.named.items()}
        digests, files = remembered(
            before.entry,
            digests_of(lines, self.context.entities, self.headers),
            checked.counts,
            entities=self.context.entities,
            has_findings=bool(checked.findings or share.problems),
            incomplete=self.incomplete | {e.name for e in self.context.entities if e.name not in complete} - self._kept,
            stored={name: rows for name, rows in stored.items() if name not in complete},
        )
        entry = entry._replace(digests=digests, files=files)
        is_other = bool(head_before and owner.change and owner.change != head_before.owner_change)
        incomplete = any(e.name in checked.incomplete for e in self.context.entities if e.name not in self._kept)
        return Outcome(
            counted_from, checked, share, sheet_share, account, entry, is_other_owner=is_other, incomplete=incomplete
        )

    def _owner(self, before: Before, facts: AccountFacts, complete: frozenset[str]) -> Owner:
        ledger = {entity.name for entity in self.context.entities if entity.absence is Absence.SETTLED}
        return owner_of(self.run, before, facts, complete=ledger <= complete)

    @property
    def _kept(self) -> frozenset[str]:
        return frozenset(e.name for e in self.context.entities if e.absence in {Absence.KEPT, Absence.ARCHIVED})

    def _is_complete(self, entity: Entity[Any], checked: CheckedAccount) -> bool:
        """Whether this file has every row of the account, so that one that is absent is settled or gone."""
        covers = self.run.scope_of(entity.name)
        incomplete = entity.name in self.incomplete or entity.name in checked.incomplete
        return covers is not None and not incomplete and (covers.open_items or entity.absence is not Absence.SETTLED)

    def _sheets(self, before: Before, checked: CheckedAccount, complete: frozenset[str]) -> SheetShare:
        """Every other file's rows over those that are there."""
        out = SheetShare(dict(before.head.sheets) if before.head else {})
        for entity in self.context.entities:
            fresh = checked.sheets.get(entity.name, [])
            if entity.is_sheet and (fresh or entity.name in out.named):
                covers = self.run.scope_of(entity.name)
                merged = merge(
                    entity,
                    sheets.read(self.job.scope, before.head, entity) if before.head else [],
                    fresh,
                    rejected=checked.rejected.get(entity.name, ()),
                    complete=entity.name in complete,
                    history_from=covers.history_from.isoformat() if covers and covers.history_from else None,
                )
                self._add_sheet(out, entity, merged, checked.ref)
        return out

    def _add_sheet(self, out: SheetShare, entity: Entity[Any], merged: MergedSheet[Any], ref: str) -> None:
        kept = out.named.pop(entity.name, ())
        if merged.rows:
            named, written = lay_out(entity, merged.rows, run=self.run.number, kept=kept)
            out.named[entity.name] = named
            out.written += written
        out.deltas[entity.name] = RowChanges(len(merged.new), len(merged.changed))
        if entity.after:
            out.changes[entity.name] = merged.changes(ref)
        if entity.event:
            events = ((entity.event(row), key) for key, row in merged.new_rows(entity))
            out.events += [Event(kind, ref, entity.name, "/".join(key)) for kind, key in events if kind]

    def _kept_as_it_was(self, before: Before, checked: CheckedAccount, lines: Lines) -> Outcome:
        """No customer to put it under: rejected, unknown, or gone from the export."""
        if before.head is None or before.entry is None:
            share = LedgerShare([], tuple(before.documents))
            return Outcome(before, checked, share, SheetShare({}), None, before.entry)
        # Tested control: absence-needs-readable-rows
        archived = before.entry.archived or self._is_gone(lines)
        share = self.ledger.freeze(before, checked, archived=archived)
        kept = SheetShare(dict(before.head.sheets))
        owner = Owner(before.head.owner_change, before.head.era)
        account, entry = self._laid_out(before, before.head.facts, share, kept, owner, archived=archived)
        entry = entry._replace(digests={}, files={} if archived else before.entry.files)
        gone = archived and not before.entry.archived
        return Outcome(before, checked, share, kept, account, entry, archived=gone)

    def _is_gone(self, lines: Lines) -> bool:
        """Whether the file that names accounts is here, can be read, and does not name this one."""
        return any(
            entity.absence is Absence.ARCHIVED and entity.tag not in lines and entity.name not in self.incomplete
            for entity in self.context.entities
        )

    def _laid_out(
        self,
        before: Before,
        facts: AccountFacts,
        share: LedgerShare,
        sheet_share: SheetShare,
        owner: Owner,
        *,
        archived: bool,
    ) -> tuple[Account | None, DirectoryEntry]:
        """The account to write and its place in the directory. None to write if it would be what is there already."""
        content: Sequence[Any] = [facts, share.rows, share.documents, archived]
        if sheet_share.named:
            content = [*content, sheet_share.named]
        if owner != Owner():
            content = [*content, owner]
        digest = blake2b(to_json(content), digest_size=16).hexdigest()
        if before.head and before.head.digest == digest:
            return None, _entry(facts, before.head)
        account = build_from_rows(
            facts=facts,
            rows=share.rows,
            run=self.run.number,
            as_at=self.context.as_at,
            digest=digest,
            documents=share.documents,
            archived=archived,
            before=Stored(before.head, before.rows, before.documents) if before.head else None,
        )
        if sheet_share.named:
            account = replace(account, head=replace(account.head, sheets=sheet_share.named))
        if owner.era != account.head.era:
            account = begin_era(account, owner.era)
        if owner.change:
            account = replace(account, head=replace(account.head, owner_change=owner.change))
        return account, _entry(facts, account.head)


def _entry(facts: AccountFacts, head: AccountHead) -> DirectoryEntry:
    return DirectoryEntry(
        ref=facts.account_ref,
        name=facts.name,
        account_type=facts.account_type,
        portal_eligible=facts.portal_eligible,
        account_status=facts.account_status,
        currency=facts.currency,
        balance=head.balance,
        email=facts.email,
        phone=facts.phone,
        city=facts.city,
        region=facts.region,
        postcode=facts.postcode,
        depot_code=facts.depot_code,
        archived=head.archived,
        out_of_balance=head.out_of_balance,
        head_run=head.run,
        master=facts.master_account_ref,
        era=head.era,
        next_era=head.owner_change.era if head.owner_change else "",
        address=" ".join(filter(None, (facts.address_1, facts.address_2, facts.address_3, facts.address_4))),
    )
