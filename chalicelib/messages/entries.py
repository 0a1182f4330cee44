"""What each thing that is written in a thread brings with it: its task, its audit row, and that texts are in bounds."""

from datetime import datetime

from chalicelib.dealers.staff_mails.model import StaffEvent
from chalicelib.dealers.staff_mails.operations import happened
from chalicelib.kernel.errors import ConflictError, InvalidError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.keys import link_part
from chalicelib.kernel.scopes import TenantScope
from chalicelib.kernel.texts import visible
from chalicelib.messages.model import MAX_SUBJECT, MAX_TEXT, Entry, EntryKind, Side, Thread
from chalicelib.store.audit import AuditRow, audit_row
from chalicelib.store.record import Record
from chalicelib.store.transactions import WriteItem
from chalicelib.tasks.kinds import QUESTION
from chalicelib.tasks.operations import close_task, open_task

FULL = lazy_gettext("This conversation is full. Start a new one.")


def checked(*, text: str, subject: str | None = None) -> tuple[str, str]:
    """Subject and text as they are kept. Raises InvalidError on either; without a subject it is not asked for."""
    wrong: dict[str, str] = {}
    called, said = " ".join(visible(subject or "").split()), visible(text)
    if subject is not None and not 0 < len(called) <= MAX_SUBJECT:
        wrong["subject"] = _("Enter a subject of up to %(num)s characters", num=MAX_SUBJECT)
    if not 0 < len(said) <= MAX_TEXT:
        wrong["text"] = _("Write a message of up to %(num)s characters", num=MAX_TEXT)
    if wrong:
        raise InvalidError(next(iter(wrong.values())), wrong)
    return called, said


def entry_of(
    thread: Thread, kind: EntryKind, side: Side, person_id: str, text: str = "", *, now: datetime, ids: Ids
) -> Entry:
    """The next entry of a thread. Raises ConflictError where words would be one too many."""
    if thread.is_full and kind in {EntryKind.MESSAGE, EntryKind.NOTE}:
        raise ConflictError(FULL)
    return Entry(entry_id=thread.next_id(now, ids), kind=kind, side=side, person_id=person_id, at=now, text=text)


def task_of(scope: TenantScope, thread: Thread, *, now: datetime) -> Record:
    """What staff have to do while a thread waits for them; it is theirs who answered before."""
    return open_task(
        scope,
        kind=QUESTION,
        task_id=thread.thread_id,
        detail={"title": thread.subject},
        now=now,
        account_ref=thread.account_ref,
        account_name=thread.account_name,
        depot=thread.depot,
        assigned_to=thread.assigned_to,
    )


def news_of(scope: TenantScope, thread: Thread, event: StaffEvent, *, by: str = "", now: datetime, ids: Ids) -> Record:
    """Has those of the staff mailed whom it is for, but for who has done it."""
    about = {
        "account_ref": thread.account_ref,
        "thread_id": thread.thread_id,
        "title": thread.subject,
        "customer": thread.account_name,
        "path": f"/staff/messages/{link_part(thread.account_ref)}/{thread.thread_id}",
        "by": by,
    }
    return happened(scope, event, about, now=now, ids=ids)


def task_ended(scope: TenantScope, before: Thread) -> list[WriteItem]:
    """The removal of its task, where it had one."""
    return [close_task(scope, kind=QUESTION, task_id=before.thread_id)] if before.waits else []


def way_of(by_mail: object) -> dict[str, str]:
    """What the trail says of something that was written by mail."""
    return {"by": "mail"} if by_mail else {}


def audit_of(
    scope: TenantScope, thread: Thread, event: str, *, actor: str, now: datetime, ids: Ids, **detail: str
) -> AuditRow:
    """Of what was written the trail has only the subject."""
    of_thread = {"thread": thread.thread_id, "title": thread.subject, **detail}
    return audit_row(scope, ids=ids, now=now, actor=actor, event=event, subject=thread.account_ref, detail=of_thread)
