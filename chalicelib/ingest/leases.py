"""One bundle at a time for each dealer: run numbers, and taking and releasing the lease, each in one transaction."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from chalicelib.ccx.findings import BundleError
from chalicelib.ccx.manifest import Manifest
from chalicelib.ccx.messages import Message
from chalicelib.dealers import queries as dealers
from chalicelib.ingest import failures, held_task, repo
from chalicelib.ingest.awaited_eras import awaited_eras
from chalicelib.ingest.job import Job
from chalicelib.ingest.model import ImportRun, Lease, RunState, Upload, UploadState
from chalicelib.kernel.errors import ConflictError
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.store.audit import IMPORT
from chalicelib.store.backoff import attempts
from chalicelib.store.transactions import WriteItem

LEASE_TIMEOUT = timedelta(minutes=60)
"""How long a run may be silent. `resume` extends it while parts get done."""

T = TypeVar("T")


class LeaseHeldError(ConflictError):
    """Another bundle of this dealer is being read. This one waits in the inbox."""

    def __init__(self) -> None:
        super().__init__(lazy_gettext("Another export is being read. This one waits until it is done."))


def retry_on_conflict(attempt: Callable[[], T]) -> T:
    """Call again, from its reads on, while somebody else's write comes in between. Raises ConflictError at last."""
    failure: ConflictError | None = None
    for _ in attempts(5):
        try:
            return attempt()
        except LeaseHeldError:
            raise
        except ConflictError as error:
            failure = error
    raise failure or ConflictError(lazy_gettext("This could not be done"))


def begin(job: Job, upload: Upload, manifest: Manifest, content: str) -> ImportRun:
    """Take the lease for a new run of this upload; an expired one's run fails in the same transaction.

    Raises LeaseHeldError, or ConflictError where somebody was quicker.
    """
    lease, now = repo.lease(job.scope), job.now
    if not lease.is_free(now):
        raise LeaseHeldError
    run = _new_run(job, lease, upload, manifest, content)
    run = replace(run, eras=awaited_eras(job.scope, run.base))
    taken = replace(lease, last_run=run.number, run=run.number, expires_at=now + LEASE_TIMEOUT)
    export_id = str(manifest.export_id)
    # Tested control: lease-fails-expired-run
    repo.commit(
        job.scope,
        [
            repo.write_lease(job.scope, taken),
            repo.write_run(job.scope, run),
            repo.write_upload(job.scope, replace(upload, state=UploadState.TAKEN, run=run.number)),
            repo.write_export(job.scope, export_id, run=run.number, content=content),
            repo.write_audit(job.scope, run=run, event="import.opened", actor=run.uploaded_by, now=now, ids=job.ids),
            *_failing(job, lease.run),
        ],
    )
    return replace(run, version=1)


def _new_run(job: Job, lease: Lease, upload: Upload, manifest: Manifest | None, content: str) -> ImportRun:
    return ImportRun(
        number=lease.last_run + 1,
        state=RunState.STAGING,
        upload_id=upload.upload_id,
        name=upload.name,
        uploaded_by=upload.uploaded_by,
        opened_at=job.now,
        base=dealers.published(job.scope, fresh=True),
        manifest=manifest,
        content=content,
        etag=upload.etag,
    )


def _failing(job: Job, number: int | None) -> Iterable[WriteItem]:
    old = repo.run(job.scope, number) if number is not None else None
    if old and old.state is RunState.STAGING:
        ended = _ended(job, old, RunState.FAILED, failures.STALLED)
        yield repo.write_run(job.scope, ended)
        yield repo.write_audit(
            job.scope, run=old, event="import.failed", actor=IMPORT, now=job.now, ids=job.ids, code=ended.code
        )


def refuse_upload(
    job: Job, upload: Upload, error: BundleError | Message, manifest: Manifest | None = None
) -> ImportRun:
    """Leave a refused run for an upload that was never begun, so that its page says why."""

    def attempt() -> ImportRun:
        lease = repo.lease(job.scope)
        run = _ended(job, _new_run(job, lease, upload, manifest, ""), RunState.REFUSED, error)
        repo.commit(
            job.scope,
            [
                repo.write_lease(job.scope, replace(lease, last_run=run.number)),
                repo.write_run(job.scope, run),
                repo.write_upload(job.scope, replace(upload, state=UploadState.TAKEN, run=run.number)),
                repo.write_audit(
                    job.scope, run=run, event="import.refused", actor=IMPORT, now=job.now, ids=job.ids, code=run.code
                ),
            ],
        )
        return run

    return retry_on_conflict(attempt)


def end(
    job: Job,
    number: int,
    state: RunState,
    failure: Message | BundleError,
    *,
    actor: str = IMPORT,
    where: Callable[[ImportRun], bool] = lambda _: True,
) -> ImportRun | None:
    """End a run that is staging or held without applying it, and give the lease back.

    None if it had ended before, or is not one `where` this is wanted.
    """

    def attempt() -> ImportRun | None:
        run = repo.run(job.scope, number)
        if run is None or run.state not in {RunState.STAGING, RunState.HELD} or not where(run):
            return None
        ended = _ended(job, run, state, failure)
        repo.commit(
            job.scope,
            [
                repo.write_run(job.scope, ended),
                *released(job, number),
                *held_task.closed(job, run),
                repo.write_audit(
                    job.scope,
                    run=run,
                    event=f"import.{state.value}",
                    actor=actor,
                    now=job.now,
                    ids=job.ids,
                    code=ended.code,
                ),
            ],
        )
        return ended

    return retry_on_conflict(attempt)


def _ended(job: Job, run: ImportRun, state: RunState, failure: Message | BundleError) -> ImportRun:
    message, file = (failure.stored_message, failure.file) if isinstance(failure, BundleError) else (failure, None)
    return replace(run, state=state, ended_at=job.now, code=message.code.value, message=message, file=file)


def released(job: Job, number: int, *, finalising: int | None = None) -> list[WriteItem]:
    """The item that gives the lease back if this run holds it, and notes the run that is yet to be finalised."""
    lease = repo.lease(job.scope)
    mine = lease.run == number
    if not mine and finalising is None:
        return []
    given = replace(
        lease,
        run=None if mine else lease.run,
        expires_at=None if mine else lease.expires_at,
        finalising=lease.finalising if finalising is None else lease.finalising | {finalising},
    )
    return [repo.write_lease(job.scope, given)]
