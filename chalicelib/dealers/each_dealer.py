"""What a schedule does for one dealer after the other. It may run twice or be skipped."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from random import Random

from chalicelib.dealers.queries import all_dealers
from chalicelib.kernel.deadline import MIN_SECONDS_LEFT, Remaining, no_deadline
from chalicelib.kernel.scopes import ImportScope, OperatorScope
from chalicelib.observability import logger


def for_each_dealer(
    work: Callable[[ImportScope], int],
    *,
    now: datetime,
    remaining: Remaining = no_deadline,
    even_suspended: bool = False,
) -> int:
    """The sum of `work` over all dealers while there is time. What one raises is logged, and the others go on.

    Those that are suspended are left out, or visited too where the work only finishes what has begun.

    The order is another one each minute, so that nobody comes last every time.
    """
    listed = all_dealers(OperatorScope("schedule"))
    # Tested control: schedules-pass-over-suspended
    known = [entry.dealer_id for entry in listed if even_suspended or not entry.suspended]
    Random(int(now.timestamp() // 60)).shuffle(known)  # noqa: S311 - not a secret
    done = 0
    for at, dealer_id in enumerate(known):
        if remaining() < MIN_SECONDS_LEFT:
            logger.warning("schedule.out_of_time", dealers_left=len(known) - at)
            break
        done += isolated(partial(work, ImportScope(dealer_id)), dealer_id)
    return done


def isolated(work: Callable[[], int], dealer_id: str | None = None) -> int:
    """What `work` returns; 0 where it fails, which is logged."""
    try:
        return work()
    except Exception:  # noqa: BLE001 - the others' work goes on
        logger.exception("schedule.failed", dealer_id=dealer_id)
        return 0
