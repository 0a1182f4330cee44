"""Files that people send, in the table. A write takes the version that was read, and its audit row with it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, NamedTuple, TypeVar

from chalicelib.kernel.ids import first_ulid, moment_of
from chalicelib.kernel.scopes import TenantScope
from chalicelib.store.audit import AuditRow
from chalicelib.store.batch import batch_get
from chalicelib.store.record import Record, account_pk, tenant_pk
from chalicelib.store.roles import scoped
from chalicelib.store.transactions import WriteItem, transaction
from chalicelib.uploads.attached_file import AttachedFile, OwnerKind
from chalicelib.uploads.model import FilePurpose, FileState, FileType, IncomingFile, Reason, Review, SentFile, Verdict
from chalicelib.uploads.records import (
    AttachedToRecord,
    FileRecord,
    FilesOfDayRecord,
    PendingFileRecord,
    ReceivedFileRecord,
)
from chalicelib.uploads.shared_file import DocumentKind, SharedFile

F_co = TypeVar("F_co", bound=IncomingFile, covariant=True)
_KEPT_DAYS = 2
_SENT, _SHARED, _ATTACHED = "FILE#", "SHARED#", "ATTACHED#"


class Stored(NamedTuple, Generic[F_co]):
    """A file as it was read, and the version that a write of it has to meet."""

    file: F_co
    version: int


@scoped
def stored_file(scope: TenantScope, account_ref: str, file_id: str) -> Stored[SentFile] | None:
    """A customer's file as it is now."""
    return _find(scope, account_ref, f"{_SENT}{file_id}")


@scoped
def stored_shared_file(scope: TenantScope, account_ref: str, file_id: str) -> Stored[SharedFile] | None:
    """A document for the customer as it is now."""
    return _find(scope, account_ref, f"{_SHARED}{file_id}")


@scoped
def stored_attached_file(scope: TenantScope, account_ref: str, file_id: str) -> Stored[AttachedFile] | None:
    """A file of a thread or a dispute as it is now."""
    return _find(scope, account_ref, f"{_ATTACHED}{file_id}")


def incoming_file(scope: TenantScope, account_ref: str, file_id: str) -> Stored[IncomingFile] | None:
    """The file as it is now, a customer's, one for a customer or one that is attached."""
    return (
        stored_file(scope, account_ref, file_id)
        or stored_shared_file(scope, account_ref, file_id)
        or stored_attached_file(scope, account_ref, file_id)
    )


@scoped
def attached_files(scope: TenantScope, account_ref: str, owner_id: str) -> list[AttachedFile]:
    """All files of a thread or a dispute, oldest first. One read where there are none, else two."""
    pk, prefix = account_pk(scope, account_ref), f"ATTACHED_TO#{owner_id}#"
    names = AttachedToRecord.query(pk, AttachedToRecord.sk.startswith(prefix), consistent_read=True)
    keys = [(pk, f"{_ATTACHED}{one.sk.removeprefix(prefix)}") for one in names]
    return (
        [_stored(record, account_ref).file for record in batch_get(FileRecord, keys, consistent=True)] if keys else []
    )


@scoped
def files_of_account(scope: TenantScope, account_ref: str, *, limit: int) -> list[SentFile]:
    """The newest files of an account's customer."""
    return [stored.file for stored in _newest(scope, account_ref, _SENT, limit)]


@scoped
def shared_files(scope: TenantScope, account_ref: str, *, limit: int) -> list[Stored[SharedFile]]:
    """The newest documents for the account's customer."""
    return _newest(scope, account_ref, _SHARED, limit)


@scoped
def shared_files_at(scope: TenantScope, refs: Iterable[str], file_id: str) -> list[Stored[SharedFile]]:
    """The documents of this id of these accounts. One round trip for a hundred of them."""
    refs_by_pk = {account_pk(scope, ref): ref for ref in refs}
    found = batch_get(FileRecord, [(pk, f"{_SHARED}{file_id}") for pk in refs_by_pk], consistent=True)
    return [_stored(record, refs_by_pk[record.pk]) for record in found]


@scoped
def shared_number(scope: TenantScope, account_ref: str) -> int:
    """How many documents for its customer the account holds."""
    return FileRecord.count(account_pk(scope, account_ref), FileRecord.sk.startswith(_SHARED), consistent_read=True)


