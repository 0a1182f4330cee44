"""The last step, after the decision: the report, events, and runs that this one overtook. It may stop and go on."""

from collections.abc import Iterator
from dataclasses import replace
from heapq import nsmallest

from chalicelib import settings
from chalicelib.ccx.findings import FINDINGS, Finding
from chalicelib.dealers import queries as dealers
from chalicelib.ingest import leases, names, repo
from chalicelib.ingest.job import Job
from chalicelib.ingest.model import ImportRun, RunState
from chalicelib.ingest.report import rejects_csv
from chalicelib.ingest.steps import messages, results
from chalicelib.ingest.steps.publish import refuse_overtaken
from chalicelib.store import blobs
from chalicelib.store.transactions import WriteItem

MOST_REPORTED = 50_000
"""Rows in the report. A file with more is not mended row by row."""
ON_PAGE = 100


def settle(job: Job, number: int, first_part: int = 0) -> None:
    """Do what follows from the decision on a run. No effect if it is done, or nothing was decided."""
    run = repo.run(job.scope, number)
    if run is None or run.state is RunState.STAGING or not run.n:
        return
    if run.settled_at is None and run.swept_at is None:  # of a swept run nothing is left to tell
        if first_part == 0:
            _report(job, run)
            refuse_overtaken(job)
        if run.state is RunState.PUBLISHED and not _tell(job, run, first_part):
            return
        if run.state is not RunState.HELD:
            _tidy(job, run)
    leases.retry_on_conflict(lambda: _conclude(job, run))


def _report(job: Job, run: ImportRun) -> None:
    for severity, name in (("error", names.rejects), ("warning", names.warnings)):
        found = (finding for finding in _found(job, run) if finding.severity == severity)
        _write(job, name(run.number), nsmallest(MOST_REPORTED, found, key=lambda f: (f.file, f.line, f.column)))


def _found(job: Job, run: ImportRun) -> Iterator[Finding]:
    yield from run.warnings
    for result in results.of(job, run):
        yield from result.findings


def _write(job: Job, name: str, rows: list[Finding]) -> None:
    bucket = settings.load().files_bucket
    text = "".join(rejects_csv(rows)).encode("utf-8-sig")  # a spreadsheet takes it for cp1252 without the mark
    blobs.put(job.scope, bucket, f"{name}.csv", text, "text/csv; charset=utf-8")
    blobs.put(job.scope, bucket, f"{name}.json", FINDINGS.dump_json(rows[:ON_PAGE]), "application/json")


def _tell(job: Job, run: ImportRun, first_part: int) -> bool:
    """Write the events, put if absent. False if time ran short and another call goes on."""
    current = dealers.published(job.scope, fresh=True)
    for part, result in enumerate(results.of(job, run)):
        if part < first_part:
            continue
        if part > first_part and job.short_of_time:
            messages.send(job, "settle", run=run.number, part=part)
            return False
        for event in result.events:
            repo.put_event(job.scope, event, run=run.number, now=run.opened_at, current=current)
    return True


def _tidy(job: Job, run: ImportRun) -> None:
    """Raw rows and checkpoints have served: the bundle itself stays in the inbox."""
    bucket = settings.load().files_bucket
    for prefix in (names.rows_prefix(run.number), names.checkpoints_prefix(run.number)):
        blobs.delete(job.scope, bucket, blobs.list_names(job.scope, bucket, prefix))


def _conclude(job: Job, settled: ImportRun) -> None:
    """Note that it is done; not so where another decision came in between, which is settled by its own message."""
    number = settled.number
    lease, run = repo.lease(job.scope), repo.run(job.scope, number)
    if run is None or run.state is not settled.state:
        return
    items: list[WriteItem] = []
    if run.settled_at is None:
        items.append(repo.write_run(job.scope, replace(run, settled_at=job.now)))
    if number in lease.settling:
        items.append(repo.write_lease(job.scope, replace(lease, settling=lease.settling - {number})))
    repo.commit(job.scope, items)
