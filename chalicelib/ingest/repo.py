"""Runs, parts, uploads and the lease in the table. What is written together is built in items and committed once."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.ingest import records
from chalicelib.ingest.failures import OVERTAKEN_CODES
from chalicelib.ingest.model import ImportRun, Lease, Part, RunFilter, RunState, Upload, UploadState
from chalicelib.ingest.part_result import Event
from chalicelib.kernel.ids import Ids, first_ulid
from chalicelib.kernel.scopes import ImportScope, TenantScope
from chalicelib.store.audit import audit_row
from chalicelib.store.batch import batch_get, batch_write
from chalicelib.store.codec import Codec
from chalicelib.store.events import EventRecord, event_record, events_pk
from chalicelib.store.record import Versioned, tenant_pk
from chalicelib.store.roles import scoped
from chalicelib.store.transactions import Check, Put, WriteItem, transaction

KEEP_UPLOADS = timedelta(days=60)
KEEP_BEGUN = timedelta(hours=1)
"""A form is good for a quarter of that. What comes later still is known by its name."""
_BEGUN = ("UPLOADS", "BEGUN")
_LAST_RUN = 9_999_999_999
_runs: Codec[ImportRun] = Codec(ImportRun)
_uploads: Codec[Upload] = Codec(Upload)


def run_key(number: int) -> str:
    """Ten digits, so that keys sort as runs do."""
    return f"{number:010d}"


def _put(record: Versioned, version: int | None) -> Put:
    """Write the record, if it still has the version that was read, or is not there if none was."""
    if version is not None:
        record.version = version
    return Put(record)


@scoped
def commit(scope: TenantScope, items: Iterable[WriteItem]) -> None:  # noqa: ARG001
    """Write all items or none. Raises ConflictError where a version or a condition fails."""
    with transaction() as t:
        t.add(*items)


@scoped
def lease(scope: TenantScope) -> Lease:
    """The current lease."""
    found = records.LeaseRecord.find(tenant_pk(scope, "DEALER"), "IMPORTS", consistent=True)
    if found is None:
        return Lease()
    return Lease(
        int(found.last_run),
        _whole(found.run),
        found.expires_at,
        frozenset(map(int, found.finalising or ())),
        found.version,
    )


def _whole(number: float | None) -> int | None:
    return None if number is None else int(number)


def write_lease(scope: TenantScope, lease: Lease) -> WriteItem:
    """Write the lease, if nobody has since it was read."""
    record = records.LeaseRecord(
        pk=tenant_pk(scope, "DEALER"),
        sk="IMPORTS",
        last_run=lease.last_run,
        run=lease.run,
        expires_at=lease.expires_at,
        finalising=set(lease.finalising) or None,
    )
    return _put(record, lease.version)


@scoped
def run(scope: TenantScope, number: int) -> ImportRun | None:
    """The current state of the run."""
    found = records.RunRecord.find(tenant_pk(scope, "RUNS"), run_key(number), consistent=True)
    return _as_run(found) if found else None


@scoped
def runs(scope: TenantScope, numbers: Iterable[int]) -> list[ImportRun]:
    """Those of these runs that there are, 100 a round trip."""
    pk = tenant_pk(scope, "RUNS")
    return list(map(_as_run, batch_get(records.RunRecord, [(pk, run_key(number)) for number in numbers])))


@scoped
def newest_runs(
    scope: TenantScope,
    *,
    below: int | None = None,
    above: int = 0,
    only: RunFilter | None = None,
    limit: int = 25,
) -> list[ImportRun]:
    """Runs with numbers between `above` and `below`, newest first; those that `only` names, if it is given."""
    pk, record = tenant_pk(scope, "RUNS"), records.RunRecord
    last = _LAST_RUN if below is None else below - 1
    if last <= above:  # DynamoDB takes no range that ends before it begins
        return []
    condition = record.sk.between(run_key(above + 1), run_key(last))
    wanted = only and record.state == only.state.value
    if only and only.overtaken is not None:
        by_code = record.code.is_in(*sorted(OVERTAKEN_CODES))
        wanted &= by_code if only.overtaken else ~by_code
    found = records.RunRecord.query(
        pk, condition, wanted, scan_index_forward=False, limit=limit, page_size=100, consistent_read=True
    )
    return [_as_run(record) for record in found]


def write_run(scope: TenantScope, run: ImportRun) -> WriteItem:
    """Write the run, if nobody has since it was read."""
    body = _runs.pack(replace(run, version=None))
    record = records.RunRecord(
        pk=tenant_pk(scope, "RUNS"),
        sk=run_key(run.number),
        state=run.state.value,
        code=run.code,
        body=body,
    )
    # Tested control: run-version-checked
    return _put(record, run.version)


def still_staging(scope: TenantScope, number: int) -> WriteItem:
    """Require that the run is staging."""
    model = records.RunRecord
    return Check(model, tenant_pk(scope, "RUNS"), run_key(number), model.state == RunState.STAGING.value)


def _as_run(record: records.RunRecord) -> ImportRun:
    return replace(_runs.unpack(record.body), version=record.version)


@scoped
def parts(scope: TenantScope, number: int) -> dict[int, Part]:
    """The run's parts that are done, by number."""
    pk, sk = tenant_pk(scope, "RUN", run_key(number)), records.PartRecord.sk
    found = records.PartRecord.query(pk, sk.startswith("PART#"), consistent_read=True)
    done = (Part(int(r.sk.removeprefix("PART#")), int(r.shard_run), int(r.rows), r.done_at) for r in found)
    return {part.number: part for part in done}


