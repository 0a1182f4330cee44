"""The second step, a message for each part: what changed is written under the run's number, where nobody reads it yet.

Written again it is the same, byte for byte, so a part may be staged twice, at once, or by halves.
"""

import json
from collections.abc import Iterator
from dataclasses import field
from functools import cache

from pydantic.dataclasses import dataclass

from chalicelib import settings
from chalicelib.ccx.bundle import Bundle, open_bundle
from chalicelib.ccx.csv_rows import Header, split
from chalicelib.customers.directory import queries as directory
from chalicelib.customers.directory import repo as shards
from chalicelib.customers.model import DirectoryEntry
from chalicelib.dealers import queries as dealers
from chalicelib.documents.model import lines_name
from chalicelib.ingest import failures, leases, names, repo
from chalicelib.ingest.checks.account import check_unassigned
from chalicelib.ingest.checks.context import Context
from chalicelib.ingest.counts import RowChanges
from chalicelib.ingest.files import DocumentCopier, LinesWriter, OutOfTimeError
from chalicelib.ingest.job import Job
from chalicelib.ingest.ledger_account import LedgerBuilder
from chalicelib.ingest.model import ImportRun, Part, RunState
from chalicelib.ingest.part_result import PartResult
from chalicelib.ingest.remote import open_remote
from chalicelib.ingest.steps import messages, results
from chalicelib.ingest.steps.account import AccountBuilder
from chalicelib.ingest.steps.digests import is_unchanged
from chalicelib.ingest.steps.part_format import SAME, raw_row, read_part, record_of
from chalicelib.ingest.steps.part_summary import (
    add_findings,
    add_outcome,
    add_unchanged,
    members_of,
)
from chalicelib.kernel.errors import ConflictError
from chalicelib.kernel.gc_pause import gc_paused
from chalicelib.kernel.schemas import DEFERRED
from chalicelib.ledger import repo as ledger_repo
from chalicelib.ledger.layout import Account
from chalicelib.sheets import repo as sheets
from chalicelib.sheets.layout import Page
from chalicelib.store import blobs
from chalicelib.store.blobs import ETagMismatchError
from chalicelib.store.codec import Codec

AT_ONCE = 100
"""Accounts between two looks at the run's state; at the clock it looks after each."""
_BINARY = "application/octet-stream"


@dataclass(slots=True, config=DEFERRED)
class Progress:
    """How far a part came: accounts done, the entries and the lines made of them, and what they add up to.

    One object, so that copies of a message that overlap never mix theirs.
    """

    done: int = 0
    lines: bytes = b""
    entries: list[DirectoryEntry] = field(default_factory=list)
    result: PartResult = field(default_factory=PartResult)


_PROGRESS: Codec[Progress] = Codec(Progress)


def stage(job: Job, number: int, part: int) -> None:
    """Stage one part of a run. No effect unless the run is staging; short of time it goes on in another call."""
    run = repo.run(job.scope, number)
    # Tested control: stage-only-while-staging
    if run is None or run.state is not RunState.STAGING or part not in run.parts:
        return
    done = repo.parts(job.scope, number)
    try:
        with gc_paused():  # a part is 20,000 rows at most, and nearly all of them stay to its end
            finished = part in done or PartStager(job, run, part).finish()
    except ETagMismatchError:
        leases.end(job, number, RunState.FAILED, failures.REPLACED, where=lambda run: run.state is RunState.STAGING)
        messages.send(job, "collect")
        return
    if not finished:
        messages.send(job, "stage", run=number, part=part)
        return
    if len({*done, part}) == run.n or len(repo.parts(job.scope, number)) == run.n:
        messages.send(job, "gate", run=number)


