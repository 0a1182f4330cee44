"""Files that either side attaches to a thread: each is an entry of it from the moment it was accepted."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from chalicelib.customers.enrolment.repo import in_era
from chalicelib.dealers.staff_mails.model import StaffEvent
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import ImportScope
from chalicelib.messages import queries, repo
from chalicelib.messages.answer_mails import emails_to_notify, is_mailed_again, mails_of
from chalicelib.messages.entries import audit_of, news_of, task_of
from chalicelib.messages.model import Entry, EntryKind, Side, Thread
from chalicelib.store.audit import BY_CUSTOMER
from chalicelib.store.record import Record
from chalicelib.store.transactions import refusal_as, retry_when_refused
from chalicelib.uploads.attached_file import AttachedFile, Owner, OwnerKind


def owner_of(thread: Thread) -> Owner:
    """The thread as what files are attached to."""
    return Owner(kind=OwnerKind.THREAD, owner_id=thread.thread_id, account_ref=thread.account_ref, era=thread.era)


def add_accepted_file(
    scope: ImportScope, file: AttachedFile, *, name: str, now: datetime, ids_of: Callable[[str], Ids]
) -> bool:
    """An accepted file becomes an entry, of this name; whether somebody is to be mailed. Repeatable.

    The customer's waits for an answer, as a message does. `ids_of` gives the ids to use for an email, the entry and the
    audit row. Raises NotFoundError where there is no such thread, or the account is another customer's by now.
    """
    own_era = in_era(scope, file.account_ref, file.era)

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
        is_mailed = file.by_staff and is_mailed_again(before, now=now)
        emails = emails_to_notify(scope, before) if is_mailed else []
        after = replace(after, mailed_at=now) if emails else after
        ids = ids_of("audit")
        said = {"name": name} if file.by_staff else {"name": name, "by": BY_CUSTOMER}
        also: list[Record] = [audit_of(scope, after, "message.file", actor=file.sent_by, now=now, ids=ids, **said)]
        if after.waits and not before.waits:
            also.append(task_of(scope, after, now=now))
            also.append(news_of(scope, after, StaffEvent.REPLY, now=now, ids=ids_of("news")))
        also += mails_of(scope, after, entry, emails, now=now, ids_of=ids_of)
        repo.change(scope, after, entry, writes=(own_era,), also=also)
        return bool(emails) or after.waits

    with refusal_as(NotFoundError(), of=own_era):
        return retry_when_refused(change)
