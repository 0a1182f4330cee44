"""What runs by the clock, over all dealers. Each may run twice or be skipped; one dealer's trouble stays its own."""

from collections.abc import Callable
from datetime import datetime

from chalicelib.customers.enrolment import operations as customers
from chalicelib.customers.enrolment.model import State
from chalicelib.customers.queries import portal_states
from chalicelib.dealers import queries as dealers
from chalicelib.kernel.scopes import ImportScope, OperatorScope
from chalicelib.notifications.dispatch import send_due
from chalicelib.notifications.tools import Tools
from chalicelib.observability import logger


def send_outboxes(*, tools: Tools) -> int:
    """Mails that no message woke anybody for. Reads: the list of dealers, and one of each outbox."""
    return for_each_dealer(lambda scope: send_due(scope, tools=tools))


def expire_invitations(*, now: datetime) -> int:
    """Close invitations whose time is over; how many. Reads: the list of dealers, and one of each dealer's states."""
    return for_each_dealer(lambda scope: _expire(scope, now))


def _expire(scope: ImportScope, now: datetime) -> int:
    states = portal_states(scope).values()
    due = [p.ref for p in states if p.state is State.INVITED and p.expires_at and p.expires_at <= now]
    return sum(customers.expire(scope, ref=ref, now=now) for ref in due)


def for_each_dealer(work: Callable[[ImportScope], int]) -> int:
    """The sum of `work` over all dealers. What one raises is logged, and the others go on."""
    done = 0
    for entry in dealers.all_dealers(OperatorScope("schedule")):
        try:
            done += work(ImportScope(entry.dealer_id))
        except Exception:  # noqa: BLE001 - the other dealers' work goes on
            logger.exception("schedule.dealer_failed", dealer_id=entry.dealer_id)
    return done
