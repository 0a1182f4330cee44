"""The first step: a bundle in the inbox becomes a run, or a refusal that says why. One bundle of a dealer at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256

from chalicelib import settings
from chalicelib.ccx.bundle import DEFECTS, Bundle, open_bundle
from chalicelib.ccx.bundle_name import check_name
from chalicelib.ccx.codes import Code
from chalicelib.ccx.entity import Absence
from chalicelib.ccx.findings import BundleError, Finding
from chalicelib.ccx.manifest import Manifest
from chalicelib.ccx.manifest_parser import check_as_at
from chalicelib.ccx.messages import Message
from chalicelib.customers.directory import repo as shard_repo
from chalicelib.dealers import queries as dealers
from chalicelib.ingest import failures, leases, names, repo
from chalicelib.ingest.job import Job
from chalicelib.ingest.model import ImportRun, Part, RunState, Upload, UploadState
from chalicelib.ingest.remote import open_remote
from chalicelib.ingest.steps import messages, results
from chalicelib.ingest.steps.capacity import required_shards
from chalicelib.ingest.steps.fingerprint import fingerprint
from chalicelib.ingest.steps.spread import MAX_PARTS, Put, Spread, choose_n, spread
from chalicelib.ingest.steps.unchanged import Unchanged, compare
from chalicelib.kernel.clock import local_date
from chalicelib.kernel.errors import ConflictError, NotFoundError
from chalicelib.kernel.gc_pause import gc_paused
from chalicelib.observability import logger
from chalicelib.store import blobs
from chalicelib.store.blobs import ETagMismatchError

KNOWN = frozenset({RunState.STAGING, RunState.HELD, RunState.PUBLISHED})
_BINARY = "application/octet-stream"


class RejectedError(Exception):
    """A bundle that cannot be imported: there is an error in it, or the program cannot cope with it."""

    def __init__(self, reason: BundleError | Message) -> None:
        super().__init__(reason)
        self.reason = reason

    @property
    def state(self) -> RunState:
        """How its run ends, where it has begun."""
        return RunState.REFUSED if isinstance(self.reason, BundleError) else RunState.FAILED


@contextmanager
def _rejections() -> Iterator[None]:
    """What can be wrong with a bundle, raised as RejectedError. What the store raises passes."""
    try:
        yield
    except BundleError as error:
        raise RejectedError(error) from error
    except DEFECTS as error:
        logger.exception("import.cannot_open")
        raise RejectedError(failures.CANNOT_OPEN) from error


def receive(job: Job, upload: Upload) -> Upload:
    """Look at an upload that has arrived: known already, refused, or waiting for its turn. Returns what it is now."""
    manifest: Manifest | None = None
    try:
        with _rejections():
            manifest = _manifest(job, upload)
            if manifest is None:
                return upload
            _check_origin(job, upload, manifest)
            check_as_at(manifest, today=local_date(job.now, manifest.timezone))
            same = known_run(job, manifest)
    except RejectedError as error:
        return replace(
            upload, state=UploadState.TAKEN, run=leases.refuse_upload(job, upload, error.reason, manifest).number
        )
    if same is not None:
        seen = replace(upload, state=UploadState.SAME, run=same)
    else:
        seen = replace(
            upload, state=UploadState.WAITING, sequence=manifest.sequence, arrived_at=upload.arrived_at or job.now
        )
    repo.commit(job.scope, [repo.write_upload(job.scope, seen)])
    return replace(seen, version=(upload.version or 0) + 1)


def _manifest(job: Job, upload: Upload) -> Manifest | None:
    """None if nothing of that name is in the inbox."""
    try:
        return open_upload(job, upload).manifest
    except NotFoundError:
        return None


def open_upload(job: Job, upload: Upload, *, etag: str | None = None) -> Bundle:
    """The bundle in the inbox, as it is now or must be. Raises NotFoundError, BundleError or ETagMismatchError."""
    return open_bundle(open_remote(job.scope, settings.load().inbox_bucket, upload.name, etag=etag), job.entities)


def _with_current_etag(job: Job, upload: Upload) -> Upload:
    """The upload with the tag of the object that has its name now. Raises NotFoundError."""
    stored = blobs.head(job.scope, settings.load().inbox_bucket, upload.name)
    if stored is None:
        raise NotFoundError
    return replace(upload, etag=stored.etag)


def _check_origin(job: Job, upload: Upload, manifest: Manifest) -> None:
    expected = dealers.dealer(job.scope).code
    if manifest.dealer_code.casefold() != expected.casefold():
        raise BundleError(Code.B024_DEALER, "manifest.json", found=manifest.dealer_code, expected=expected)
    file_name = upload.name.rpartition("/")[2]
    if file_name.startswith("ccx_"):  # an upload from a browser comes under a name of ours
        check_name(file_name, manifest)


def known_run(job: Job, manifest: Manifest) -> int | None:
    """The run that has imported this very export, if it still counts. Raises BundleError for other content."""
    seen = repo.export(job.scope, str(manifest.export_id))
    if seen is None:
        return None
    number, content = seen
    run = repo.run(job.scope, number)
    if run is None or run.state not in KNOWN:
        return None
    if content != content_of(manifest):
        raise BundleError(Code.B026_SAME_ID, "manifest.json")
    # Tested control: known-export-is-noop
    return number


def content_of(manifest: Manifest) -> str:
    """Hex digest over the checksums of the bundle's files, and how many documents it holds of what size together."""
    listed = sorted(f"{f.path} {f.mode} {f.sha256.lower()}" for f in manifest.files)
    documents = f"{manifest.documents.count} {manifest.documents.bytes}"
    return sha256("\n".join((str(manifest.as_at), documents, *listed)).encode()).hexdigest()