def write_part(scope: TenantScope, number: int, part: Part) -> WriteItem:
    """Write that a part is done, once."""
    record = records.PartRecord(
        pk=tenant_pk(scope, "RUN", run_key(number)),
        sk=f"PART#{part.number:04d}",
        shard_run=part.shard_run,
        rows=part.rows,
        done_at=part.done_at,
    )
    return Put(record, records.PartRecord.pk.does_not_exist())


@scoped
def delete_parts(scope: TenantScope, number: int) -> None:
    """Delete what is known of the run's parts. Only for runs that have been swept."""
    pk = tenant_pk(scope, "RUN", run_key(number))
    found = records.PartRecord.query(pk, attributes_to_get=["pk", "sk"], consistent_read=True)
    batch_write([], [(record.pk, record.sk) for record in found])


@scoped
def note_progress(scope: TenantScope, number: int, now: datetime) -> None:
    """Write that something of the run was done, less than a part."""
    records.ProgressRecord(tenant_pk(scope, "RUN", run_key(number)), "PROGRESS", at=now).save()


@scoped
def last_progress(scope: TenantScope, number: int) -> datetime | None:
    """When less than a part was done last, or None where each was done in one go."""
    pk = tenant_pk(scope, "RUN", run_key(number))
    found = records.ProgressRecord.find(pk, "PROGRESS", consistent=True)
    return found.at if found else None


@scoped
def export(scope: TenantScope, export_id: str) -> tuple[int, str] | None:
    """The run that took this export in last and the digest of its files, or None."""
    found = records.ExportRecord.find(tenant_pk(scope, "EXPORTS"), export_id, consistent=True)
    return (int(found.run), found.content) if found else None


def write_export(scope: TenantScope, export_id: str, *, run: int, content: str) -> WriteItem:
    """Write which run takes this export in."""
    return Put(records.ExportRecord(pk=tenant_pk(scope, "EXPORTS"), sk=export_id, run=run, content=content))


