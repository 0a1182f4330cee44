"""Messages that failed in every attempt: the run they belong to fails, and the dealer's next export may come in."""

from dataclasses import replace

from chalicelib.ingest import failures, leases, repo
from chalicelib.ingest.codes import Code
from chalicelib.ingest.findings import BundleError
from chalicelib.ingest.job import Job
from chalicelib.ingest.model import RunState
from chalicelib.ingest.steps import publish
from chalicelib.ingest.upkeep.collect import NAME, new_upload


def bury_step(job: Job, *, step: str, number: int) -> None:
    """A step of a run can never be done. A settled decision stands; only its report may be missing."""
    if step == "settle":
        leases.repeated(lambda: _give_up_settling(job, number))
        return
    if leases.end(job, number, RunState.FAILED, failures.POISON):
        publish.after_end(job)


def _give_up_settling(job: Job, number: int) -> None:
    lease = repo.lease(job.scope)
    if number in lease.settling:
        left = replace(lease, settling=lease.settling - {number})
        repo.commit(job.scope, [repo.lease_piece(job.scope, left)])


def bury_upload(job: Job, *, name: str) -> None:
    """A bundle can never be opened: its run fails, or one is left that says so."""
    match = NAME.fullmatch(name)
    if match is None:
        return
    upload = repo.upload(job.scope, match["upload_id"]) or new_upload(name, job.now)
    if upload.run is not None:
        bury_step(job, step="open", number=upload.run)
    elif upload.state in {"begun", "waiting"}:
        leases.refuse_upload(job, upload, BundleError(Code.B001_NOT_A_ZIP))
