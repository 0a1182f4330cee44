"""The inbox: what has arrived there is checked, and imported in its order, one bundle at a time."""

import re
from dataclasses import replace
from datetime import datetime, timedelta

from ulid import ULID

from chalicelib import settings
from chalicelib.dealers.queries import is_suspended
from chalicelib.ingest import leases, names, repo
from chalicelib.ingest.job import Job
from chalicelib.ingest.model import RunState, Upload, UploadState
from chalicelib.ingest.steps import messages
from chalicelib.ingest.steps import open as opening
from chalicelib.ingest.uploader import Uploader, UploaderKind
from chalicelib.kernel.errors import NotFoundError
from chalicelib.observability import logger
from chalicelib.store import blobs

NAME = re.compile(r"inbox/(?P<upload_id>[0-7][0-9A-HJKMNP-TV-Z]{25})/(?P<file>[A-Za-z0-9._-]{1,120})")
LOOK_BACK = timedelta(days=3)
_STAMP = 4
"""Characters of a ULID that stand for its time to 12 days: a listing by them finds every recent upload."""


def arrived(job: Job, *, name: str, etag: str | None = None) -> None:
    """An object has come into the inbox: look at it, and take what waits. The same object again has no effect."""
    upload = leases.retry_on_conflict(lambda: _arrived(job, name, etag))
    if upload is not None and upload.state is UploadState.TAKEN and upload.run is not None:
        resume_open(job, upload.run)
    try:
        start_next(job)
    except Exception:  # noqa: BLE001 - whichever bundle is in the way: this one has arrived
        logger.exception("import.turn_failed")
        messages.send(job, "collect")


def _arrived(job: Job, name: str, etag: str | None) -> Upload | None:
    match = NAME.fullmatch(name)
    if match is None:
        return None
    upload = repo.upload(job.scope, match["upload_id"]) or new_upload(name, job.now)
    # Tested control: upload-taken-once
    is_new = upload.state is UploadState.BEGUN or (etag is not None and upload.etag is not None and etag != upload.etag)
    if not is_new:
        return upload
    fresh = replace(upload, name=name, etag=etag or upload.etag, state=UploadState.BEGUN, run=None, arrived_at=None)
    return opening.receive(job, fresh)


def new_upload(name: str, now: datetime) -> Upload:
    """An upload known by its object's name alone. The upload's policy allowed that name alone."""
    _, upload_id, file_name = name.split("/")
    person, is_staff = file_name.removeprefix(names.STAFF).removesuffix(".zip"), file_name.startswith(names.STAFF)
    uploader = Uploader(UploaderKind.STAFF, person) if is_staff else Uploader(UploaderKind.INBOX)
    return Upload(upload_id, name, now, str(uploader))


def resume_open(job: Job, number: int) -> None:
    """Spread a run that was begun and not spread: the process that began it died."""
    run = repo.run(job.scope, number)
    if run is not None and run.state is RunState.STAGING and run.n is None:
        opening.unpack(job, run)


def start_next(job: Job) -> None:
    """Begin with the waiting bundle of the lowest sequence, if no other is being read.

    While the dealer's portal is suspended all wait: `collect` begins with the first within an hour of its end.
    """
    while repo.lease(job.scope).is_free(job.now) and (first := next_waiting(job)):
        # Tested control: suspended-imports-wait
        if is_suspended(job.scope):
            return
        try:
            opening.begin(job, first)
        except leases.LeaseHeldError:
            return
        except NotFoundError:
            repo.commit(job.scope, [repo.write_upload(job.scope, replace(first, state=UploadState.LOST))])


def next_waiting(job: Job) -> Upload | None:
    """The bundle whose turn it is."""
    waiting = repo.waiting_uploads(job.scope)
    return min(waiting, key=lambda upload: (upload.sequence or 0, upload.upload_id), default=None)


def collect(job: Job) -> None:
    """By schedule: find objects in the inbox that no message announced, and begin what waits."""
    found = [name for name in _recent_names(job) if NAME.fullmatch(name)]
    ids = [name.split("/")[1] for name in found]
    known = repo.uploads(job.scope, ids)
    for name, upload_id in zip(found, ids, strict=True):
        upload = known.get(upload_id)
        # Tested control: collect-known-uploads
        if upload is None or upload.state is UploadState.BEGUN:
            leases.retry_on_conflict(lambda name=name: _arrived(job, name, None))  # type: ignore[misc]  # bound at once
    start_next(job)


def _recent_names(job: Job) -> list[str]:
    bucket, now = settings.load().inbox_bucket, job.now
    stamps = {str(ULID.from_datetime(moment))[:_STAMP] for moment in (now - LOOK_BACK, now)}
    return [name for stamp in sorted(stamps) for name in blobs.list_names(job.scope, bucket, f"inbox/{stamp}")]