@scoped
def upload(scope: TenantScope, upload_id: str) -> Upload | None:
    """The upload as it stands now; one that was begun and has not come is kept apart, for an hour."""
    found = records.UploadRecord.find(tenant_pk(scope, "UPLOADS"), upload_id, consistent=True)
    if found:
        return _as_upload(found)
    begun = records.UploadRecord.find(tenant_pk(scope, *_BEGUN), upload_id, consistent=True)
    return replace(_as_upload(begun), version=None) if begun else None


@scoped
def begun_uploads(scope: TenantScope, *, after: datetime) -> dict[str, str]:
    """The API key of each upload, by its id, that was begun after that moment and has not come; the oldest first."""
    model = records.UploadRecord
    pk, first = tenant_pk(scope, *_BEGUN), first_ulid(after + timedelta(milliseconds=1))
    found = model.query(pk, model.sk >= first, attributes_to_get=["pk", "sk", "key_id"])
    begun = {record.sk: record.key_id or "" for record in found}
    if not begun:
        return {}
    came = {one.sk for one in batch_get(model, [(tenant_pk(scope, "UPLOADS"), one) for one in begun], only=("ttl",))}
    return {upload_id: key for upload_id, key in begun.items() if upload_id not in came}


def begin_upload(scope: ImportScope, upload: Upload) -> WriteItem:
    """Write an upload that may come: it goes by itself, and is in nobody's way."""
    record = records.UploadRecord(
        pk=tenant_pk(scope, *_BEGUN),
        sk=upload.upload_id,
        key_id=scope.key_id or None,
        body=_uploads.pack(upload),
        ttl=int((upload.begun_at + KEEP_BEGUN).timestamp()),
    )
    return Put(record)


@scoped
def uploads(scope: TenantScope, upload_ids: Iterable[str]) -> dict[str, Upload]:
    """Those of the uploads that are known."""
    pk = tenant_pk(scope, "UPLOADS")
    found = batch_get(records.UploadRecord, [(pk, upload_id) for upload_id in upload_ids], consistent=True)
    return {record.sk: _as_upload(record) for record in found}


@scoped
def waiting_uploads(scope: TenantScope) -> list[Upload]:
    """Uploads that wait for their turn, newest first, however many have come since: all that are kept are read."""
    found = records.UploadRecord.query(tenant_pk(scope, "UPLOADS"), scan_index_forward=False, consistent_read=True)
    return [upload for upload in map(_as_upload, found) if upload.state is UploadState.WAITING]


def write_upload(scope: TenantScope, upload: Upload) -> WriteItem:
    """Write the upload, if nobody has since it was read."""
    record = records.UploadRecord(
        pk=tenant_pk(scope, "UPLOADS"),
        sk=upload.upload_id,
        body=_uploads.pack(replace(upload, version=None)),
        ttl=int((upload.begun_at + KEEP_UPLOADS).timestamp()),
    )
    return _put(record, upload.version)


def _as_upload(record: records.UploadRecord) -> Upload:
    return replace(_uploads.unpack(record.body), version=record.version)


@scoped
def write_events(scope: TenantScope, events: Iterable[Event], *, run: int, now: datetime) -> None:
    """Write the run's events. Written again they are the same: nobody else writes into the run's partition."""
    batch_write(
        event_record(scope, run=run, kind=e.kind, ref=e.ref, row_type=e.type, row_id=e.transaction_id, at=now)
        for e in events
    )


@scoped
def delete_events(scope: TenantScope, run: int) -> None:
    """Delete the run's events. Only for runs that nobody can read."""
    found = EventRecord.query(events_pk(scope, run), attributes_to_get=["pk", "sk"], consistent_read=True)
    batch_write([], ((record.pk, record.sk) for record in found))


def write_audit(
    scope: TenantScope, *, run: ImportRun, event: str, actor: str, now: datetime, ids: Ids, **detail: object
) -> WriteItem:
    """Write what happened to the run, and who did it, into the audit trail."""
    row = audit_row(scope, ids=ids, now=now, actor=actor, event=event, subject=f"import {run.number}", detail=detail)
    return Put(row)
