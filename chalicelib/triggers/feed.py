"""The feed as files, by the clock. `app.py` declares the trigger."""

from chalice.app import CloudWatchEvent

from chalicelib import services
from chalicelib.dealers.each_dealer import for_each_dealer
from chalicelib.feed.operations import take_as_files
from chalicelib.observability import bind
from chalicelib.triggers.lambda_events import remaining_of


def take_feed(event: CloudWatchEvent | None = None) -> int:
    """Every quarter of an hour: items of dealers who take them as files, which the outbox then writes. How many."""
    bind(schedule="take_feed")
    current = services.current()
    now = current.clock()
    return for_each_dealer(
        lambda scope: take_as_files(scope, now=now, ids=current.ids), now=now, remaining=remaining_of(event)
    )
