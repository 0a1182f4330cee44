"""Files are attached to a thread or a dispute by either side, and reach it once they are checked.

An accepted file is taken in by what it was sent for, by an outbox item: `ATTACHED`.
"""

from datetime import datetime

from chalicelib import settings
from chalicelib.kernel.errors import ConflictError, NotFoundError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.ids import Ids, is_ulid
from chalicelib.kernel.scopes import CustomerScope, DealerScope, TenantScope
from chalicelib.store import blobs
from chalicelib.store.audit import BY_CUSTOMER, audit_row
from chalicelib.store.outbox import outbox_item
from chalicelib.store.record import Record
from chalicelib.store.transactions import retry_when_refused
from chalicelib.uploads import repo
from chalicelib.uploads.attached_file import AttachedFile, Owner
from chalicelib.uploads.model import FileState, Reason, quarantine_name
from chalicelib.uploads.operations import UNTYPED, clean_name, put_begun

ATTACHED = "file_attached"
"""The outbox item that takes an accepted file in."""
MAX_AT_ONCE = 5
"""Of one person, on their way to the same thread or dispute."""
MAX_FILES = 50
"""Of one thread or dispute."""


def begin_attachment(
    scope: CustomerScope | DealerScope, owner: Owner, *, name: str, maximum: int, now: datetime, ids: Ids
) -> AttachedFile:
    """Announce a file; `name` is empty where the browser cannot tell it. The caller has read the owner in this scope.

    Raises ConflictError where the owner holds as many as it may or too many are on their way, and TooManyError where
    the side has begun `maximum` files of the account today (UTC).
    """
    file = AttachedFile(
        file_id=ids.ulid(now),
        account_ref=owner.account_ref,
        era=owner.era,
        sent_by=scope.person_id,
        note="",
        name=clean_name(name),
        begun_at=now,
        owner_kind=owner.kind,
        owner_id=owner.owner_id,
        by_staff=isinstance(scope, DealerScope),
    )

    def check() -> None:
        _require_room(scope, owner, now=now)

    put_begun(scope, file, event="attached.begun", maximum=maximum, now=now, ids=ids, check=check)
    return file


def _require_room(scope: CustomerScope | DealerScope, owner: Owner, *, now: datetime) -> None:
    """Raises ConflictError. Where both sides add the last one at the same moment there is one too many."""
    there = repo.attached_files(scope, owner.account_ref, owner.owner_id)
    on_the_way = [one for one in there if not one.is_final and one.concerns_sender(scope.person_id, now)]
    # Tested control: attached-files-limited
    if len(on_the_way) >= MAX_AT_ONCE:
        raise ConflictError(_("At most %(max)s files at a time. Wait until these are checked.", max=MAX_AT_ONCE))
    if sum(one.state is not FileState.REFUSED for one in there) >= MAX_FILES:
        raise ConflictError(_("At most %(max)s files can be attached here.", max=MAX_FILES))


def put_content(scope: TenantScope, file: AttachedFile, data: bytes) -> None:
    """The content of one that has come by another way than its form: into quarantine, to be checked as all are."""
    name = quarantine_name(file.account_ref, file.file_id)
    blobs.put(scope, settings.load().quarantine_bucket, name, data, UNTYPED)


def attached_item(scope: TenantScope, file: AttachedFile, *, now: datetime, ids: Ids) -> Record:
    """Has it taken in, for the transaction that accepts it."""
    payload = {"account_ref": file.account_ref, "file_id": file.file_id}
    return outbox_item(scope, kind=ATTACHED, payload=payload, now=now, ids=ids)


def attachment(scope: TenantScope, owner: Owner, file_id: str) -> AttachedFile:
    """A file of what the caller has read in this scope. Raises NotFoundError."""
    found = repo.stored_attached_file(scope, owner.account_ref, file_id) if is_ulid(file_id) else None
    # Tested control: attached-to-this-owner
    if found is None or (found.file.owner_id, found.file.era) != (owner.owner_id, owner.era):
        raise NotFoundError
    return found.file


def accepted_attachment(scope: TenantScope, *, account_ref: str, file_id: str) -> AttachedFile | None:
    """One that was accepted, of whatever it is attached to."""
    found = repo.stored_attached_file(scope, account_ref, file_id)
    return found.file if found and found.file.state is FileState.ACCEPTED else None


def leave_out(scope: TenantScope, file: AttachedFile, *, now: datetime, ids: Ids) -> None:
    """An accepted file is not attached: what it was for was closed before. Its sender is told. Repeatable."""

    def write() -> None:
        before = repo.stored_attached_file(scope, file.account_ref, file.file_id)
        if before is None or before.file.state is not FileState.ACCEPTED:
            return
        detail = {"file": file.file_id, "name": file.name, "reason": Reason.CLOSED.value}
        detail |= {} if file.by_staff else {"by": BY_CUSTOMER}
        event, subject = "attached.refused", file.account_ref
        row = audit_row(scope, ids=ids, now=now, actor=file.sent_by, event=event, subject=subject, detail=detail)
        repo.change(scope, before, before.file.left_out(now), audit=row)

    retry_when_refused(write)


def on_their_way(
    scope: CustomerScope | DealerScope, owner: Owner, *, added: set[str], now: datetime
) -> list[AttachedFile]:
    """Those of the reader's that are not among those `added`, oldest first: being checked, or refused of late."""
    found = repo.attached_files(scope, owner.account_ref, owner.owner_id)
    return [one for one in found if one.file_id not in added and one.concerns_sender(scope.person_id, now)]
