"""Messages that failed in every attempt: the run they belong to fails, and the dealer's next export may come in."""

from collections.abc import Callable
from dataclasses import replace

from chalicelib.ingest import failures, leases, repo
from chalicelib.ingest.job import Job
from chalicelib.ingest.maintenance.inbox import NAME, new_upload, next_waiting
from chalicelib.ingest.model import ImportRun, RunState, UploadState
from chalicelib.ingest.steps import publish


def fail_step(job: Job, *, step: str, number: int) -> None:
    """A step of a run can never be done. A decision stands; only its report may be missing."""
    if step == "finalise":
        leases.retry_on_conflict(lambda: _give_up_finalising(job, number))
        return
    _fail(job, number, lambda run: run.state is RunState.STAGING)


def _fail(job: Job, number: int, where: Callable[[ImportRun], bool]) -> None:
    if leases.end(job, number, RunState.FAILED, failures.POISON, where=where):
        publish.wake_inbox(job)


def _give_up_finalising(job: Job, number: int) -> None:
    lease = repo.lease(job.scope)
    if number in lease.finalising:
        left = replace(lease, finalising=lease.finalising - {number})
        repo.commit(job.scope, [repo.write_lease(job.scope, left)])


def fail_upload(job: Job, *, name: str) -> None:
    """The news of a bundle failed in every attempt: one that cannot be opened fails, or leaves a run that says so.

    One that was opened, or waits for its turn, is well: something else went wrong.
    """
    match = NAME.fullmatch(name)
    if match is None:
        return
    upload = repo.upload(job.scope, match["upload_id"]) or new_upload(name, job.now)
    if upload.run is not None:
        _fail(job, upload.run, lambda run: run.state is RunState.STAGING and run.n is None)
    elif upload.state is UploadState.BEGUN:
        leases.refuse_upload(job, upload, failures.POISON)


def fail_turn(job: Job) -> None:
    """The bundle whose turn it is cannot be begun: it must not keep the others waiting."""
    first = next_waiting(job)
    if first is not None and repo.lease(job.scope).is_free(job.now):
        leases.refuse_upload(job, first, failures.POISON)
        publish.wake_inbox(job)
