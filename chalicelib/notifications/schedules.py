"""What runs by the clock, over all dealers."""

from datetime import datetime
from functools import partial

from chalicelib.customers import document_requests
from chalicelib.customers.campaigns import operations as campaigns
from chalicelib.customers.enrolment import reminders, transitions
from chalicelib.customers.enrolment.model import State
from chalicelib.customers.queries import enrolment_states
from chalicelib.dealers.each_dealer import for_each_dealer, isolated
from chalicelib.kernel.deadline import Remaining, no_deadline
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope, ImportScope
from chalicelib.notifications import missing_exports, payment_reminders, staff_digests
from chalicelib.notifications.deps import MailDeps
from chalicelib.notifications.dispatch import send_due
from chalicelib.statements import operations as statements
from chalicelib.store import outbox, outbox_messages


def send_outboxes(*, deps: MailDeps, remaining: Remaining = no_deadline) -> int:
    """Single items that no message woke anybody for, identity's first: how many were done.

    Reads: one of each outbox, and the list of dealers.
    """
    send = partial(send_due, deps=deps, remaining=remaining)
    return isolated(partial(send, IdentityScope())) + for_each_dealer(
        send, now=deps.clock(), remaining=remaining, even_suspended=True
    )


def resume_bulk(*, now: datetime, remaining: Remaining = no_deadline) -> int:
    """Wake a call for each bulk lane where something waits; how many. Reads: the list of dealers, one of each lane."""
    return for_each_dealer(_resume_lanes, now=now, remaining=remaining)


def expire_invitations(*, now: datetime, remaining: Remaining = no_deadline) -> int:
    """Close invitations whose time is over; how many. Reads: the list of dealers, and one of each dealer's states."""
    return for_each_dealer(lambda scope: _expire(scope, now), now=now, remaining=remaining)


def send_invitations(*, now: datetime, ids: Ids, remaining: Remaining = no_deadline) -> int:
    """Queue what is due of campaigns, and reminders of invitations; how many mails.

    Reads: the list of dealers, their settings, and two lists of each of what is due.
    """
    return for_each_dealer(lambda scope: _send_invitations(scope, now, ids), now=now, remaining=remaining)


def chase_documents(*, now: datetime, ids: Ids, remaining: Remaining = no_deadline) -> int:
    """Remind customers of documents asked for, and tell staff of those that did not come; how many.

    Reads: the list of dealers, their settings, and two lists of each of what is due.
    """
    return for_each_dealer(lambda scope: document_requests.chase(scope, now=now, ids=ids), now=now, remaining=remaining)


def make_statements(*, now: datetime, ids: Ids, remaining: Remaining = no_deadline) -> int:
    """Begin the statements of a month where they are due; at how many dealers.

    Reads: the list of dealers, their settings, and where they are made, what is published and the month begun last.
    """
    return for_each_dealer(lambda scope: statements.begin_due(scope, now=now, ids=ids), now=now, remaining=remaining)


def check_exports(*, now: datetime, ids: Ids, remaining: Remaining = no_deadline) -> int:
    """Tell staff of exports that have not come in time, and end that where one has; at how many dealers.

    Reads: the list of dealers, their settings, and what says that they were told; of those with a schedule what is
    published.
    """
    return for_each_dealer(lambda scope: missing_exports.check(scope, now=now, ids=ids), now=now, remaining=remaining)


def send_staff_digests(*, now: datetime, ids: Ids, remaining: Remaining = no_deadline) -> int:
    """Queue the daily mails to staff where it is morning; how many. Reads: the list of dealers, what waits of each."""
    return for_each_dealer(lambda scope: staff_digests.send(scope, now=now, ids=ids), now=now, remaining=remaining)


def remind_of_payments(*, now: datetime, remaining: Remaining = no_deadline) -> int:
    """Share out the reminders of the day, where it is day and they are not shared out yet; how many accounts.

    Reads: the list of dealers and their settings; of those who remind, what says that it is done.
    """
    return for_each_dealer(lambda scope: payment_reminders.remind(scope, now=now), now=now, remaining=remaining)


def _resume_lanes(scope: ImportScope) -> int:
    waiting = [lane for lane in range(outbox.BULK_LANES) if outbox.items(scope, lane=lane, limit=1)]
    for lane in waiting:
        outbox_messages.notify_lane(scope, lane)
    return len(waiting)


def _send_invitations(scope: ImportScope, now: datetime, ids: Ids) -> int:
    # Reminders first: they are of invitations that would end, and share the day's number with the campaign.
    return reminders.remind_due(scope, now=now, ids=ids) + campaigns.run_due(scope, now=now, ids=ids)


def _expire(scope: ImportScope, now: datetime) -> int:
    at = now.timestamp()
    states = enrolment_states(scope).by_ref.values()
    due = [one.ref for one in states if one.state is State.INVITED and one.expires and one.expires <= at]
    return sum(transitions.expire(scope, ref=ref, now=now) for ref in due)
