"""Works through an outbox, oldest first, and stops in time: what is left goes on in another call."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from chalicelib.dealers.queries import is_suspended
from chalicelib.kernel.deadline import MIN_SECONDS_LEFT, Remaining, no_deadline
from chalicelib.kernel.scopes import IdentityScope, ImportScope
from chalicelib.notifications.delivery import Outcome, deliver, postpone
from chalicelib.notifications.deps import MailDeps
from chalicelib.notifications.handlers import Handlers, MailHandler, OutboxScope, Step
from chalicelib.notifications.registry import KINDS, handlers_of
from chalicelib.observability import logger
from chalicelib.store import bulk_lanes, outbox, outbox_messages
from chalicelib.store.outbox import PAGE, OutboxItem

MAX_PER_CALL = 200
BUSY_PAUSE = 60
"""Seconds for which bulk leaves the mail service to the mails that somebody waits for."""


@dataclass(slots=True)
class Progress:
    """`done` were sent or carried out; `handled` left the outbox. `is_complete`: nothing is left for another call."""

    done: int = 0
    handled: int = 0
    is_busy: bool = False
    is_complete: bool = False

    def add(self, outcome: Outcome) -> None:
        """Count one."""
        self.done += outcome is Outcome.DONE
        self.handled += outcome in {Outcome.DONE, Outcome.GONE}
        self.is_busy |= outcome is Outcome.BUSY

    @property
    def goes_on(self) -> bool:
        """Whether another call is worth it now. Without progress it would only repeat this one's failures."""
        return self.handled > 0 and not self.is_complete


def send_due(
    scope: OutboxScope,
    *,
    deps: MailDeps,
    remaining: Remaining = no_deadline,
    mails: bool = True,
    kinds: Handlers = KINDS,
) -> int:
    """Do the single items of an outbox, or all but its mails; how many were done.

    May run twice at once, or be skipped, without harm. Short of time, or after 200 items, it wakes another call.
    """
    progress = Progress()
    for item in _items(scope, progress, remaining=remaining, at_most=MAX_PER_CALL):
        progress.add(_dispatch(scope, item, deps, kinds, mails=mails))
    if progress.goes_on:
        outbox_messages.notify(scope)
    return progress.done


def send_bulk(
    scope: ImportScope, lane: int, *, deps: MailDeps, remaining: Remaining = no_deadline, kinds: Handlers = KINDS
) -> int:
    """Do at most 200 items of one bulk lane and wake another call for the rest; how many were done.

    One worker a lane. While the mail service is busy bulk waits: single items need it more. When the dealer's items
    of the day are used up they wait for the next day.
    """
    held = bulk_lanes.lease(scope, lane, at_most=MAX_PER_CALL, now=deps.clock())
    if held is None:
        return 0
    if held.allowance < MAX_PER_CALL:
        logger.warning("outbox.bulk_quota", lane=lane, left=held.allowance)
    progress = Progress()
    try:
        for item in _items(scope, progress, remaining=remaining, at_most=held.allowance, lane=lane):
            progress.add(_dispatch(scope, item, deps, kinds, mails=True))
            if progress.is_busy:
                break
    finally:
        bulk_lanes.give_back(scope, held, used=progress.handled)
    if progress.is_busy:
        outbox_messages.notify_lane(scope, lane, delay_seconds=BUSY_PAUSE)
    elif progress.goes_on and held.allowance == MAX_PER_CALL:
        outbox_messages.notify_lane(scope, lane)
    return progress.done


def _items(
    scope: OutboxScope, progress: Progress, *, remaining: Remaining, at_most: int, lane: int | None = None
) -> Iterator[OutboxItem]:
    """The items while there is time, page by page, so that what another call has done meanwhile is not met again."""
    after = ""
    while page := outbox.items(scope, after=after, lane=lane):
        for item in page:
            if progress.handled >= at_most or remaining() < MIN_SECONDS_LEFT:
                return
            yield item
        if len(page) < PAGE:
            break
        after = page[-1].item_id
    progress.is_complete = True


def _dispatch(scope: OutboxScope, item: OutboxItem, deps: MailDeps, kinds: Handlers, *, mails: bool) -> Outcome:
    if item.waits(deps.clock()):
        return Outcome.KEPT
    handler = handlers_of(scope, kinds).get(item.kind)
    if handler is None:
        logger.error("outbox.unknown_kind", kind=item.kind, item=item.item_id)
        return postpone(scope, item, deps.clock())
    if not isinstance(handler, Step) and not (mails and _may_leave(scope, handler)):
        return Outcome.KEPT
    return deliver(scope, item, handler, deps=deps)


def _may_leave(scope: OutboxScope, handler: MailHandler[Any]) -> bool:
    """A suspended dealer's mails wait; what follows from a change without one is done, so that nothing is half."""
    # Tested control: suspended-mails-wait
    return isinstance(scope, IdentityScope) or handler.even_suspended or not is_suspended(scope)
