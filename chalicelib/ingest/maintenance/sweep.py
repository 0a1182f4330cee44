"""Days later: what nobody can read any more is deleted. A number leaves `skipped` only when all of it has gone."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace

from chalicelib import settings
from chalicelib.customers.directory import repo as slices
from chalicelib.dealers import queries as dealers
from chalicelib.dealers import repo as dealer_repo
from chalicelib.dealers.publication import Published
from chalicelib.documents.model import document_name
from chalicelib.ingest import failures, leases, names, repo
from chalicelib.ingest.job import Job
from chalicelib.ingest.model import DEAD, DECIDABLE, SWEEPABLE, ImportRun, RunState
from chalicelib.kernel.errors import ConflictError
from chalicelib.ledger import repo as ledger_repo
from chalicelib.store import blobs

AT_ONCE = 500
"""Runs read at once."""


def sweep(job: Job) -> None:
    """Sweep the dealer's runs that ended a week ago. Stops when time is short; the next day goes on."""
    for run in _unswept(job):
        if job.short_of_time:
            return
        if run.ended_at is None:
            continue
        if run.state is RunState.HELD and job.now - run.ended_at > DECIDABLE:
            leases.end(job, run.number, RunState.REFUSED, failures.EXPIRED)
        elif job.now - (run.undone_at or run.ended_at) > SWEEPABLE:
            _sweep_run(job, run)
    _forget_skipped(job)


def _unswept(job: Job) -> list[ImportRun]:
    """Oldest first. They are swept in that order, so older than many swept ones there are none."""
    found: list[ImportRun] = []
    below: int | None = None
    while page := repo.newest_runs(job.scope, below=below, limit=AT_ONCE):
        unswept = [run for run in page if run.swept_at is None]
        if not unswept:
            break
        found += unswept
        below = page[-1].number
    return found[::-1]


def _sweep_run(job: Job, run: ImportRun) -> None:
    current = dealers.published(job.scope, fresh=True)
    if run.state in DEAD:
        _delete_written(job, run)
    elif run.state is RunState.PUBLISHED and current.shows(run.number):
        _delete_superseded(job, run)
    else:
        return
    try:
        repo.commit(job.scope, [repo.write_run(job.scope, replace(run, swept_at=job.now))])
    except ConflictError:  # another sweep was quicker
        return


def _delete_written(job: Job, run: ImportRun) -> None:
    """Everything that ends in a dead run's number."""
    scope, bucket = job.scope, settings.load().files_bucket
    for ref in _changed(job, run):
        ledger_repo.sweep(scope, ref, run.number)
    slices.sweep_slices(scope, run=run.number)
    repo.delete_events(scope, run.number)
    for prefix in (names.documents_prefix(run.number), names.lines_prefix(run.number), names.run_prefix(run.number)):
        blobs.delete(scope, bucket, blobs.list_names(scope, bucket, prefix))
    repo.delete_parts(scope, run.number)


def _delete_superseded(job: Job, run: ImportRun) -> None:
    """Of the accounts that a published run wrote, what older runs had written; the slices that it replaced; its work.

    Its reports stay.
    """
    scope, bucket = job.scope, settings.load().files_bucket
    for ref in _changed(job, run):
        gone = ledger_repo.superseded_documents(scope, ref, run.number)
        blobs.delete(scope, bucket, [document_name(run=of, ref=ref, document_id=name) for name, of in sorted(gone)])
        ledger_repo.sweep_older(scope, ref, run.number)
    rewritten = {part.number for part in repo.parts(job.scope, run.number).values() if part.slice_run == run.number}
    replaced = {at: was for at, was in enumerate(run.base.slices) if was and (run.n != run.base.n or at in rewritten)}
    slices.delete_slices(scope, n=run.base.n, runs=replaced)
    work = names.rows_prefix, names.checkpoints_prefix, names.results_prefix, names.changed_prefix
    for prefix in work:
        blobs.delete(scope, bucket, blobs.list_names(scope, bucket, prefix(run.number)))
    repo.delete_parts(scope, run.number)


def _changed(job: Job, run: ImportRun) -> Iterator[str]:
    bucket = settings.load().files_bucket
    for name in blobs.list_names(job.scope, bucket, names.changed_prefix(run.number)):
        yield from json.loads(blobs.get(job.scope, bucket, name))


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
        if run is not None and run.swept_at is not None and run.state in DEAD and not current.shows(number):
            yield number
