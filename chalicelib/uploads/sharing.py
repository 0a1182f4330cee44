"""Documents that staff share with a customer: they are put there, shown, hidden, renamed, deleted and opened."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib import settings
from chalicelib.kernel.errors import ConflictError, InvalidError, NotFoundError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import CustomerScope, DealerScope, ImportScope, TenantScope
from chalicelib.store import blobs
from chalicelib.store.audit import AuditRow, audit_row
from chalicelib.store.outbox import outbox_item
from chalicelib.store.record import Record
from chalicelib.store.transactions import retry_when_refused
from chalicelib.uploads import repo
from chalicelib.uploads.model import kept_name, thumbnail_name
from chalicelib.uploads.operations import MAX_NAME, clean_name, put_begun, text_of
from chalicelib.uploads.shared_file import DocumentKind, SharedFile

SHOWN = "document_shown"
DELETED = "document_deleted"
ANNOUNCED = "documents_shared"
"""Kinds of outbox items: find out whom to tell, delete the content, tell somebody."""
MAX_DOCUMENTS = 500
"""Of an account. Pages read all of them, so that they can be searched."""
MAX_ANNOUNCED = 30
"""Documents in one mail."""
MAX_RECIPIENTS = 60
"""People of one account who are notified. Both are written in one transaction."""
MAX_TITLE = MAX_NAME
BEING_CHECKED = lazy_gettext("This document is still being checked. Try again in a moment.")
NOT_ACCEPTED = lazy_gettext("This document was not accepted, so it cannot be made visible.")
OF_ANOTHER_CUSTOMER = lazy_gettext(
    "This account belongs to another customer now. Nothing was shared. Open the account again."
)


@dataclass(frozen=True, slots=True)
class NewDocument:
    """What a form says of a document. Without a title it is called as its file, whose `name` the script knows."""

    title: str
    kind: str
    note: str
    name: str
    visible: bool


def begin_document(
    scope: DealerScope, new: NewDocument, *, account_ref: str, era: str, maximum: int, now: datetime, ids: Ids
) -> SharedFile:
    """Announce a document for the customer who has the account in `era`. A visible one is shown once it is checked.

    Raises InvalidError, TooManyError where staff have begun `maximum` files of the account today (UTC), and
    ConflictError where it holds as many as it may.
    """
    file = SharedFile(
        file_id=ids.ulid(now),
        account_ref=account_ref,
        era=era,
        sent_by=scope.person_id,
        note=text_of("note", new.note),
        name=clean_name(new.name),
        begun_at=now,
        title=_title(new.title or clean_name(new.name)),
        document_kind=_kind(new.kind),
        is_visible=new.visible,
    )

    def check() -> None:
        # Tested control: documents-of-account-limited
        if repo.shared_number(scope, account_ref) >= MAX_DOCUMENTS:
            text = _("The limit of %(num)s documents for this account is reached. Delete some.", num=MAX_DOCUMENTS)
            raise ConflictError(text)

    put_begun(scope, file, event="shared.begun", maximum=maximum, now=now, ids=ids, check=check)
    return file


def describe(
    scope: DealerScope, *, account_ref: str, file_id: str, title: str, kind: str, note: str, now: datetime, ids: Ids
) -> SharedFile:
    """Give it another title, kind or note. The same again changes nothing. Raises InvalidError and NotFoundError."""
    called, chosen, said = _title(title), _kind(kind), text_of("note", note)

    def change(file: SharedFile) -> SharedFile:
        return replace(file, title=called, document_kind=chosen, note=said)

    return _change(scope, account_ref, file_id, change, event="shared.changed", now=now, ids=ids)


def set_visibility(
    scope: DealerScope, *, account_ref: str, file_id: str, visible: bool, now: datetime, ids: Ids
) -> SharedFile:
    """Show it to the customer, from now on or as soon as it is checked, or hide it. The same again changes nothing.

    Raises NotFoundError, and ConflictError for one that was refused.
    """

    def change(file: SharedFile) -> SharedFile:
        if file.reason:
            raise ConflictError(NOT_ACCEPTED)
        return file.with_visibility(now, visible=visible)

    event = "shared.shown" if visible else "shared.hidden"
    return _change(scope, account_ref, file_id, change, event=event, now=now, ids=ids)


def delete_document(scope: DealerScope, *, account_ref: str, file_id: str, now: datetime, ids: Ids) -> SharedFile:
    """It is gone, and its content follows: callers notify the outbox. Raises NotFoundError and ConflictError."""

    def delete() -> SharedFile:
        stored = repo.stored_shared_file(scope, account_ref, file_id)
        if stored is None:
            raise NotFoundError
        if not stored.file.can_be_deleted:
            raise ConflictError(BEING_CHECKED)
        audit = _audit(scope, stored.file, "shared.deleted", scope.person_id, now=now, ids=ids)
        item = outbox_item(scope, kind=DELETED, payload={"file_id": file_id}, now=now, ids=ids)
        repo.remove(scope, stored, also=(audit, item))
        return stored.file

    return retry_when_refused(delete)


def delete_content(scope: ImportScope, *, file_id: str) -> None:
    """The content of a document that was deleted, and its thumbnail. Repeatable."""
    # Tested control: thumbnail-deleted-with-content
    names = [kept_name(file_id), thumbnail_name(file_id)]
    blobs.delete(scope, settings.load().files_bucket, names)


def note_opening(scope: CustomerScope, file: SharedFile, *, now: datetime, ids: Ids) -> None:
    """The customer's user opens it; the first time is written down. Raises NotFoundError where it is hidden by now."""
    person = scope.person_id
    if person in file.opened or scope.is_read_only:
        return

    def change(now_stored: SharedFile) -> SharedFile:
        if not now_stored.is_shown:
            raise NotFoundError
        return now_stored.opened_by(person, now)

    _change(scope, file.account_ref, file.file_id, change, event="shared.opened", now=now, ids=ids)


