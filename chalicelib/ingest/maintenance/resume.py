"""The run record alone resumes an import: what the queues have lost is sent again, and who stays silent is failed."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.ingest import failures, leases, repo
from chalicelib.ingest.job import Job
from chalicelib.ingest.model import ImportRun, Lease, Part, RunState
from chalicelib.ingest.steps import messages, publish
from chalicelib.kernel.errors import ConflictError

STALL_AFTER = timedelta(minutes=3)
"""Longer than a message takes: after so long without a part done, the rest is sent again."""


def resume(job: Job) -> None:
    """See to the dealer's run that is being read, and to those not yet finalised. One read where there is nothing."""
    lease = repo.lease(job.scope)
    # Tested control: resume-finalises
    for number in sorted(lease.finalising):
        run = repo.run(job.scope, number)
        if run is not None and run.ended_at and job.now - run.ended_at > STALL_AFTER:
            messages.send(job, "finalise", run=number)
    if lease.run is None:
        return
    run = repo.run(job.scope, lease.run)
    if run is not None and run.state is RunState.STAGING:
        _resume(job, lease, run)


def _resume(job: Job, lease: Lease, run: ImportRun) -> None:
    parts = repo.parts(job.scope, run.number)
    last_done = _last_done(job, run, parts)
    if job.now - max(last_done, run.resent_at or run.opened_at) < STALL_AFTER:
        _prolong(job, lease, last_done + leases.LEASE_TIMEOUT)
        return
    progressed = run.resent_at is None or last_done > run.resent_at
    if lease.has_expired(job.now) and not progressed:
        leases.end(job, run.number, RunState.FAILED, failures.STALLED)
        publish.wake_inbox(job)
        return
    nudged = replace(run, resent_at=job.now)
    held = replace(lease, expires_at=job.now + leases.LEASE_TIMEOUT) if progressed else lease
    try:
        repo.commit(job.scope, [repo.write_run(job.scope, nudged), repo.write_lease(job.scope, held)])
    except ConflictError:  # it has moved on in this very moment
        return
    # Tested control: resume-resends-parts
    _send_again(job, run, parts)


def _last_done(job: Job, run: ImportRun, parts: Mapping[int, Part]) -> datetime:
    """When something of the run was done last: a part, or a step of a large part."""
    item = repo.last_progress(job.scope, run.number) or run.opened_at
    return max([run.opened_at, item, *(part.done_at for part in parts.values())])


def _prolong(job: Job, lease: Lease, until: datetime) -> None:
    """A run that goes on keeps the lease, however long it takes."""
    if lease.expires_at is not None and until > lease.expires_at:
        with suppress(ConflictError):  # it has moved on in this very moment
            repo.commit(job.scope, [repo.write_lease(job.scope, replace(lease, expires_at=until))])


def _send_again(job: Job, run: ImportRun, parts: Mapping[int, Part]) -> None:
    if run.n is None:
        messages.send(job, "open", run=run.number)
    elif len(parts) == run.n:
        messages.send(job, "gate", run=run.number)
    else:
        messages.send_parts(job, run, (part for part in run.parts if part not in parts))
