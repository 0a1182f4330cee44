"""What becomes of a file that has come: two facts about one version of it, in any order, then the decision.

Everything here may happen twice, late or not at all. The second fact copies the content before the transaction that
accepts it: a copy that nothing names does no harm, a file without its content would.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

from chalicelib.dealers.each_dealer import isolated
from chalicelib.dealers.staff_mails.model import StaffEvent
from chalicelib.dealers.staff_mails.operations import happened
from chalicelib.feed import queries as feed
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IntakeScope, TenantScope
from chalicelib.observability import logger
from chalicelib.store import outbox_messages, quarantine
from chalicelib.store.audit import audit_row
from chalicelib.store.record import Record
from chalicelib.store.transactions import WriteItem, retry_when_refused
from chalicelib.tasks.kinds import DOCUMENT
from chalicelib.tasks.operations import open_task
from chalicelib.uploads import checks, feed_items, repo
from chalicelib.uploads.attached_file import AttachedFile
from chalicelib.uploads.attaching import attached_item
from chalicelib.uploads.document_requests import fulfilment
from chalicelib.uploads.media_types import MEDIA_TYPES, THUMBNAIL_TYPE
from chalicelib.uploads.model import (
    OVERDUE_AFTER,
    Checked,
    FileState,
    IncomingFile,
    Reason,
    SentFile,
    Verdict,
    kept_name,
    quarantine_name,
    thumbnail_name,
)
from chalicelib.uploads.shared_file import SharedFile
from chalicelib.uploads.sharing import shown_item

_ACTOR = "system"
_EVENTS = {
    (SentFile, "checked"): "file.checked",
    (SentFile, "scanned"): "file.scanned",
    (SentFile, "accepted"): "file.accepted",
    (SentFile, "refused"): "file.refused",
    (SharedFile, "checked"): "shared.checked",
    (SharedFile, "scanned"): "shared.scanned",
    (SharedFile, "accepted"): "shared.accepted",
    (SharedFile, "refused"): "shared.refused",
    (AttachedFile, "checked"): "attached.checked",
    (AttachedFile, "scanned"): "attached.scanned",
    (AttachedFile, "accepted"): "attached.accepted",
    (AttachedFile, "refused"): "attached.refused",
}
"""What is recorded: of which file, and what was found."""


def check_arrived(scope: TenantScope, *, account_ref: str, file_id: str, version: str, now: datetime, ids: Ids) -> None:
    """An object has come: check this version by its content. Of a file that nobody announced there is nothing to do."""
    found = repo.incoming_file(scope, account_ref, file_id)
    if found is None or found.file.is_checked or not found.file.takes(version):
        return
    checked = _check(scope, found.file, version)
    if checked:
        _record(scope, found.file, lambda file: file.with_check(version, checked, now), checked, now=now, ids=ids)


def record_verdict(
    scope: TenantScope, *, account_ref: str, file_id: str, version: str, verdict: Verdict, now: datetime, ids: Ids
) -> None:
    """This version has been scanned."""
    if verdict in {Verdict.ACCESS_DENIED, Verdict.FAILED}:
        logger.error("file.not_scanned", file=file_id, verdict=verdict.value)
    found = repo.incoming_file(scope, account_ref, file_id)
    if found:
        _record(scope, found.file, lambda file: file.with_verdict(version, verdict, now), None, now=now, ids=ids)


def give_up(scope: TenantScope, *, account_ref: str, file_id: str, version: str, now: datetime, ids: Ids) -> None:
    """The check of this version has failed for the last time: its sender is told, instead of waiting for a day."""
    found = repo.incoming_file(scope, account_ref, file_id)
    if found and found.file.takes(version):
        _record(scope, found.file, lambda file: file.refused(Reason.UNCHECKED, now), None, now=now, ids=ids)


def settle_overdue(scope: TenantScope, *, now: datetime, ids: Ids) -> int:
    """Files of more than half an hour: look at their objects, or refuse those of a day. How many.

    What fails of one is logged, and the others go on.
    """
    overdue = repo.pending_files(scope, begun_before=now - OVERDUE_AFTER)
    return sum(isolated(partial(_settle, scope, ref, one, now=now, ids=ids), scope.dealer_id) for ref, one in overdue)


def _settle(scope: TenantScope, account_ref: str, file_id: str, *, now: datetime, ids: Ids) -> int:
    found = repo.incoming_file(scope, account_ref, file_id)
    if found is None:
        return 0
    if found.file.expired(now) != found.file:
        _record(scope, found.file, lambda file: file.expired(now), None, now=now, ids=ids)
    else:
        _poll(scope, found.file, now=now, ids=ids)
    return 1


def _poll(scope: TenantScope, file: IncomingFile, *, now: datetime, ids: Ids) -> None:
    """At the object, and at the tag that the scanner has left on it.

    Its check is asked for and not made here: a file that it cannot bear must not stop those behind it.
    """
    intake, name = IntakeScope(scope.dealer_id), quarantine_name(file.account_ref, file.file_id)
    version = file.object_version or quarantine.current_version(intake, name)
    if version is None:
        return
    status = quarantine.scan_status(intake, name, version)
    if status in set(Verdict):
        of_file = {"account_ref": file.account_ref, "file_id": file.file_id, "version": version}
        record_verdict(scope, **of_file, verdict=Verdict(status), now=now, ids=ids)
    if not file.is_checked:
        quarantine.request_check(intake, name, version)


def _record(
    scope: TenantScope,
    file: IncomingFile,
    change: Callable[[IncomingFile], IncomingFile],
    checked: Checked | None,
    *,
    now: datetime,
    ids: Ids,
) -> None:
    """Write the file as `change` makes it; again where somebody else wrote in between. Raises ConflictError."""

    def write() -> None:
        before = repo.incoming_file(scope, file.account_ref, file.file_id)
        if before is None:
            return
        after = change(before.file)
        if after == before.file:
            return
        if after.state is FileState.ACCEPTED:
            released = _release(scope, after, checked)
            if released is None:
                return
            after = replace(after, has_thumbnail=bool(released.thumbnail))
        audit = audit_row(
            scope, ids=ids, now=now, actor=_ACTOR, event=_event(after), subject=file.account_ref, detail=_detail(after)
        )
        if isinstance(after, SentFile) and after.state is FileState.ACCEPTED:
            after = replace(after, in_feed=feed.is_taken_by_a_system(scope))
        opened, closed = _consequences(scope, after, now=now, ids=ids)
        repo.change(scope, before, after, audit=audit, opened=opened, closed=closed)
        logger.info(_event(after), file=file.file_id, reason=after.reason and after.reason.value)
        if isinstance(after, AttachedFile) and after.state is FileState.ACCEPTED:
            outbox_messages.notify(scope)  # people wait for it on the page

    retry_when_refused(write)


def _consequences(
    scope: TenantScope, file: IncomingFile, *, now: datetime, ids: Ids
) -> tuple[tuple[Record, ...], tuple[WriteItem, ...]]:
    """What is put, and what else is written, once it is accepted."""
    if file.state is not FileState.ACCEPTED:
        return (), ()
    match file:
        case SentFile():
            return _for_staff(scope, file, now=now, ids=ids)
        case SharedFile(is_shown=True):
            return (shown_item(scope, file, now=now, ids=ids),), ()
        case AttachedFile():
            return (attached_item(scope, file, now=now, ids=ids),), ()
        case _:
            return (), ()


def _for_staff(
    scope: TenantScope, file: SentFile, *, now: datetime, ids: Ids
) -> tuple[tuple[Record, ...], tuple[WriteItem, ...]]:
    """What staff have to do, what their system is told, and what it does to what it was sent for."""
    asked = fulfilment.accepted(scope, file, actor=_ACTOR, now=now, ids=ids)
    task = open_task(
        scope,
        kind=DOCUMENT,
        task_id=file.file_id,
        detail={"name": file.name, **({"request": asked.title} if asked.title else {})},
        now=now,
        account_ref=file.account_ref,
        account_name=file.account_name,
    )
    item = feed_items.item_of(scope, file, request=asked.title, now=now) if file.in_feed else None
    about = {"title": file.name, "customer": file.account_name, "path": "/staff/documents"}
    told = happened(scope, StaffEvent.DOCUMENT, about, now=now, ids=ids)
    return (task, told, item) if item else (task, told), asked.writes


def _release(scope: TenantScope, file: IncomingFile, checked: Checked | None) -> Checked | None:
    """Copy the version that both facts are about to the dealer's files. None where it is not there any more."""
    known = checked or _check(scope, file, file.object_version or "")
    if known is None or known.kind is None:
        return None
    intake = IntakeScope(scope.dealer_id)
    if known.thumbnail:
        quarantine.release(intake, thumbnail_name(file.file_id), known.thumbnail, THUMBNAIL_TYPE)
    quarantine.release(intake, kept_name(file.file_id), known.data, MEDIA_TYPES[known.kind])
    return known


def _check(scope: TenantScope, file: IncomingFile, version: str) -> Checked | None:
    name = quarantine_name(file.account_ref, file.file_id)
    try:
        data = quarantine.read(IntakeScope(scope.dealer_id), name, version)
    except NotFoundError:
        logger.warning("file.gone", file=file.file_id)
        return None
    return checks.check(data, file.name)


def _event(file: IncomingFile) -> str:
    fact = "checked" if file.is_checked else "scanned"
    return _EVENTS[type(file), file.state.value if file.is_final else fact]


def _detail(file: IncomingFile) -> dict[str, str]:
    detail = {"file": file.file_id, "name": file.label}
    return {**detail, "reason": file.reason.value} if file.reason else detail