@scoped
def begin(
    scope: TenantScope, file: IncomingFile, *, maximum: int, audit: AuditRow, check: Callable[[], None] = lambda: None
) -> bool:
    """Put a new file, and count it; False where the account has begun `maximum` that day. Raises ConflictError.

    `check` raises where there are too many of another kind: what it reads holds, since of two files that the same side
    begins in an account at the same moment the counter lets only one be written.
    """
    pk, day = account_pk(scope, file.account_ref), file.begun_at.astimezone(UTC).date()
    sk = f"FILES_SHARED#{day}" if file.is_from_staff else f"FILES#{day}"
    counter = FilesOfDayRecord.find(pk, sk, consistent=True) or FilesOfDayRecord(pk, sk, number=0)
    # Tested control: daily-files-limited
    if counter.number >= maximum:
        return False
    check()  # after the counter was read
    counter.number += 1
    counter.ttl = int((file.begun_at + timedelta(days=_KEPT_DAYS)).timestamp())
    with transaction() as t:
        t.put(_record(scope, Stored(file, 0)))
        t.put(counter)
        t.put(PendingFileRecord(_pending_pk(scope), file.file_id, account_ref=file.account_ref))
        if isinstance(file, AttachedFile):
            t.put(_attached_to(scope, file))
        t.put(audit)
    return True


@scoped
def change(
    scope: TenantScope,
    before: Stored[IncomingFile],
    after: IncomingFile,
    *,
    audit: AuditRow,
    opened: Iterable[Record] = (),
    closed: Iterable[WriteItem] = (),
) -> None:
    """Put the file in place of the one that was read, with what this opens and closes: tasks, requests.

    An attached one that never came is deleted. Raises ConflictError where the file has changed since.
    """
    with transaction() as t:
        if isinstance(after, AttachedFile) and after.never_came:
            t.delete(_record(scope, Stored(after, before.version)))
            t.delete(_attached_to(scope, after))
        else:
            t.put(_record(scope, Stored(after, before.version)))
        t.put(audit)
        for record in opened:
            t.put(record)
        t.add(*closed)
        if after.is_final and not before.file.is_final:
            t.delete(PendingFileRecord(_pending_pk(scope), after.file_id))
        if isinstance(after, SentFile) and after.state is FileState.ACCEPTED is not before.file.state:
            pk = _received_pk(scope, after.begun_at.astimezone(UTC).year)
            t.put(ReceivedFileRecord(pk, after.file_id, account_ref=after.account_ref))


@scoped
def announce(
    scope: TenantScope, files: Iterable[tuple[Stored[SharedFile], SharedFile]], also: Iterable[Record]
) -> None:
    """Put each file in place of the one that was read, with the mails about them. Raises ConflictError, as `change`."""
    with transaction() as t:
        for before, after in files:
            t.put(_record(scope, Stored(after, before.version)))
        for record in also:
            t.put(record)


@scoped
def remove(scope: TenantScope, stored: Stored[SharedFile], *, also: Iterable[Record]) -> None:
    """Delete what is known of the file. Raises ConflictError where it has changed since it was read."""
    with transaction() as t:
        t.delete(_record(scope, stored))
        for record in also:
            t.put(record)
        if not stored.file.is_final:
            t.delete(PendingFileRecord(_pending_pk(scope), stored.file.file_id))


@scoped
def pending_files(scope: TenantScope, *, begun_before: datetime) -> list[tuple[str, str]]:
    """Account and id of each file that was begun before, and is not decided."""
    records = PendingFileRecord.query(
        _pending_pk(scope), PendingFileRecord.sk < first_ulid(begun_before), consistent_read=True
    )
    return [(record.account_ref, record.sk) for record in records]


@scoped
def received_in(scope: TenantScope, year: int, *, before: str, limit: int) -> list[tuple[str, str]]:
    """Account and id of the accepted files that were begun in a year (UTC), newest first, from `before` on."""
    condition = ReceivedFileRecord.sk < before if before else None
    records = ReceivedFileRecord.query(
        _received_pk(scope, year), condition, scan_index_forward=False, consistent_read=True, limit=limit
    )
    return [(record.account_ref, record.sk) for record in records]


@scoped
def received_account(scope: TenantScope, file_id: str) -> str | None:
    """Whose the accepted file of this id, a ULID, is."""
    record = ReceivedFileRecord.find(_received_pk(scope, moment_of(file_id).year), file_id, consistent=True)
    return record.account_ref if record else None


