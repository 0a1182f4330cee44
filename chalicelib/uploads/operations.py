"""Sending a file, and what staff say of it."""

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib import settings
from chalicelib.kernel.errors import InvalidError, NotFoundError, TooManyError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import CustomerScope, DealerScope, ImportScope, TenantScope
from chalicelib.kernel.texts import visible
from chalicelib.store import blobs
from chalicelib.store.audit import BY_CUSTOMER, IMPORT, audit_row
from chalicelib.store.blobs import PresignedPost
from chalicelib.store.outbox import outbox_item
from chalicelib.store.record import Record
from chalicelib.store.transactions import retry_when_refused
from chalicelib.tasks.kinds import DOCUMENT
from chalicelib.tasks.operations import close_task
from chalicelib.uploads import feed_items, repo
from chalicelib.uploads.attached_file import AttachedFile
from chalicelib.uploads.document_requests import fulfilment
from chalicelib.uploads.document_requests import repo as document_requests
from chalicelib.uploads.document_requests.model import DocumentRequest
from chalicelib.uploads.model import (
    FORM_SECONDS,
    FilePurpose,
    FileState,
    IncomingFile,
    Reason,
    Review,
    SentFile,
    quarantine_name,
    sender_ref,
)
from chalicelib.uploads.shared_file import SharedFile

MAX_NAME = 120
MAX_TEXT = 500
NOT_ASKED_FOR = lazy_gettext("This is no longer requested. Choose what the files are for.")
ASKED_AGAIN = "document_asked_again"
"""The mail to the customer."""
UNTYPED = "application/octet-stream"
"""The storage is told nothing of a file that nobody has checked."""


@dataclass(frozen=True, slots=True)
class FileForms:
    """One file of a browser: `form` is answered with a redirect, `script_form` with 201. Either may be used."""

    form: PresignedPost
    script_form: PresignedPost


def begin_file(
    scope: CustomerScope,
    *,
    purpose: str,
    note: str,
    name: str,
    account_name: str,
    maximum: int,
    now: datetime,
    ids: Ids,
) -> SentFile:
    """Announce a file; `name` is empty where the browser cannot tell it before it sends it.

    `purpose` is one of FilePurpose, or the id of what staff ask for. Raises InvalidError, and TooManyError where the
    account has begun `maximum` files today (UTC).
    """
    ref = sender_ref(scope)
    if ref is None:
        raise NotFoundError
    era = scope.eras.get(ref, "")
    asked = _asked_for(scope, ref, era, purpose)
    file = SentFile(
        file_id=ids.ulid(now),
        account_ref=ref,
        era=era,
        sent_by=scope.person_id,
        purpose=asked.purpose if asked else _purpose(purpose),
        note=text_of("note", note),
        name=clean_name(name),
        begun_at=now,
        account_name=account_name,
        request_id=asked.request_id if asked else "",
    )
    put_begun(scope, file, event="file.begun", maximum=maximum, now=now, ids=ids)
    return file


def put_begun(
    scope: TenantScope,
    file: IncomingFile,
    *,
    event: str,
    maximum: int,
    now: datetime,
    ids: Ids,
    check: Callable[[], None] = lambda: None,
) -> None:
    """Write a file that is announced. Raises TooManyError where the account has begun `maximum` today (UTC).

    `check`: see `repo.begin`.
    """
    detail = {"file": file.file_id, "name": file.label, **({} if file.is_from_staff else {"by": BY_CUSTOMER})}
    ref = file.account_ref
    audit = audit_row(scope, ids=ids, now=now, actor=file.sent_by, event=event, subject=ref, detail=detail)
    if not retry_when_refused(lambda: repo.begin(scope, file, maximum=maximum, audit=audit, check=check)):
        text = _("The daily limit of %(num)s files for this account is reached.", num=maximum)
        midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        raise TooManyError(text, retry_after=int((midnight - now).total_seconds()))


def file_forms(scope: TenantScope, file: IncomingFile, *, success_url: str) -> FileForms:
    """Forms for a file that has been begun: one object of one name, as large as it may be, for a quarter of an hour."""
    plain, scripted = (
        blobs.presign_post(
            scope,
            settings.load().quarantine_bucket,
            quarantine_name(file.account_ref, file.file_id),
            max_bytes=file.max_bytes,
            content_type=UNTYPED,
            seconds=FORM_SECONDS,
            success_redirect=to,
        )
        for to in (success_url, None)
    )
    return FileForms(plain, scripted)


