"""The last step, after the decision: the report, events, and runs that this one overtook. It may stop and go on."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, timedelta

from chalicelib import settings
from chalicelib.alerts.digests.model import RUN_NEWS
from chalicelib.ingest import leases, names, repo, report
from chalicelib.ingest.findings_by_cause import FindingsByCause
from chalicelib.ingest.job import Job
from chalicelib.ingest.model import ImportRun, RunState
from chalicelib.ingest.part_result import Event, TouchedAccount
from chalicelib.ingest.steps import corrected_addresses, messages, results, shown_changes
from chalicelib.ingest.steps.publish import refuse_overtaken
from chalicelib.ingest.stored_findings import GROUPS
from chalicelib.kernel.ids import Ids
from chalicelib.store import blobs
from chalicelib.store.outbox import outbox_item
from chalicelib.store.transactions import Put, WriteItem

NEWS_FOR = timedelta(days=3)
"""How old an export may be whose news customers are told: over a weekend, and not from an archive."""
EVENTS_AT_ONCE = 250
"""Events written between two looks at the clock: ten batches."""


def finalise(job: Job, number: int, first_part: int = 0, first_event: int = 0, first_changes: int = 0) -> None:
    """Do what follows from the decision on a run. No effect if it is done, or nothing was decided.

    An earlier call has recorded the events before `first_event` of part `first_part`, and has called the entities'
    `after` with the changes in the parts before `first_changes`.
    """
    run = repo.run(job.scope, number)
    if run is None or run.state is RunState.STAGING or not run.n:
        return
    # Tested control: finalise-once
    if run.finalised_at is None and run.swept_at is None:  # of a swept run nothing is left to report
        if first_part == first_event == 0:
            _report(job, run)
            refuse_overtaken(job)
        if run.state is RunState.PUBLISHED and not (
            _record_events(job, run, first_part, first_event) and _run_after_hooks(job, run, first_changes)
        ):
            return
        if run.state is RunState.PUBLISHED:
            shown_changes.close(job)
            corrected_addresses.close(job)
        if run.state is not RunState.HELD:
            _delete_work_files(job, run)
    leases.retry_on_conflict(lambda: _conclude(job, run))


def _report(job: Job, run: ImportRun) -> None:
    """What was found, and which accounts it changes, from one pass over the results."""
    files = {file.path: at for at, file in enumerate(run.files)}
    errors, warnings = FindingsByCause(files), FindingsByCause(files)
    touched: list[TouchedAccount] = []
    for finding in run.warnings:
        warnings.add(finding)
    for result in results.of(job, run):
        touched += result.touched
        for finding in result.findings:
            (errors if finding.severity == "error" else warnings).add(finding)
        warnings.count(result.left_out)
    bucket = settings.load().files_bucket
    for findings, name in ((errors, names.rejects(run.number)), (warnings, names.warnings(run.number))):
        found = findings.first()
        groups = findings.groups(found)
        blobs.put(job.scope, bucket, f"{name}.all", report.ALL.pack(found), "application/octet-stream")
        blobs.put(job.scope, bucket, f"{name}.json", GROUPS.dump_json(groups), "application/json")
    packed = report.TOUCHED.pack(touched)
    blobs.put(job.scope, bucket, names.touched_accounts(run.number), packed, "application/octet-stream")


def _record_events(job: Job, run: ImportRun, first_part: int, first_event: int) -> bool:
    """Write the events of a published run. False if time ran short and another call goes on from there."""
    for part, at, events in _events(job, run, first_part, first_event):
        if (part, at) != (first_part, first_event) and job.short_of_time:
            messages.send(job, "finalise", run=run.number, part=part, event=at)
            return False
        repo.write_events(job.scope, events, run=run.number, now=run.opened_at)
    return True


def _events(job: Job, run: ImportRun, first_part: int, first_event: int) -> Iterator[tuple[int, int, list[Event]]]:
    """Some events at a time, with their place: the part's position among the results, and the offset in it."""
    for part, result in enumerate(results.of(job, run)):
        if part < first_part:
            continue
        first = first_event if part == first_part else 0
        for at in range(first, len(result.events), EVENTS_AT_ONCE):
            yield part, at, result.events[at : at + EVENTS_AT_ONCE]


def _run_after_hooks(job: Job, run: ImportRun, first: int) -> bool:
    """Call what the declarations want to be called with changed rows. False if time ran short."""
    entities = [entity for entity in job.entities if entity.after]
    for part, result in enumerate(results.of(job, run) if entities else ()):
        if part < first:
            continue
        if part > first and job.short_of_time:
            all_parts = (run.n or 0) + 1  # of events nothing is left
            messages.send(job, "finalise", run=run.number, part=all_parts, changes=part)
            return False
        for entity in entities:
            if entity.after and (changes := result.changes.get(entity.name)):
                entity.after(job.scope, run.number, changes)
    return True


def _delete_work_files(job: Job, run: ImportRun) -> None:
    """Raw rows and checkpoints have served: the bundle itself stays in the inbox."""
    bucket = settings.load().files_bucket
    for prefix in (names.rows_prefix(run.number), names.checkpoints_prefix(run.number)):
        blobs.delete(job.scope, bucket, blobs.list_names(job.scope, bucket, prefix))


def _is_news(run: ImportRun) -> bool:
    """Not of the first export, with which everything is new, nor of one of long ago that is imported again."""
    # Tested control: first-run-is-no-news
    if not run.base.run or run.manifest is None:
        return False
    # Tested control: old-export-is-no-news
    return run.opened_at.astimezone(UTC).date() - run.manifest.as_at <= NEWS_FOR


def _news(job: Job, run: ImportRun) -> Put:
    """Has those told to whom it has brought something. Put again, it is the same."""
    item = outbox_item(
        job.scope,
        kind=RUN_NEWS,
        payload={"run": run.number, "before": run.base.run},
        now=run.opened_at,
        ids=Ids(random_bytes=lambda length: run.number.to_bytes(length, "big")),
    )
    return Put(item)


def _conclude(job: Job, done: ImportRun) -> None:
    """Note that it is done; not so where another decision came in between, which has a message of its own."""
    number = done.number
    lease, run = repo.lease(job.scope), repo.run(job.scope, number)
    if run is None or run.state is not done.state:
        return
    items: list[WriteItem] = []
    if run.finalised_at is None:
        items.append(repo.write_run(job.scope, replace(run, finalised_at=job.now)))
        if run.state is RunState.PUBLISHED and _is_news(run):
            items.append(_news(job, run))
    if number in lease.finalising:
        items.append(repo.write_lease(job.scope, replace(lease, finalising=lease.finalising - {number})))
    repo.commit(job.scope, items)
