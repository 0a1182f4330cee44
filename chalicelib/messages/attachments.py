"""Files that either side attaches to a thread: each is an entry of it from the moment it was accepted."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.customers.document_requests import MAX_RECIPIENTS, account_users
from chalicelib.customers.enrolment.repo import in_era
from chalicelib.dealers.staff_mails.model import StaffEvent
from chalicelib.kernel.areas import Area
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import ImportScope
from chalicelib.messages import queries, repo
from chalicelib.messages.entries import audit_of, news_of, task_of
from chalicelib.messages.model import Entry, EntryKind, Side, Thread
from chalicelib.messages.staff_operations import ANSWERED
from chalicelib.store.outbox import outbox_item
from chalicelib.store.record import Record
from chalicelib.store.transactions import retry_when_refused
from chalicelib.uploads.attached_file import AttachedFile, Owner, OwnerKind

MAILED_AGAIN_AFTER = timedelta(hours=1)
"""So long after something of the dealer's, which was mailed, another file of theirs is mailed again."""


def owner_of(thread: Thread) -> Owner:
    """The thread as what files are attached to."""
    return Owner(kind=OwnerKind.THREAD, owner_id=thread.thread_id, account_ref=thread.account_ref, era=thread.era)


def add_accepted_file(
    scope: ImportScope, file: AttachedFile, *, name: str, now: datetime, ids_of: Callable[[str], Ids]
) -> bool:
    """An accepted file becomes an entry, of this name; whether somebody is to be mailed. Repeatable.

    The customer's waits for an answer, as a message does. `ids_of` gives the ids to use for an email, the entry and the
    audit row. Raises NotFoundError where there is no such thread.
    """

    def change() -> bool:
        before = queries.thread(scope, ref=file.account_ref, thread_id=file.owner_id)
        entries = repo.entries(scope, before.account_ref, before.thread_id)
        if any(entry.file_id == file.file_id for entry in entries):
            return False
        entry = Entry(
            entry_id=before.next_id(now, ids_of("entry")),
            kind=EntryKind.FILE,
            side=Side.STAFF if file.by_staff else Side.CUSTOMER,
            person_id=file.sent_by,
            at=now,
            text=name,
            file_id=file.file_id,
            size=file.size,
        )
        after = before.with_entry(entry)
        if file.by_staff and not before.waits:
            after = replace(after, assigned_to=before.assigned_to or file.sent_by)
        emails = _readers(scope, before, now) if file.by_staff else []
        ids = ids_of("audit")
        also: list[Record] = [audit_of(scope, after, "message.file", actor=file.sent_by, now=now, ids=ids, name=name)]
        if after.waits and not before.waits:
            also.append(task_of(scope, after, now=now))
            also.append(news_of(scope, after, StaffEvent.REPLY, now=now, ids=ids_of("news")))
        also += [_mail(scope, after, entry, email, now=now, ids=ids_of(email)) for email in emails]
        repo.change(scope, after, entry, writes=(in_era(scope, before.account_ref, before.era),), also=also)
        return bool(emails) or after.waits

    return retry_when_refused(change)


def _readers(scope: ImportScope, before: Thread, now: datetime) -> list[str]:
    """As of an answer, unless they were mailed of one just now."""
    if before.shown_side is Side.STAFF and before.shown_at and now - before.shown_at < MAILED_AGAIN_AFTER:
        return []
    users = account_users(scope, before.account_ref, before.era, Area.MESSAGES)
    wrote = [user for user in users if user.person_id in before.writers]
    return sorted({user.email for user in (wrote or users)[:MAX_RECIPIENTS]})


def _mail(scope: ImportScope, thread: Thread, entry: Entry, email: str, *, now: datetime, ids: Ids) -> Record:
    payload = {
        "account_ref": thread.account_ref,
        "thread_id": thread.thread_id,
        "entry_id": entry.entry_id,
        "email": email,
    }
    return outbox_item(scope, kind=ANSWERED, payload=payload, now=now, ids=ids)