def begin(job: Job, upload: Upload) -> ImportRun | None:
    """Give a waiting upload its run and spread it; None if it was known or refused after all. Raises LeaseHeldError."""
    run = leases.retry_on_conflict(lambda: _begin(job, upload.upload_id))
    return unpack(job, run) if run else None


def _begin(job: Job, upload_id: str) -> ImportRun | None:
    upload = repo.upload(job.scope, upload_id)
    if upload is None or upload.state is not UploadState.WAITING:
        return None
    upload = _with_current_etag(job, upload)
    manifest: Manifest | None = None
    try:
        with _rejections():
            manifest = open_upload(job, upload, etag=upload.etag).manifest
            same = known_run(job, manifest)
            if same is None:
                _check_sequence(job, manifest)
    except RejectedError as error:
        leases.refuse_upload(job, upload, error.reason, manifest)
        return None
    if same is not None:
        repo.commit(job.scope, [repo.write_upload(job.scope, replace(upload, state=UploadState.SAME, run=same))])
        return None
    return leases.begin(job, upload, manifest, content_of(manifest))


def _check_sequence(job: Job, manifest: Manifest) -> None:
    last = dealers.published(job.scope, fresh=True).sequence
    # Tested control: sequence-grows
    if manifest.sequence <= last:
        raise BundleError(Code.B025_SEQUENCE, "manifest.json", found=manifest.sequence, last=last)


def unpack(job: Job, run: ImportRun) -> ImportRun | None:
    """Check every file of the bundle and spread it over parts; then each part has a message. None if it was refused."""
    try:
        with _rejections():
            inbox = settings.load().inbox_bucket
            bundle = open_bundle(open_remote(job.scope, inbox, run.name, etag=run.etag), job.entities)
            n, found, unchanged, warnings = _spread(job, run, bundle)
    except RejectedError as error:
        leases.end(job, run.number, error.state, error.reason)
        return None
    except ETagMismatchError:
        leases.end(job, run.number, RunState.FAILED, failures.REPLACED)
        return None
    done = tuple(sorted(unchanged.rows))
    opened = replace(run, n=n, files=tuple(found.files), warnings=tuple(warnings), resent_at=job.now, unchanged=done)
    if done:
        results.put(job, run.number, done[0], unchanged.result)
    parts = (Part(part, run.base.shards[part], unchanged.rows[part], job.now) for part in done)
    try:
        repo.commit(
            job.scope,
            [repo.write_run(job.scope, opened), *(repo.write_part(job.scope, run.number, part) for part in parts)],
        )
    except ConflictError:  # another copy of the same message was quicker, or the run has ended
        return None
    if len(done) == n:
        messages.send(job, "gate", run=run.number)
    else:
        messages.send_parts(job, opened, (part for part in opened.parts if part not in unchanged.rows))
    return opened


def _spread(job: Job, run: ImportRun, bundle: Bundle) -> tuple[int, Spread, Unchanged, list[Finding]]:
    base = run.base
    rows = {entity: bundle.rows(entity.name) for entity in bundle.entities if not entity.per_dealer}
    accounts = sum(count for entity, count in rows.items() if entity.absence is Absence.ARCHIVED)
    shards = shard_repo.read_shards(job.scope, base.n, dict(enumerate(base.shards)), digests=True)
    at_least = required_shards(shards.values(), n=base.n, customers=accounts, files=rows.values())
    n = choose_n(rows=sum(rows.values()), at_least=at_least)
    with gc_paused():
        is_first = not any(base.shards)
        fingerprints = fingerprint(bundle, compared=not is_first)
        paths = {f.entity: f.path for f in bundle.manifest.files}
        unchanged = Unchanged() if is_first else compare(fingerprints, shards, paths, run.eras)
    while True:
        if n != base.n:
            unchanged = unchanged.in_other_parts()
        with gc_paused():
            found = spread(bundle, fingerprints, n=n, put=_chunk_writer(job, run, n), same=unchanged.same)
        if found.fits or n >= MAX_PARTS:
            return n, found, unchanged, [*bundle.warnings, *bundle.unnamed_documents(fingerprints.documents)]
        n *= 2


def _chunk_writer(job: Job, run: ImportRun, n: int) -> Put:
    bucket = settings.load().files_bucket

    def put(part: int, chunk: int, data: bytes) -> None:
        blobs.put(job.scope, bucket, names.spread(run.number, n, part, chunk), data, _BINARY)

    return put
