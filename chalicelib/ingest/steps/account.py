"""One account of a part: what the export says of it, checked and put over what is there, laid out to be written."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b

from pydantic_core import to_json

from chalicelib.ccx.codes import Code
from chalicelib.customers.model import AccountFacts, DirectoryEntry
from chalicelib.ingest.account import AccountRecords, CheckedAccount, Known, check_account
from chalicelib.ingest.checks.context import Context, MasterProblem
from chalicelib.ingest.job import Job
from chalicelib.ingest.model import ImportRun
from chalicelib.ingest.steps.digests import Marks, digests_of, new_digests, same_as_before
from chalicelib.ingest.steps.files import Copied, DocumentCopier, LinesWriter
from chalicelib.ingest.steps.merge import Merged, freeze, key_of, merge, with_references
from chalicelib.ingest.steps.part_format import BAD_MASTER, CONTENT, LETTERS, SHARED_DOCUMENT, raw_row
from chalicelib.ledger import queries as ledger
from chalicelib.ledger import repo as ledger_repo
from chalicelib.ledger.layout import Account, Stored, build_from_rows
from chalicelib.ledger.model import AccountHead, DocumentEntry, Row

FILES = tuple(LETTERS)


@dataclass(frozen=True, slots=True)
class Before:
    """The account as the base of this run has it. Nothing of it for a new one."""

    entry: DirectoryEntry | None = None
    head: AccountHead | None = None
    rows: Sequence[Row] = ()
    documents: Sequence[DocumentEntry] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one account. `account` is to be written, if anything; `entry` is None if there is no account."""

    before: Before
    checked: CheckedAccount
    merged: Merged
    copied: Copied
    account: Account | None
    entry: DirectoryEntry | None
    archived: bool = False
    lines_same: bool = True


@dataclass(slots=True)
class Workshop:
    """All that building the accounts of one part needs. `doubtful`: files with rows whose account cannot be read."""

    job: Job
    run: ImportRun
    context: Context
    headers: Mapping[str, str]
    doubtful: frozenset[str]
    copier: DocumentCopier
    lines: LinesWriter = field(kw_only=True)

    def build(self, ref: str, marks: Marks, entry: DirectoryEntry | None) -> Outcome:
        """Read what is there, check what has come, and lay out what is to be."""
        before = self._before(ref, entry)
        known = Known(before.head.facts if before.head else None, {entry.id for entry in before.documents})
        records = AccountRecords(ref, *([raw_row(line) for line in marks.get(LETTERS[file], ())] for file in FILES))
        checked = check_account(records, self._context(ref, marks), known)
        if checked.facts is not None:
            return self._applied(before, checked, checked.facts, marks)
        return self._frozen(before, checked, marks)

    def _before(self, ref: str, entry: DirectoryEntry | None) -> Before:
        scope = self.job.scope
        head = ledger_repo.read_head(scope, ref, run=entry.head_run) if entry and entry.head_run else None
        if head is None:
            return Before(entry)
        return Before(entry, head, ledger.every_row(scope, head=head), ledger.documents(scope, head=head))

    def _context(self, ref: str, marks: Marks) -> Context:
        if not marks.keys() & {BAD_MASTER, SHARED_DOCUMENT, CONTENT}:
            return self.context
        sizes = (value.split(" ")[:2] for _, value in marks.get(CONTENT, ()))
        told = (json.loads(value) for _, value in marks.get(BAD_MASTER, ()))
        masters = [MasterProblem(Code(code), params, name) for code, params, name in told]
        return replace(
            self.context,
            documents={document_id: int(size) for document_id, size in sizes},
            repeated_documents=frozenset(value for _, value in marks.get(SHARED_DOCUMENT, ())),
            bad_masters=dict(zip([ref] * len(masters), masters, strict=True)),
        )

    def _applied(self, before: Before, checked: CheckedAccount, facts: AccountFacts, marks: Marks) -> Outcome:
        digests = digests_of(marks, self.headers)
        infers = self._infers(checked)
        merged = merge(
            before.rows,
            checked.rows,
            rejected=checked.rejected.get("transactions", ()),
            infer=infers,
            as_at=self.context.as_at,
        )
        same = same_as_before(before.entry, "documents", digests)
        copied = self.copier.copy(checked.ref, checked.documents, before.documents, same=same)
        lines_same = same_as_before(before.entry, "invoice_lines", digests)
        keeps_lines = lines_same or "invoice_lines" in self.doubtful
        stored = {key_of(row) for row in before.rows if row.lines} if keeps_lines else set()
        places = self.lines.add({key: lines for key, lines in checked.lines.items() if key not in stored})
        visible = {entry.id: entry.run for entry in copied.entries.values() if entry.visible}
        rows = with_references(merged.rows, documents=visible, lines=places, before=before.rows)
        account, entry = self._laid_out(before, facts, rows, tuple(copied.entries.values()), archived=False)
        remembered = new_digests(
            before.entry,
            digests,
            checked.counts,
            clean=checked.clean and not copied.problems,
            doubtful=self.doubtful if infers else self.doubtful | {"transactions"},
            open_rows=sum(1 for row in before.rows if row.outstanding),
        )
        entry = entry._replace(digests=remembered)
        return Outcome(before, checked, merged, copied, account, entry, lines_same=lines_same)

    def _infers(self, checked: CheckedAccount) -> bool:
        covers = self.run.scope_of("transactions")
        unsure = "transactions" in self.doubtful or "transactions" in checked.unreadable
        return covers is not None and covers.open_items and not unsure

    def _frozen(self, before: Before, checked: CheckedAccount, marks: Marks) -> Outcome:
        """No customer to put it under: rejected, unknown, or gone from the export."""
        copied = Copied({entry.id: entry for entry in before.documents})
        if before.head is None or before.entry is None:
            return Outcome(before, checked, Merged([]), copied, None, before.entry)
        absent = "customers" in self.headers and LETTERS["customers"] not in marks
        archived = before.entry.archived or (absent and "customers" not in self.doubtful)
        rejected = () if archived else checked.rejected.get("transactions", ())
        merged = freeze(before.rows, rejected)
        account, entry = self._laid_out(
            before, before.head.facts, merged.rows, tuple(before.documents), archived=archived
        )
        entry = entry._replace(digests={})
        gone = archived and not before.entry.archived
        return Outcome(before, checked, merged, copied, account, entry, archived=gone)

    def _laid_out(
        self,
        before: Before,
        facts: AccountFacts,
        rows: Sequence[Row],
        documents: Sequence[DocumentEntry],
        *,
        archived: bool,
    ) -> tuple[Account | None, DirectoryEntry]:
        """The account to write and its place in the directory. None to write if it would be what is there already."""
        content = to_json([facts, rows, documents, archived])
        digest = blake2b(content, digest_size=16).hexdigest()
        if before.head and before.head.digest == digest:
            return None, _entry(facts, before.head)
        account = build_from_rows(
            facts=facts,
            rows=rows,
            run=self.run.number,
            as_at=self.context.as_at,
            digest=digest,
            documents=documents,
            archived=archived,
            before=Stored(before.head, before.rows, before.documents) if before.head else None,
        )
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
    )
