"""What the dealer's own system has to know of questions: where a program or files take the items.

Staff who take them by hand have the question among their tasks already, and would mark it twice.
"""

from datetime import datetime

from chalicelib.feed import queries as feed
from chalicelib.feed.operations import feed_item
from chalicelib.feed.payloads import Payload, QuestionAsked, QuestionClosed
from chalicelib.kernel.scopes import TenantScope
from chalicelib.messages.model import Entry, Side, Thread
from chalicelib.store.record import Record


def question(scope: TenantScope, thread: Thread, entry: Entry, *, email: str, now: datetime) -> list[Record]:
    """The item of a new thread, of the same id."""
    about = thread.about
    payload = QuestionAsked(
        thread_id=thread.thread_id,
        subject=thread.subject,
        text=entry.text,
        transaction_type=about.type if about else "",
        transaction_id=about.transaction_id if about else "",
        asked_by=email,
    )
    return _item(scope, thread, payload, thread.thread_id, now=now)


def closing(scope: TenantScope, thread: Thread, entry: Entry, *, now: datetime) -> list[Record]:
    """The item of a thread that was closed, of the id of the entry that says so."""
    payload = QuestionClosed(
        thread_id=thread.thread_id,
        subject=thread.subject,
        closed_by="customer" if entry.side is Side.CUSTOMER else "dealer",
    )
    return _item(scope, thread, payload, entry.entry_id, now=now)


def _item(scope: TenantScope, thread: Thread, payload: Payload, item_id: str, *, now: datetime) -> list[Record]:
    if not feed.is_taken_by_a_system(scope):
        return []
    item = feed_item(
        scope, payload, item_id=item_id, now=now, account_ref=thread.account_ref, account_name=thread.account_name
    )
    return [item]
