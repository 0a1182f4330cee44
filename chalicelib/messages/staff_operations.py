"""Staff answer, note, close, reopen and assign. A customer's message that they have not seen keeps them from it."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from chalicelib.customers.enrolment.repo import in_era
from chalicelib.dealers.staff import queries as staff
from chalicelib.dealers.staff_mails.model import StaffEvent
from chalicelib.kernel.errors import ConflictError, InvalidError
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import DealerScope
from chalicelib.messages import feed_items, queries, repo
from chalicelib.messages.answer_mails import emails_to_notify, mails_of
from chalicelib.messages.entries import audit_of, checked, entry_of, news_of, task_ended, task_of, way_of
from chalicelib.messages.model import Entry, EntryKind, Side, Thread
from chalicelib.messages.recipients import queries as recipients
from chalicelib.messages.recipients.model import Recipient, RecipientKind, recipient_of
from chalicelib.store.record import Record
from chalicelib.store.transactions import WriteItem, refusal_as, retry_when_refused
from chalicelib.tasks import operations as tasks
from chalicelib.tasks import queries as open_tasks
from chalicelib.tasks.kinds import QUESTION

NEWS = lazy_gettext("Something new was written in the meantime. Read it, then send yours again.")
OF_EARLIER = lazy_gettext(
    "This is a conversation with an earlier customer of this account number. Nobody would read it."
)
NO_RECIPIENT = lazy_gettext("Choose a group or a colleague")
CHANGED_TASK = lazy_gettext("Somebody else has changed this task. Look again.")


class UnseenMessageError(ConflictError):
    """Something that customers see was written since the page was shown."""


def answer(
    scope: DealerScope,
    *,
    ref: str,
    thread_id: str,
    text: str,
    seen: str,
    now: datetime,
    ids: Ids,
    by_mail: Callable[[], Iterable[Record]] | None = None,
) -> tuple[Thread, int]:
    """Answer the customer, and how many people are notified by email. Callers notify the outbox.

    `seen` is the newest message that the page has shown, or the mail that is answered: `by_mail` gives what is put with
    one that was mailed. Raises InvalidError on `text`, UnseenMessageError,
    NotFoundError, and ConflictError for a thread that is full or of an earlier customer.
    """
    _subject, said = checked(text=text)

    def change() -> tuple[Thread, int]:
        before = queries.thread(scope, ref=ref, thread_id=thread_id)
        _require_seen(before, seen)
        entry = entry_of(before, EntryKind.MESSAGE, Side.STAFF, scope.person_id, said, now=now, ids=ids)
        after = replace(before.with_entry(entry), assigned_to=queries.assignee(scope, before) or scope.person_id)
        emails = emails_to_notify(scope, before)
        after = replace(after, mailed_at=now) if emails else after
        also: list[Record] = [
            audit_of(scope, after, "message.answered", actor=scope.person_id, now=now, ids=ids, **way_of(by_mail))
        ]
        also += by_mail() if by_mail else ()
        also += mails_of(scope, after, entry, emails, now=now, ids_of=lambda _: ids)
        return _changed(scope, before, after, entry, also), len(emails)

    return retry_when_refused(change)


def add_note(scope: DealerScope, *, ref: str, thread_id: str, text: str, now: datetime, ids: Ids) -> Thread:
    """Note something for colleagues, which customers never see. Raises InvalidError, NotFoundError, ConflictError."""
    _subject, said = checked(text=text)

    def change() -> Thread:
        before = queries.thread(scope, ref=ref, thread_id=thread_id)
        entry = entry_of(before, EntryKind.NOTE, Side.STAFF, scope.person_id, said, now=now, ids=ids)
        row = audit_of(scope, before, "message.noted", actor=scope.person_id, now=now, ids=ids)
        return repo.change(scope, before.with_entry(entry), entry, also=(row,))

    return retry_when_refused(change)


def close(scope: DealerScope, *, ref: str, thread_id: str, seen: str, now: datetime, ids: Ids) -> Thread:
    """Nothing is left to answer. Repeatable. Raises UnseenMessageError and NotFoundError."""

    def change() -> Thread:
        before = queries.thread(scope, ref=ref, thread_id=thread_id)
        if not before.is_open:
            return before
        _require_seen(before, seen)
        entry = entry_of(before, EntryKind.CLOSED, Side.STAFF, scope.person_id, now=now, ids=ids)
        after = replace(before.with_entry(entry), assigned_to=queries.assignee(scope, before))
        row = audit_of(scope, after, "message.closed", actor=scope.person_id, now=now, ids=ids)
        return _changed(scope, before, after, entry, [row, *feed_items.closing(scope, after, entry, now=now)])

    return retry_when_refused(change)


def reopen(scope: DealerScope, *, ref: str, thread_id: str, now: datetime, ids: Ids) -> Thread:
    """There is something to answer after all, and a task again. Repeatable. Raises NotFoundError and ConflictError."""

    def change() -> Thread:
        before = queries.thread(scope, ref=ref, thread_id=thread_id)
        if before.is_open:
            return before
        entry = entry_of(before, EntryKind.REOPENED, Side.STAFF, scope.person_id, now=now, ids=ids)
        after = before.with_entry(entry)
        row = audit_of(scope, after, "message.reopened", actor=scope.person_id, now=now, ids=ids)
        return _changed(scope, before, after, entry, [row, task_of(scope, after, now=now)])

    return retry_when_refused(change)


def assign(scope: DealerScope, *, ref: str, thread_id: str, to: str | None, now: datetime, ids: Ids) -> None:
    """A member of the staff answers it, or nobody in particular: its task is theirs, and each later one.

    Raises InvalidError for somebody who is not of the staff, NotFoundError, and ConflictError where the task was
    changed at this moment.
    """
    found = queries.thread(scope, ref=ref, thread_id=thread_id)
    if to and to != scope.person_id and staff.colleague(scope, to) is None:
        raise InvalidError(tasks.NOT_STAFF, {"to": tasks.NOT_STAFF})
    task = open_tasks.open_task(scope, QUESTION, thread_id) if found.waits else None
    if task:
        if tasks.assign(scope, shown=[task.shown], to=to, now=now, ids=ids).changed_since:
            raise ConflictError(CHANGED_TASK)
        return

    def change() -> None:
        before = queries.thread(scope, ref=ref, thread_id=thread_id)
        if before.waits:
            raise ConflictError(CHANGED_TASK)
        if before.assigned_to != to:
            row = audit_of(scope, before, "message.assigned", actor=scope.person_id, now=now, ids=ids, to=to or "")
            repo.change(scope, replace(before, assigned_to=to), also=(row,))

    retry_when_refused(change)


def hand_to(scope: DealerScope, *, ref: str, thread_id: str, to: str, now: datetime, ids: Ids) -> Recipient | None:
    """It goes to another person or group from now on, as staff read in it; empty: to the dealer. What it goes to then.

    A person answers it; a group's members divide it among themselves. Nothing happens where it goes there already.
    Raises InvalidError on `recipient` for nobody, NotFoundError, and ConflictError for a thread of an earlier customer.
    """
    addressing = recipients.addressing(scope)
    new = recipient_of(to)
    if (to and new is None) or (new and addressing.resolved(new) != new):
        raise InvalidError(NO_RECIPIENT, {"recipient": NO_RECIPIENT})
    person = new.recipient_id if new and new.kind is RecipientKind.PERSON else None
    name = recipients.name_for_staff(scope, addressing, addressing.resolved(new))

    def change() -> Thread:
        before = queries.thread(scope, ref=ref, thread_id=thread_id)
        if before.to == new:
            return before
        entry = entry_of(before, EntryKind.HANDED, Side.STAFF, scope.person_id, name, now=now, ids=ids)
        after = replace(before.with_entry(entry), to=new, assigned_to=person)
        task = open_tasks.open_task(scope, QUESTION, thread_id) if before.waits else None
        writes = [tasks.handed_task(scope, task, to=person)] if task else []
        detail = {"to": person or "", "recipient": name}
        also: list[Record] = [
            audit_of(scope, after, "message.handed", actor=scope.person_id, now=now, ids=ids, **detail)
        ]
        if after.waits and new:
            also.append(news_of(scope, after, StaffEvent.QUESTION, by=scope.person_id, now=now, ids=ids))
        own_era: WriteItem = in_era(scope, before.account_ref, before.era)
        with refusal_as(ConflictError(OF_EARLIER), of=own_era):
            return repo.change(scope, after, entry, writes=(own_era, *writes), also=also)

    return retry_when_refused(change).to


def _require_seen(before: Thread, seen: str) -> None:
    # Tested control: staff-have-read-what-they-answer
    if before.shown_id > seen:
        raise UnseenMessageError(NEWS)


def _changed(scope: DealerScope, before: Thread, after: Thread, entry: Entry, also: list[Record]) -> Thread:
    """Write it while the account is in the thread's era."""
    own_era: WriteItem = in_era(scope, before.account_ref, before.era)
    with refusal_as(ConflictError(OF_EARLIER), of=own_era):
        return repo.change(scope, after, entry, writes=(own_era, *task_ended(scope, before)), also=also)
