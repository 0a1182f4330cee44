"""Days later: what nobody can read any more is deleted. A number leaves `skipped` only when all of it has gone."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace

from chalicelib import settings
from chalicelib.customers.directory import repo as shards
from chalicelib.dealers import queries as dealers
from chalicelib.dealers import repo as dealer_repo
from chalicelib.dealers.publication import Published
from chalicelib.documents.model import document_name
from chalicelib.ingest import failures, leases, names, repo
from chalicelib.ingest.job import Job
from chalicelib.ingest.model import DEAD, DECIDABLE, SWEEPABLE, ImportRun, RunState
from chalicelib.ingest.steps import messages
from chalicelib.kernel.errors import ConflictError
from chalicelib.ledger import repo as ledger_repo
from chalicelib.sheets import repo as sheets
from chalicelib.store import blobs

MAX_RUNS = 500
"""Runs read at once."""
MAX_ACCOUNTS = 50
"""Accounts between two looks at the clock: their heads, old and new, are one BatchGet."""


def sweep(job: Job) -> None:
    """Sweep the dealer's runs that ended a week ago. Short of time it goes on in another call, from where it was."""
    if not _sweep_runs(job):
        messages.send(job, "sweep")


def _sweep_runs(job: Job) -> bool:
    """False if time ran short."""
    for run in _unswept(job):
        if job.short_of_time:
            return False
        if run.ended_at is None:
            continue
        if run.state is RunState.HELD and job.now - run.ended_at > DECIDABLE:
            leases.end(job, run.number, RunState.REFUSED, failures.EXPIRED)
        elif job.now - (run.undone_at or run.ended_at) > SWEEPABLE and not _sweep_run(job, run):
            return False
    _forget_skipped(job)
    return True


def _unswept(job: Job) -> list[ImportRun]:
    """Oldest first. They are swept in that order, so nothing older remains."""
    found: list[ImportRun] = []
    below: int | None = None
    while page := repo.newest_runs(job.scope, below=below, limit=MAX_RUNS):
        unswept = [run for run in page if run.swept_at is None]
        if not unswept:
            break
        found += unswept
        below = page[-1].number
    return found[::-1]


def _sweep_run(job: Job, run: ImportRun) -> bool:
    """False if time ran short before all of it was deleted."""
    current = dealers.published(job.scope, fresh=True)
    # Tested control: sweep-visible-only
    if run.state in DEAD:
        if not _delete_written(job, run):
            return False
    # Tested control: sweep-dead-runs
    elif run.state is RunState.PUBLISHED and current.shows(run.number):
        if not _delete_superseded(job, run):
            return False
    else:
        return True
    with suppress(ConflictError):  # another sweep was quicker
        repo.commit(job.scope, [repo.write_run(job.scope, replace(run, swept_at=job.now))])
    return True


def _delete_written(job: Job, run: ImportRun) -> bool:
    """Everything that ends in a dead run's number."""
    scope = job.scope

    def written(accounts: Mapping[str, int]) -> None:
        # Tested control: sweep-deletes-written
        ledger_repo.delete(scope, (key for ref in accounts for key in ledger_repo.run_keys(scope, ref, run.number)))

    if not _each_changed(job, run, written):
        return False
    for name, sheet in run.sheets.items():
        # Tested control: sweep-deletes-run-files
        if sheet.run == run.number:
            sheets.delete_dealer(scope, name, sheet.run)
    shards.sweep_shards(scope, run=run.number)
    repo.delete_events(scope, run.number)
    # Tested control: sweep-deletes-files
    for prefix in (names.documents_prefix(run.number), names.lines_prefix(run.number), names.run_prefix(run.number)):
        _delete_objects(job, prefix)
    repo.delete_parts(scope, run.number)
    return True


def _delete_superseded(job: Job, run: ImportRun) -> bool:
    """What the heads that a published run replaced name and its own do not; the shards that it replaced; its work.

    Its reports stay.
    """
    scope, bucket = job.scope, settings.load().files_bucket

    def replaced(accounts: Mapping[str, int]) -> None:
        gone = ledger_repo.superseded(scope, {ref: old for ref, old in accounts.items() if old}, run.number)
        documents = sorted(gone.documents)
        blobs.delete(scope, bucket, [document_name(run=of, ref=ref, document_id=one) for ref, one, of in documents])
        ledger_repo.delete_superseded(scope, gone)

    if run.base.run and not _each_changed(job, run, replaced):  # before a dealer's first run there was nothing
        return False
    rewritten = {part.number for part in repo.parts(scope, run.number).values() if part.shard_run == run.number}
    old = {at: was for at, was in enumerate(run.base.shards) if was and (run.n != run.base.n or at in rewritten)}
    shards.delete_shards(scope, n=run.base.n, runs=old)
    for name, sheet in run.base.sheets.items():
        if name not in run.sheets or run.sheets[name].run != sheet.run:
            sheets.delete_dealer(scope, name, sheet.run)
    for prefix in (names.rows_prefix, names.checkpoints_prefix, names.results_prefix, names.changed_prefix):
        _delete_objects(job, prefix(run.number))
    repo.delete_parts(scope, run.number)
    return True


def _delete_objects(job: Job, prefix: str) -> None:
    bucket = settings.load().files_bucket
    blobs.delete(job.scope, bucket, blobs.list_names(job.scope, bucket, prefix))


def _each_changed(job: Job, run: ImportRun, delete: Callable[[Mapping[str, int]], None]) -> bool:
    """Call `delete` for the accounts that the run may have written, some at a time. False if time ran short.

    The lists of changed accounts remember the place: those that are done are taken off.
    """
    bucket = settings.load().files_bucket
    for name in blobs.list_names(job.scope, bucket, names.changed_prefix(run.number)):
        changed: dict[str, int] = json.loads(blobs.get(job.scope, bucket, name))
        refs = list(changed)
        for at in range(0, len(refs), MAX_ACCOUNTS):
            delete({ref: changed[ref] for ref in refs[at : at + MAX_ACCOUNTS]})
            rest = refs[at + MAX_ACCOUNTS :]
            if rest and job.short_of_time:
                left = json.dumps({ref: changed[ref] for ref in rest}).encode()
                blobs.put(job.scope, bucket, name, left, "application/json")
                return False
        blobs.delete(job.scope, bucket, [name])
        if job.short_of_time:
            return False
    return True


def _forget_skipped(job: Job) -> None:
    """Take swept numbers out of `skipped`."""
    current = dealers.published(job.scope, fresh=True)
    gone = frozenset(_swept(job, current, current.skipped))
    if gone:
        try:
            repo.commit(job.scope, [dealer_repo.replace_swept(job.scope, before=current, runs=gone)])
        except ConflictError:  # something was published meanwhile; tomorrow is soon enough
            return


def _swept(job: Job, current: Published, numbers: Iterable[int]) -> Iterator[int]:
    for number in numbers:
        run = repo.run(job.scope, number)
        # Tested control: sweep-before-unskip
        if run is not None and run.swept_at is not None and run.state in DEAD and not current.shows(number):
            yield number
