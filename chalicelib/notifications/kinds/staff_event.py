"""Something has happened that staff may be mailed of: those whom it reaches, as each has chosen."""

from collections.abc import Iterator

from chalicelib.dealers.missing_exports.model import MISSING_NOTICE
from chalicelib.dealers.staff import queries as staff
from chalicelib.dealers.staff.model import StaffMember
from chalicelib.dealers.staff_mails import repo
from chalicelib.dealers.staff_mails.model import STAFF_EVENT, Choices, News, Pace, StaffEvent
from chalicelib.dealers.staff_mails.repo import DigestLine
from chalicelib.disputes import steps
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.scopes import ImportScope
from chalicelib.messages import queries as messages
from chalicelib.messages.recipients import repo as recipients
from chalicelib.notifications.handlers import DealerStep, repeatable_ids
from chalicelib.notifications.kinds.staff_news import STAFF_NEWS
from chalicelib.store import outbox_messages
from chalicelib.store.outbox import OutboxItem, outbox_item
from chalicelib.store.record import Record

OF_THREADS = frozenset({StaffEvent.QUESTION, StaffEvent.REPLY})
MAX_TOLD = 90
"""People, of one event."""
OWN_MAILS = {StaffEvent.DISPUTE: steps.FOR_STAFF, StaffEvent.MISSING_EXPORT: MISSING_NOTICE}
"""Events of which the mail that leaves at once says more than a line. It reads the payload of the event."""


class StaffEventHappened(DealerStep):
    """Payload: event, title, customer, path; of a thread account_ref, thread_id, by; else what its own mail reads."""

    kind = STAFF_EVENT

    def run(self, scope: ImportScope, item: OutboxItem) -> None:
        """Queue a mail to each who wants one at once, and a line for the daily mail of the others. Repeatable."""
        members = [one for one in staff.joined(scope) if one.person_id != item.payload.get("by")]
        known = repo.choices_of(scope, [one.person_id for one in members if one.person_id])
        made: list[Record] = []
        for member, event in _reached(scope, item, members):
            pace = known.get(member.person_id or "", Choices()).pace(event, member.role)
            if pace is Pace.AT_ONCE:
                made.append(_mail(scope, item, event, member.email))
            elif pace is Pace.DAILY and member.person_id:
                ids = repeatable_ids(item, about=member.person_id)
                at = item.queued_at
                waits = DigestLine(member.person_id, ids.ulid(at), at, _news(item, event))
                made.append(repo.line(scope, waits))
        if made and repo.put_once(scope, item.item_id, made[:MAX_TOLD], now=item.queued_at):
            outbox_messages.notify(scope)


def _reached(
    scope: ImportScope, item: OutboxItem, members: list[StaffMember]
) -> Iterator[tuple[StaffMember, StaffEvent]]:
    """Who may be mailed, and as what: of a thread those whom it is for, or all where it is for nobody in particular."""
    event = StaffEvent(item.payload["event"])
    if event not in OF_THREADS:
        yield from ((one, event) for one in members)
        return
    try:
        thread = messages.thread(scope, ref=item.payload["account_ref"], thread_id=item.payload["thread_id"])
    except NotFoundError:
        return
    staff_ids = set(staff.emails(scope))
    directory = recipients.directory(scope)
    readers = set(directory.readers(thread.to, staff_ids))
    if thread.assigned_to in staff_ids:
        readers = {thread.assigned_to}
    is_open = not readers and directory.resolved(thread.to, staff_ids) is None
    for one in members:
        if one.person_id in readers:
            yield one, event
        elif is_open:
            yield one, StaffEvent.OPEN_QUESTION if event is StaffEvent.QUESTION else event


def _mail(scope: ImportScope, item: OutboxItem, event: StaffEvent, email: str) -> Record:
    kind = OWN_MAILS.get(event, STAFF_NEWS)
    of_event = {"event": event.value, "lines": [[*_news(item, event)]]} if kind == STAFF_NEWS else item.payload
    if kind == STAFF_NEWS and "thread_id" in item.payload:
        of_thread = {"of_account": item.payload["account_ref"], "thread_id": item.payload["thread_id"]}
        of_event = {**of_event, **of_thread}
    ids = repeatable_ids(item, about=email)
    return outbox_item(scope, kind=kind, payload={**of_event, "email": email}, now=item.queued_at, ids=ids)


def _news(item: OutboxItem, event: StaffEvent) -> News:
    about = item.payload
    return News(event, about.get("title", ""), about.get("customer", ""), about["path"])
