"""What runs by the clock, over all dealers. Each may run twice or be skipped; one dealer's trouble stays its own."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from random import Random

from chalicelib.customers import document_requests
from chalicelib.customers.enrolment import transitions
from chalicelib.customers.enrolment.model import State
from chalicelib.customers.queries import enrolment_states
from chalicelib.dealers import queries as dealers
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope, ImportScope, OperatorScope
from chalicelib.notifications.deps import MailDeps
from chalicelib.notifications.dispatch import MIN_SECONDS_LEFT, Remaining, no_deadline, send_due
from chalicelib.observability import logger
from chalicelib.store import outbox, outbox_messages


def send_outboxes(*, deps: MailDeps, remaining: Remaining = no_deadline) -> int:
    """Single items that no message woke anybody for, identity's first: how many were done.

    Reads: one of each outbox, and the list of dealers.
    """
    send = partial(send_due, deps=deps, remaining=remaining)
    return _isolated(partial(send, IdentityScope())) + for_each_dealer(send, now=deps.clock(), remaining=remaining)


def resume_bulk(*, now: datetime, remaining: Remaining = no_deadline) -> int:
    """Wake a call for each bulk lane where something waits; how many. Reads: the list of dealers, one of each lane."""
    return for_each_dealer(_resume_lanes, now=now, remaining=remaining)


def expire_invitations(*, now: datetime, remaining: Remaining = no_deadline) -> int:
    """Close invitations whose time is over; how many. Reads: the list of dealers, and one of each dealer's states."""
    return for_each_dealer(lambda scope: _expire(scope, now), now=now, remaining=remaining)


def chase_documents(*, now: datetime, ids: Ids, remaining: Remaining = no_deadline) -> int:
    """Remind customers of documents asked for, and tell staff of those that did not come; how many.

    Reads: the list of dealers, their settings, and two lists of each of what is due.
    """
    return for_each_dealer(lambda scope: document_requests.chase(scope, now=now, ids=ids), now=now, remaining=remaining)


def _resume_lanes(scope: ImportScope) -> int:
    waiting = [lane for lane in range(outbox.BULK_LANES) if outbox.items(scope, lane=lane, limit=1)]
    for lane in waiting:
        outbox_messages.notify_lane(scope, lane)
    return len(waiting)


def _expire(scope: ImportScope, now: datetime) -> int:
    at = now.timestamp()
    states = enrolment_states(scope).by_ref.values()
    due = [one.ref for one in states if one.state is State.INVITED and one.expires and one.expires <= at]
    return sum(transitions.expire(scope, ref=ref, now=now) for ref in due)


def for_each_dealer(work: Callable[[ImportScope], int], *, now: datetime, remaining: Remaining = no_deadline) -> int:
    """The sum of `work` over all dealers while there is time. What one raises is logged, and the others go on.

    The order is another one each minute, so that nobody comes last every time.
    """
    known = [entry.dealer_id for entry in dealers.all_dealers(OperatorScope("schedule"))]
    Random(int(now.timestamp() // 60)).shuffle(known)  # noqa: S311 - not a secret
    done = 0
    for at, dealer_id in enumerate(known):
        if remaining() < MIN_SECONDS_LEFT:
            logger.warning("schedule.out_of_time", dealers_left=len(known) - at)
            break
        done += _isolated(partial(work, ImportScope(dealer_id)), dealer_id)
    return done


def _isolated(work: Callable[[], int], dealer_id: str | None = None) -> int:
    try:
        return work()
    except Exception:  # noqa: BLE001 - the other outboxes' work goes on
        logger.exception("schedule.outbox_failed", dealer_id=dealer_id)
        return 0