class PartStager:
    """Stages one part: what is in it by account, and what the directory had of it."""

    def __init__(self, job: Job, run: ImportRun, part: int) -> None:
        self._job, self._run, self._part = job, run, part
        self._bucket = settings.load().files_bucket
        self._headers = {f.entity: f.header for f in run.files}
        self._paths = {f.entity: f.path for f in run.files}
        self._entities = tuple(e for e in job.entities if e.name in self._paths and not e.per_dealer)
        self._lines = LinesWriter(run.number, part)
        self._accounts = read_part(self._chunks())
        self._unassigned = self._accounts.pop("", {})
        self._old = {entry.ref: entry for entry in self._old_shard()}

    def finish(self) -> bool:
        """Whether the part is done, or no longer wanted; else its progress is stored.

        Finalise deletes the rows of a run that has ended: those of one that still stages were all read.
        """
        # Tested control: stage-checks-before-writing
        if not self._is_staging():
            return True
        same, changed = self._split_changed()
        # Tested control: stage-lists-changed-first
        if changed:  # the sweeper must know of every account that may be written, before it is
            self._put(names.changed(self._run.number, self._part), self._changed_heads(changed))
        progress = self._restored() if changed else Progress()
        builder = self._builder()
        while progress.done < len(changed):
            done = self._stage_batch(builder, changed[progress.done : progress.done + AT_ONCE], progress)
            if done is None:
                return True  # the run has ended: nothing more is to be done
            if not done or (self._job.short_of_time and progress.done < len(changed)):
                self._store(progress)
                return False
        self._add_unchanged_and_unassigned(progress.result, same)
        self._conclude(progress, same)
        return True

    def _is_staging(self) -> bool:
        run = repo.run(self._job.scope, self._run.number)
        # Tested control: stage-rereads-state
        return run is not None and run.state is RunState.STAGING

    def _split_changed(self) -> tuple[list[DirectoryEntry], list[str]]:
        """Accounts that stay as they are, and the references of those to be read."""
        same, changed = [], []
        for ref in sorted(self._accounts.keys() | self._old.keys()):
            lines, old = self._accounts.get(ref, {}), self._old.get(ref)
            if old and (SAME in lines or (not lines and is_unchanged(old, {}, "", self._entities))):
                same.append(old)
            else:
                changed.append(ref)
        return same, changed

    def _changed_heads(self, changed: list[str]) -> bytes:
        """The accounts and the run of the head that each is built on, 0 for none."""
        heads = {ref: self._old[ref].head_run if ref in self._old else 0 for ref in changed}
        return json.dumps(heads).encode()

    def _stage_batch(self, builder: AccountBuilder, refs: list[str], progress: Progress) -> bool | None:
        """Build and write some accounts. False if time ran short before the last, None if the run is not staging."""
        if not self._is_staging():
            return None
        until = progress.done + len(refs)
        accounts: list[Account] = []
        pages: dict[str, list[Page]] = {}
        for at, ref in enumerate(refs):
            try:
                # Tested control: stage-watches-clock
                if at and self._job.short_of_time:
                    break
                outcome = builder.build(ref, self._accounts.get(ref, {}), self._old.get(ref))
            except OutOfTimeError:
                break
            add_outcome(progress.result, outcome, self._paths, with_events=self._run.base.run > 0)
            # Tested control: archived-stays-listed
            if outcome.entry:
                progress.entries.append(outcome.entry)
            if outcome.account:
                accounts.append(outcome.account)
                pages[ref] = outcome.sheets.written
            progress.done += 1
        sheets.stage(self._job.scope, pages)
        ledger_repo.stage(self._job.scope, accounts)
        return progress.done == until

    def _add_unchanged_and_unassigned(self, result: PartResult, same: list[DirectoryEntry]) -> None:
        add_unchanged(result, ((entry, self._same_tags(entry.ref)) for entry in same), self._entities, self._paths)
        context = self._context()
        for entity in self._entities:
            if lines := self._unassigned.get(entity.tag):
                findings, counted = check_unassigned(entity, map(raw_row, lines), context)
                result.add_counted(
                    entity.name, self._paths[entity.name], counted, RowChanges(0, 0, counted.rows - counted.rejected)
                )
                add_findings(result, findings, self._paths)
        result.active_before = sum(1 for entry in self._old.values() if not entry.archived)

    def _same_tags(self, ref: str) -> str:
        """The tags of the files that name an unchanged account."""
        lines = self._accounts.get(ref, {}).get(SAME)
        return record_of(lines[0]) if lines else ""

    def _conclude(self, progress: Progress, same: list[DirectoryEntry]) -> None:
        run, job = self._run, self._job
        entries = sorted([*same, *progress.entries])
        progress.result.accounts = len(entries)
        progress.result.members = members_of(entries)
        shard_run = run.base.shards[self._part % run.base.n]
        # Tested control: shard-rewritten-when-split
        if run.n != run.base.n or entries != sorted(self._old.values()):
            shard_run = run.number
            packed = directory.encode_shard(entries)
            shards.stage_shard(job.scope, n=run.n or 1, index=self._part, run=shard_run, packed=packed)
        if self._lines.data:
            self._put(lines_name(run=run.number, part=self._part), bytes(self._lines.data))
        results.put(job, run.number, self._part, progress.result)
        rows = sum(count.rows for count in progress.result.counts.values())
        part = Part(self._part, shard_run, rows, job.now)
        try:
            # Tested control: stage-part-requires-staging
            repo.commit(
                job.scope, [repo.write_part(job.scope, run.number, part), repo.still_staging(job.scope, run.number)]
            )
        except ConflictError:  # another copy was quicker and wrote the same, or the run has ended
            return

    def _builder(self) -> AccountBuilder:
        job, run = self._job, self._run

        @cache
        def bundle() -> Bundle:
            zipped = open_remote(job.scope, settings.load().inbox_bucket, run.name, etag=run.etag)
            return open_bundle(zipped, job.entities)

        context = self._context()
        path = next((self._paths[entity.name] for entity in self._entities if entity.attachment), "")
        copier = DocumentCopier(job, run.number, path, bundle)
        incomplete = frozenset(f.entity for f in run.files if f.unreadable)
        # Tested control: inference-uses-as-at
        ledger = LedgerBuilder(context.as_at, incomplete, copier, self._lines)
        return AccountBuilder(job, run, context, self._headers, incomplete, ledger)

    def _context(self) -> Context:
        if self._run.manifest is None:
            raise ValueError(f"run {self._run.number} has no manifest")
        headers = {
            entity: Header(raw, tuple(name.strip() for name in split(raw) or ()))
            for entity, raw in self._headers.items()
        }
        ageing = dealers.dealer(self._job.scope).ageing
        return Context(self._run.manifest.as_at, headers, self._entities, ageing=ageing, paths=self._paths)

    def _chunks(self) -> Iterator[bytes]:
        prefix = names.spread_prefix(self._run.number, self._run.n or 1, self._part)
        for name in blobs.list_names(self._job.scope, self._bucket, prefix):
            yield blobs.get(self._job.scope, self._bucket, name)

    def _old_shard(self) -> list[DirectoryEntry]:
        n, base = self._run.n or 1, self._run.base
        entries = directory.read_shard(self._job.scope, base, self._part % base.n)
        if n == base.n:
            return entries
        # Tested control: shard-split-by-hash
        return [entry for entry in entries if directory.shard_of(entry.ref, n) == self._part]

    def _restored(self) -> Progress:
        name = names.checkpoint(self._run.number, self._part)
        if not blobs.exists(self._job.scope, self._bucket, name):
            return Progress()
        progress = _PROGRESS.unpack(blobs.get(self._job.scope, self._bucket, name))
        self._lines.data = bytearray(progress.lines)
        return progress

    def _store(self, progress: Progress) -> None:
        name = names.checkpoint(self._run.number, self._part)
        progress.lines = bytes(self._lines.data)
        self._put(name, _PROGRESS.pack(progress))
        repo.note_progress(self._job.scope, self._run.number, self._job.now)

    def _put(self, name: str, data: bytes) -> None:
        blobs.put(self._job.scope, self._bucket, name, data, _BINARY)
