"""Who may open a thread, and which of them are mailed of what the dealer's staff add to it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.customers.enrolment.model import AccountUser
from chalicelib.customers.enrolment.queries import current_era
from chalicelib.customers.queries import MAX_RECIPIENTS, master_of, users_given
from chalicelib.dealers import queries as dealers
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.keys import is_portal_customer
from chalicelib.kernel.scopes import TenantScope
from chalicelib.messages.model import Entry, Thread
from chalicelib.store.outbox import outbox_item
from chalicelib.store.record import Record

ANSWERED = "message_answered"
"""The mail to the customer."""
MAILED_AGAIN_AFTER = timedelta(hours=1)
"""So long after a mail about the thread a file of the dealer's is mailed, unless the customer has written since."""


class Reader(NamedTuple):
    """Somebody who may open a thread as a user of this account: the thread's own, or the master of that."""

    account_ref: str
    user: AccountUser


def readers(scope: TenantScope, thread: Thread) -> list[Reader]:
    """Who may open it now, each once: the users of its account, then those of its master while its era lasts."""
    ref, areas = thread.account_ref, thread.areas
    found = [Reader(ref, user) for user in users_given(scope, ref, thread.era, areas)]
    master = None if is_portal_customer(ref) else master_of(scope, dealers.published(scope), ref)
    # Tested control: master-reads-present-era
    if master and thread.era == current_era(scope, ref):
        users = users_given(scope, master, current_era(scope, master), areas, of=ref)
        found += [Reader(master, user) for user in users]
    return list({one.user.person_id: one for one in reversed(found)}.values())[::-1]


def emails_to_notify(scope: TenantScope, thread: Thread) -> list[str]:
    """Of those who have written in it, or of all who may open it where none of these still may."""
    users = [one.user for one in readers(scope, thread)]
    wrote = [user for user in users if user.person_id in thread.writers]
    return sorted({user.email for user in (wrote or users)[:MAX_RECIPIENTS]})


def is_mailed_again(thread: Thread, *, now: datetime) -> bool:
    """Whether a file that the dealer adds now is mailed by itself."""
    return thread.mailed_at is None or now - thread.mailed_at >= MAILED_AGAIN_AFTER


def mails_of(
    scope: TenantScope, thread: Thread, entry: Entry, emails: list[str], *, now: datetime, ids_of: Callable[[str], Ids]
) -> list[Record]:
    """The outbox items of a mail about this entry to each. `ids_of` gives the ids to use for an email."""
    about = {"account_ref": thread.account_ref, "thread_id": thread.thread_id, "entry_id": entry.entry_id}
    return [
        outbox_item(scope, kind=ANSWERED, payload={**about, "email": email}, now=now, ids=ids_of(email))
        for email in emails
    ]