def review_file(
    scope: DealerScope,
    *,
    account_ref: str,
    file_id: str,
    review: Review,
    comment: str,
    emails: Iterable[str] = (),
    now: datetime,
    ids: Ids,
) -> SentFile:
    """Say of an accepted file that it is done with, or ask for another; its sender reads the comment.

    A mail to each of `emails` tells that it is asked for again: one, however often that is sent. Raises InvalidError
    where it is asked for again without a reason, NotFoundError for a file that is not accepted.
    """
    said = text_of("comment", comment)
    if review is Review.ASKED_AGAIN and not said:
        text = _("Say what is missing or wrong, so that they can send the right one")
        raise InvalidError(_("Give a reason"), {"comment": text})

    def change() -> SentFile:
        before = repo.stored_file(scope, account_ref, file_id)
        if before is None or before.file.state is not FileState.ACCEPTED:
            raise NotFoundError
        asked_again = review is Review.ASKED_AGAIN
        if asked_again and (before.file.review, before.file.comment) == (review, said):
            return before.file
        after = replace(before.file, review=review, comment=said, reviewed_by=scope.person_id, reviewed_at=now)
        detail = {"file": file_id, "name": after.name, "comment": said}
        event = "file.asked_again" if asked_again else "file.done"
        row = audit_row(scope, ids=ids, now=now, actor=scope.person_id, event=event, subject=account_ref, detail=detail)
        of_request = fulfilment.reviewed(scope, before.file, after, actor=scope.person_id, now=now, ids=ids)
        closed = [close_task(scope, kind=DOCUMENT, task_id=file_id), *of_request]
        mails: list[Record] = []
        if asked_again:
            closed += feed_items.withdrawn(scope, after, by=scope.person_id, now=now)
            mails = [_mail(scope, after, email, now=now, ids=ids) for email in emails]
        repo.change(scope, before, after, audit=row, opened=mails, closed=closed)
        return after

    return retry_when_refused(change)


def _mail(scope: DealerScope, file: SentFile, email: str, *, now: datetime, ids: Ids) -> Record:
    payload = {"account_ref": file.account_ref, "file_id": file.file_id, "email": email, "asked_at": now.isoformat()}
    return outbox_item(scope, kind=ASKED_AGAIN, payload=payload, now=now, ids=ids)


def end_earlier(scope: ImportScope, *, account_ref: str, era: str, now: datetime, ids_of: Callable[[str], Ids]) -> None:
    """The account is another customer's since `era`: what is still on its way from an earlier one is refused.

    Repeatable. `ids_of` gives the ids to use for a file's id.
    """
    for ref, file_id in repo.pending_files(scope, begun_before=now + timedelta(days=1)):
        if ref == account_ref:
            _refuse_earlier(scope, ref, file_id, era, now=now, ids=ids_of(file_id))


def _refuse_earlier(scope: ImportScope, ref: str, file_id: str, era: str, *, now: datetime, ids: Ids) -> None:
    def write() -> None:
        before = repo.incoming_file(scope, ref, file_id)
        if before is None or before.file.is_final or before.file.era >= era:
            return
        after = before.file.refused(Reason.OTHER_CUSTOMER, now)
        event = _refused(after)
        detail = {"file": file_id, "name": after.label, "reason": Reason.OTHER_CUSTOMER.value}
        row = audit_row(scope, ids=ids, now=now, actor=IMPORT, event=event, subject=ref, detail=detail)
        repo.change(scope, before, after, audit=row)

    retry_when_refused(write)


def _refused(file: IncomingFile) -> str:
    match file:
        case SharedFile():
            return "shared.refused"
        case AttachedFile():
            return "attached.refused"
        case _:
            return "file.refused"


def clean_name(name: str) -> str:
    """The last part of a path, without what cannot be seen or turns the text around, cut to 120 characters."""
    last = name.replace("\\", "/").rpartition("/")[2]
    seen = "".join(letter for letter in last if unicodedata.category(letter)[0] != "C").strip()
    stem, dot, extension = seen.rpartition(".")
    if not dot or not stem:
        return seen[:MAX_NAME]
    return f"{stem[: MAX_NAME - len(extension) - 1]}.{extension}"[:MAX_NAME]


def _asked_for(scope: CustomerScope, ref: str, era: str, request_id: str) -> DocumentRequest | None:
    """What staff ask for, if it is that; None also of an earlier customer's. Raises InvalidError once it is closed."""
    found = None if request_id in set(FilePurpose) else document_requests.request(scope, ref, request_id)
    # Tested control: files-for-own-era
    if found is None or found.era != era:
        return None
    if not found.is_open:
        raise InvalidError(NOT_ASKED_FOR, {"purpose": NOT_ASKED_FOR})
    return found


def _purpose(text: str) -> FilePurpose:
    if text not in set(FilePurpose):
        raise InvalidError(_("Choose what the files are for"), {"purpose": _("Choose what the files are for")})
    return FilePurpose(text)


def text_of(field: str, text: str) -> str:
    """What is seen of it. Raises InvalidError on `field` where that is too long."""
    stripped = visible(text)
    if len(stripped) > MAX_TEXT:
        message = _("Use at most %(num)s characters", num=MAX_TEXT)
        raise InvalidError(message, {field: message})
    return stripped