@scoped
def received_keys(scope: TenantScope, file_ids: Iterable[str]) -> list[tuple[str, str]]:
    """Account and id of those of these ids, ULIDs, whose files were accepted, in their order."""
    keys = [(_received_pk(scope, moment_of(file_id).year), file_id) for file_id in file_ids]
    return [(record.account_ref, record.sk) for record in batch_get(ReceivedFileRecord, keys)]


@scoped
def files(scope: TenantScope, keys: Iterable[tuple[str, str]]) -> list[SentFile]:
    """The files at these accounts and ids, in that order."""
    refs = {(account_pk(scope, ref), f"{_SENT}{file_id}"): ref for ref, file_id in keys}
    return [_stored(record, refs[record.pk, record.sk]).file for record in batch_get(FileRecord, refs)]


def _find(scope: TenantScope, account_ref: str, sk: str) -> Stored[Any] | None:
    record = FileRecord.find(account_pk(scope, account_ref), sk, consistent=True)
    return _stored(record, account_ref) if record else None


def _newest(scope: TenantScope, account_ref: str, prefix: str, limit: int) -> list[Stored[Any]]:
    records = FileRecord.query(
        account_pk(scope, account_ref),
        FileRecord.sk.startswith(prefix),
        scan_index_forward=False,
        consistent_read=True,
        limit=limit,
    )
    return [_stored(record, account_ref) for record in records]


def _record(scope: TenantScope, stored: Stored[IncomingFile]) -> FileRecord:
    file = stored.file
    values: dict[str, Any] = {name: None if value in ("", {}) else value for name, value in asdict(file).items()}
    del values["file_id"], values["account_ref"]
    prefix = _ATTACHED if isinstance(file, AttachedFile) else _SENT
    if isinstance(file, SharedFile):
        prefix = _SHARED
        values["opened"] = {person: at.isoformat() for person, at in file.opened.items()} or None
    record = FileRecord(account_pk(scope, file.account_ref), f"{prefix}{file.file_id}", **values)
    if stored.version:
        record.version = stored.version
    return record


def _stored(record: FileRecord, account_ref: str) -> Stored[Any]:
    make = _MAKE[record.sk.partition("#")[0]]
    known = {
        "file_id": record.sk.partition("#")[2],
        "account_ref": account_ref,
        "era": record.era or "",
        "sent_by": record.sent_by,
        "note": record.note or "",
        "name": record.name or "",
        "begun_at": record.begun_at,
        "state": FileState(record.state),
        "object_version": record.object_version,
        "is_checked": bool(record.is_checked),
        "verdict": Verdict(record.verdict) if record.verdict else None,
        "kind": FileType(record.kind) if record.kind else None,
        "size": int(record.size or 0),
        "reason": Reason(record.reason) if record.reason else None,
        "decided_at": record.decided_at,
        "has_thumbnail": bool(record.has_thumbnail),
    }
    return Stored(make(record, known), int(record.version))


def _sent_file(record: FileRecord, known: Mapping[str, Any]) -> SentFile:
    return SentFile(
        **known,
        purpose=FilePurpose(record.purpose),
        review=Review(record.review) if record.review else None,
        comment=record.comment or "",
        reviewed_by=record.reviewed_by,
        reviewed_at=record.reviewed_at,
        account_name=record.account_name or "",
        request_id=record.request_id or "",
        in_feed=bool(record.in_feed),
    )


def _shared_file(record: FileRecord, known: Mapping[str, Any]) -> SharedFile:
    return SharedFile(
        **known,
        title=record.title,
        document_kind=DocumentKind(record.document_kind),
        is_visible=bool(record.is_visible),
        shown_at=record.shown_at,
        announced_at=record.announced_at,
        opened={person: datetime.fromisoformat(at) for person, at in (record.opened or {}).items()},
    )


def _attached_file(record: FileRecord, known: Mapping[str, Any]) -> AttachedFile:
    return AttachedFile(
        **known,
        owner_kind=OwnerKind(record.owner_kind),
        owner_id=record.owner_id,
        by_staff=bool(record.by_staff),
    )


_MAKE = {"FILE": _sent_file, "SHARED": _shared_file, "ATTACHED": _attached_file}


def _attached_to(scope: TenantScope, file: AttachedFile) -> AttachedToRecord:
    return AttachedToRecord(account_pk(scope, file.account_ref), f"ATTACHED_TO#{file.owner_id}#{file.file_id}")


def _pending_pk(scope: TenantScope) -> str:
    return tenant_pk(scope, "DUE", "FILES")


def _received_pk(scope: TenantScope, year: int) -> str:
    return tenant_pk(scope, "J", "FILES", str(year))
