"""A customer asks, writes and closes, each in one transaction with the staff's task and the item of the feed."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from chalicelib.customers.enrolment.queries import current_era
from chalicelib.customers.enrolment.repo import in_era
from chalicelib.dealers.staff_mails.model import StaffEvent
from chalicelib.feed import queries as feed
from chalicelib.feed.operations import withdraw_item
from chalicelib.feed.payloads import QuestionAsked, QuestionClosed
from chalicelib.kernel.errors import InvalidError, NotFoundError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import CustomerScope, DealerScope, ImportScope
from chalicelib.messages import feed_items, queries, repo
from chalicelib.messages.entries import audit_of, checked, entry_of, news_of, task_ended, task_of, way_of
from chalicelib.messages.model import Conversation, EntryKind, NewQuestion, ReadMark, Side, Thread
from chalicelib.messages.recipients import queries as recipients
from chalicelib.messages.recipients.model import Recipient, RecipientKind, recipient_of
from chalicelib.store.audit import IMPORT
from chalicelib.store.record import Record
from chalicelib.store.transactions import refusal_as, retry_when_refused
from chalicelib.uploads.model import sender_ref


def ask(scope: CustomerScope, new: NewQuestion, *, now: datetime, ids: Ids) -> Thread:
    """Begin a thread, which waits for the dealer's answer.

    Raises InvalidError on `subject`, `text` and `to`, and NotFoundError where the account's number has just been given
    to another customer.
    """
    ref = sender_ref(scope)
    if ref is None:
        raise NotFoundError
    called, said = checked(subject=new.subject, text=new.text)
    to = _addressed(scope, new)
    begun = Thread(
        thread_id=ids.ulid(now),
        account_ref=ref,
        era=scope.eras.get(ref, ""),
        subject=called,
        begun_by=scope.person_id,
        begun_at=now,
        account_name=new.account_name,
        depot=new.depot,
        about=new.about,
        assigned_to=to.recipient_id if to and to.kind is RecipientKind.PERSON else None,
        to=to,
    )
    entry = entry_of(begun, EntryKind.MESSAGE, Side.CUSTOMER, scope.person_id, said, now=now, ids=ids)
    thread = begun.with_entry(entry)
    also = [
        task_of(scope, thread, now=now),
        news_of(scope, thread, StaffEvent.QUESTION, now=now, ids=ids),
        audit_of(scope, thread, "message.asked", actor=scope.person_id, now=now, ids=ids),
        *feed_items.question(scope, thread, entry, email=new.email, now=now),
    ]
    own_era = in_era(scope, ref, thread.era)
    with refusal_as(NotFoundError(), of=own_era):
        retry_when_refused(lambda: repo.put(scope, thread, entry, provided=(own_era,), also=also))
    return thread


def _addressed(scope: CustomerScope, new: NewQuestion) -> Recipient | None:
    """To whom it goes. Raises InvalidError on `to` for whom this account is not offered."""
    if not new.to:
        return None
    # Tested control: offered-recipients-alone
    if new.to not in {one.value for one in recipients.offer(scope, rep_code=new.rep_code).choices}:
        message = _("Choose again to whom your message goes")
        raise InvalidError(message, {"to": message})
    return recipient_of(new.to)


def write(
    scope: CustomerScope,
    *,
    thread_id: str,
    text: str,
    now: datetime,
    ids: Ids,
    by_mail: Callable[[], Iterable[Record]] | None = None,
) -> Thread:
    """Write more in a thread, which opens it where it was closed. `by_mail` gives what is put with one that was mailed.

    Raises InvalidError on `text`, NotFoundError for no such thread of theirs, ConflictError for one that is full.
    """
    _subject, said = checked(text=text)

    def change() -> Thread:
        before = queries.own_thread(scope, thread_id)
        entry = entry_of(before, EntryKind.MESSAGE, Side.CUSTOMER, scope.person_id, said, now=now, ids=ids)
        after = before.with_entry(entry)
        also: list[Record] = [
            audit_of(scope, after, "message.written", actor=scope.person_id, now=now, ids=ids, **way_of(by_mail))
        ]
        also += by_mail() if by_mail else ()
        if not before.waits:
            also.append(task_of(scope, after, now=now))
            also.append(news_of(scope, after, StaffEvent.REPLY, now=now, ids=ids))
        own_era = in_era(scope, before.account_ref, before.era)
        with refusal_as(NotFoundError(), of=own_era):
            return repo.change(scope, after, entry, writes=(own_era,), also=also)

    return retry_when_refused(change)


def close(scope: CustomerScope, *, thread_id: str, now: datetime, ids: Ids) -> Thread:
    """The customer needs no answer any more. Repeatable. Raises NotFoundError for no such thread of theirs."""

    def change() -> Thread:
        before = queries.own_thread(scope, thread_id)
        if not before.is_open:
            return before
        entry = entry_of(before, EntryKind.CLOSED, Side.CUSTOMER, scope.person_id, now=now, ids=ids)
        after = before.with_entry(entry)
        also = [
            audit_of(scope, after, "message.closed_by_customer", actor=scope.person_id, now=now, ids=ids),
            *feed_items.closing(scope, after, entry, now=now),
        ]
        return repo.change(scope, after, entry, writes=task_ended(scope, before), also=also)

    return retry_when_refused(change)


def note_reading(scope: CustomerScope | DealerScope, found: Conversation, *, now: datetime) -> None:
    """The reader has seen all of it. Staff who see the portal as the customer have read nothing for them."""
    thread, before = found.thread, found.read.get(scope.person_id)
    if isinstance(scope, CustomerScope) and scope.is_read_only:
        return
    if before and before.up_to >= thread.shown_id:
        return
    mark = ReadMark(thread.shown_id, now, Side.CUSTOMER if isinstance(scope, CustomerScope) else Side.STAFF)
    repo.mark_read(scope, thread.account_ref, thread.thread_id, person_id=scope.person_id, mark=mark)


def end_earlier(scope: ImportScope, *, ref: str, now: datetime, ids_of: Callable[[str], Ids]) -> None:
    """The account's number is another customer's now: nobody waits for an answer to an earlier one. Repeatable.

    What of it no program has taken is withdrawn. `ids_of` gives the ids to use for a thread's id.
    """
    era = current_era(scope, ref)
    for thread in repo.open_threads(scope, ref):
        if thread.era < era:
            _end(scope, ref, thread.thread_id, now=now, ids=ids_of(thread.thread_id))
    for item in feed.waiting_of(scope, ref):
        if isinstance(item.data, QuestionAsked | QuestionClosed):
            _withdraw(scope, ref, item.data.thread_id, item.item_id, era, now=now)


def _end(scope: ImportScope, ref: str, thread_id: str, *, now: datetime, ids: Ids) -> None:
    def change() -> None:
        before = queries.thread(scope, ref=ref, thread_id=thread_id)
        if before.is_open:
            row = audit_of(scope, before, "message.ended", actor=IMPORT, now=now, ids=ids)
            after = replace(before, is_open=False, waits=False)
            repo.change(scope, after, writes=task_ended(scope, before), also=(row,))

    retry_when_refused(change)


def _withdraw(scope: ImportScope, ref: str, thread_id: str, item_id: str, era: str, *, now: datetime) -> None:
    def change() -> None:
        found = queries.thread(scope, ref=ref, thread_id=thread_id)
        writes = withdraw_item(scope, item_id, by=IMPORT, now=now) if found.era < era else ()
        if writes:
            repo.change(scope, found, writes=writes)

    retry_when_refused(change)
