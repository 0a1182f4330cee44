"""The fourth step: one transaction makes a whole run true for the whole dealer, or sets it aside."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from chalicelib.ccx.entity import Absence
from chalicelib.ccx.messages import Message
from chalicelib.dealers import queries as dealers
from chalicelib.dealers import repo as dealer_repo
from chalicelib.dealers.publication import Published
from chalicelib.ingest import failures, held_task, leases, repo
from chalicelib.ingest.job import Job
from chalicelib.ingest.model import ImportRun, Part, RunState
from chalicelib.ingest.steps import messages
from chalicelib.ingest.summary import Summary
from chalicelib.kernel.errors import ConflictError
from chalicelib.store.audit import IMPORT
from chalicelib.store.transactions import WriteItem


def publish(
    job: Job,
    run: ImportRun,
    parts: Mapping[int, Part],
    summary: Summary,
    *,
    actor: str = IMPORT,
    also: Iterable[WriteItem] = (),
) -> bool:
    """Make the run true, and write `also` with it.

    False if it is of a past generation (then it is refused) or somebody decided before.
    """
    current = dealers.published(job.scope, fresh=True)
    # Tested control: publish-same-generation
    if current.generation != run.base.generation:
        overtaken = failures.overtaken(by=current, base=run.base)
        leases.end(job, run.number, RunState.REFUSED, overtaken)
        wake_inbox(job)
        return False
    following = _next(job, current, run, parts, summary)
    audit = repo.write_audit(
        job.scope, run=run, event="import.published", actor=actor, now=job.now, ids=job.ids, rows=summary.rows
    )
    # Tested control: publish-writes-run
    writes = [
        dealer_repo.advance(job.scope, expected_generation=current.generation, new=following),
        repo.write_run(job.scope, _published(run, summary, actor, job.now)),
        *leases.released(job, run.number, finalising=run.number),
        *held_task.closed(job, run),
        audit,
        *also,
    ]
    try:
        repo.commit(job.scope, writes)
    except ConflictError:
        if _is_still(job, run):
            raise
        return False
    dealers.forget_published(job.scope)
    messages.send(job, "finalise", run=run.number)
    wake_inbox(job)
    return True


def _published(run: ImportRun, summary: Summary, actor: str, now: datetime) -> ImportRun:
    return replace(
        run,
        state=RunState.PUBLISHED,
        gated_at=run.gated_at or now,
        ended_at=now,
        finalised_at=None,  # a held one was finalised as held; what follows from publishing it is yet to come
        summary=summary,
        decided_by=actor,
    )


def _next(job: Job, current: Published, run: ImportRun, parts: Mapping[int, Part], summary: Summary) -> Published:
    if run.manifest is None:
        raise ValueError(f"run {run.number} has no manifest")
    # Tested control: shards-named-by-run
    following = current.followed_by(
        run.number,
        shards=tuple(parts[part].shard_run for part in run.parts),
        as_at=run.manifest.as_at,
        received_at=run.opened_at.astimezone(UTC),
        sequence=run.manifest.sequence,
        export_id=str(run.manifest.export_id),
        totals_agree=summary.totals_agree,
        sheets=run.sheets,
        totals=summary.totals_by_currency,
    )
    owed = (entity.name for entity in job.entities if entity.absence is Absence.SETTLED)
    return replace(following, totals_known=summary.totals_known and all(map(summary.file, owed)))


def hold(job: Job, run: ImportRun, summary: Summary, reasons: tuple[Message, ...]) -> None:
    """Set the run aside for the dealer's staff to decide. The lease goes back, so that a newer export may come in."""
    held = replace(run, state=RunState.HELD, gated_at=job.now, ended_at=job.now, summary=summary, reasons=reasons)
    _end_run(job, run, held, "import.held", also=(held_task.opened(job, held),))


def refuse(job: Job, run: ImportRun, summary: Summary, reasons: tuple[Message, ...]) -> None:
    """Refuse the run for what is in it, the first reason above all. What it wrote is swept later."""
    refused = replace(
        run,
        state=RunState.REFUSED,
        gated_at=job.now,
        ended_at=job.now,
        summary=summary,
        reasons=reasons,
        code=reasons[0].code.value,
        message=reasons[0],
    )
    _end_run(job, run, refused, "import.refused")


def _end_run(job: Job, run: ImportRun, ended: ImportRun, event: str, *, also: Iterable[WriteItem] = ()) -> None:
    try:
        repo.commit(
            job.scope,
            [
                repo.write_run(job.scope, ended),
                *leases.released(job, run.number, finalising=run.number),
                repo.write_audit(
                    job.scope, run=run, event=event, actor=IMPORT, now=job.now, ids=job.ids, code=ended.code
                ),
                *also,
            ],
        )
    except ConflictError:
        if _is_still(job, run):
            raise
        return
    messages.send(job, "finalise", run=run.number)
    wake_inbox(job)


def _is_still(job: Job, run: ImportRun) -> bool:
    """Whether the run is in the state it was read in, so that trying again is worth it."""
    again = repo.run(job.scope, run.number)
    return again is not None and again.state is run.state


def wake_inbox(job: Job) -> None:
    """The lease is free: see what waits in the inbox."""
    messages.send(job, "collect")


def refuse_overtaken(job: Job) -> None:
    """Held runs that rest on what is no longer published can never be approved."""
    current = dealers.published(job.scope, fresh=True)
    for run in repo.newest_runs(job.scope, limit=50):
        if run.state is RunState.HELD and run.base.generation != current.generation:
            leases.end(job, run.number, RunState.REFUSED, failures.overtaken(by=current, base=run.base))