def announce(
    scope: ImportScope,
    *,
    account_ref: str,
    era: str,
    emails: Sequence[str],
    now: datetime,
    ids_of: Callable[[str], Ids],
) -> int:
    """Queue one mail to each of the customer's people about all documents that they were not notified of; how many.

    Repeatable: `ids_of` gives the ids to use for an email, and for the audit row. What was hidden again meanwhile is
    notified of when it is shown again.
    """

    def write() -> int:
        waiting = [
            stored
            for stored in repo.shared_files(scope, account_ref, limit=MAX_DOCUMENTS)
            if stored.file.is_shown and stored.file.announced_at is None and stored.file.era == era
        ][:MAX_ANNOUNCED]
        if not (waiting and emails):
            return 0
        files = [stored.file for stored in waiting]
        payload = {"account_ref": account_ref, "files": [file.file_id for file in files]}
        detail = {"file": files[0].file_id, "name": ", ".join(file.title for file in files)}
        also: list[Record] = [
            outbox_item(scope, kind=ANNOUNCED, payload={**payload, "email": email}, now=now, ids=ids_of(email))
            for email in emails[:MAX_RECIPIENTS]
        ]
        also.append(
            audit_row(
                scope,
                ids=ids_of("audit"),
                now=now,
                actor="system",
                event="shared.announced",
                subject=account_ref,
                detail=detail,
            )
        )
        announced = [(stored, replace(stored.file, announced_at=now)) for stored in waiting]
        repo.announce(scope, announced, also)
        return len(emails[:MAX_RECIPIENTS])

    return retry_when_refused(write)


def shown_item(scope: TenantScope, file: SharedFile, *, now: datetime, ids: Ids) -> Record:
    """Has the customer notified, for the transaction that shows it to them."""
    return outbox_item(scope, kind=SHOWN, payload={"account_ref": file.account_ref}, now=now, ids=ids)


def _change(
    scope: TenantScope,
    account_ref: str,
    file_id: str,
    change: Callable[[SharedFile], SharedFile],
    *,
    event: str,
    now: datetime,
    ids: Ids,
) -> SharedFile:
    actor = scope.person_id if isinstance(scope, DealerScope | CustomerScope) else "system"

    def write() -> SharedFile:
        before = repo.stored_shared_file(scope, account_ref, file_id)
        if before is None:
            raise NotFoundError
        after = change(before.file)
        if after == before.file:
            return after
        is_new = after.is_shown and after.announced_at is None and not before.file.is_shown
        opened = (shown_item(scope, after, now=now, ids=ids),) if is_new else ()
        repo.change(scope, before, after, audit=_audit(scope, after, event, actor, now=now, ids=ids), opened=opened)
        return after

    return retry_when_refused(write)


def _audit(scope: TenantScope, file: SharedFile, event: str, actor: str, *, now: datetime, ids: Ids) -> AuditRow:
    detail = {"file": file.file_id, "name": file.title}
    return audit_row(scope, ids=ids, now=now, actor=actor, event=event, subject=file.account_ref, detail=detail)


def _title(text: str) -> str:
    title = " ".join(text.split())
    if not 0 < len(title) <= MAX_TITLE or not title.isprintable():
        message = _("Enter a title of up to %(num)s characters", num=MAX_TITLE)
        raise InvalidError(message, {"title": message})
    return title


def _kind(text: str) -> DocumentKind:
    if text not in set(DocumentKind):
        message = _("Choose what kind of document it is")
        raise InvalidError(message, {"kind": message})
    return DocumentKind(text)
