"""How long login, reset and invitation take says nothing about who is known (threat 5).

Samples of known and unknown come in random order, in one process, each with a fresh address. The area under the curve
is the chance that a guess by time alone is right: 0.5 is a coin. Its error at 2,000 + 2,000 is 0.009.
"""

import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from random import Random
from statistics import median

import pytest

from chalicelib import services, settings
from chalicelib.kernel.clock import Clock
from chalicelib.kernel.ids import Ids
from chalicelib.mail.sender import RecordingSender
from chalicelib.services import Services
from tests.fixtures.cast import Cast, make_cast
from tests.fixtures.figures import RecordFigure
from tests.fixtures.worlds import World
from tests.web import strangers
from tests.web.client import Page, Visitor
from tests.web.strangers import pair_of, stranger

SAMPLES = 2_000
MOST = 0.55
Attempt = Callable[[], Page]


@dataclass
class Times:
    """Seconds of the wall and of the processor, for those the portal knows and those it does not."""

    wall: dict[bool, list[float]] = field(default_factory=lambda: {True: [], False: []})
    cpu: dict[bool, list[float]] = field(default_factory=lambda: {True: [], False: []})


def auc(left: Sequence[float], right: Sequence[float]) -> float:
    """How well a threshold tells the two apart, 0.5 to 1, by rank; ties count half."""
    ordered = sorted(right)
    wins = sum((bisect_left(ordered, one) + bisect_right(ordered, one)) / 2 for one in left)
    share = wins / (len(left) * len(right))
    return max(share, 1 - share)


def measured(attempts: dict[bool, Attempt], *, samples: int, status: int) -> Times:
    """`samples` of either kind in random order."""
    times = Times()
    order = [True, False] * samples
    Random(samples).shuffle(order)
    for number, known in enumerate([True, False, *order]):
        wall, cpu = time.perf_counter(), time.process_time()
        page = attempts[known]()
        spent = time.perf_counter() - wall, time.process_time() - cpu
        assert page.status == status
        if number > 1:  # the first of each warm up
            times.wall[known].append(spent[0])
            times.cpu[known].append(spent[1])
    return times


@pytest.fixture
def cast(real: World, ids: Ids, now: datetime) -> Cast:  # noqa: ARG001 - the world must stand
    """On a table that keeps what 4,000 attempts leave behind without growing slower."""
    return make_cast(ids, now)


@contextmanager
def portal_with(clock: Clock, ids: Ids) -> Iterator[None]:
    with services.use(Services(settings=settings.load(), mail=RecordingSender(), clock=clock, ids=ids)):
        yield


def going_on(since: datetime, step: timedelta) -> Clock:
    """A clock that takes a step at each look: past the windows of limits, or to a newer invitation."""
    steps = count()
    return lambda: since + step * next(steps)


def at_the_log_in_page(call: strangers.Call, email: str) -> Attempt:
    return lambda: call(stranger({}), email)


def at_the_desk(staff: Visitor, account: str) -> Attempt:
    return lambda: strangers.resend(staff, account)


def said(name: str, times: Times) -> tuple[str, float]:
    """The line of a proof, and the area by the clock, which is what a caller has."""
    wall, cpu = auc(times.wall[True], times.wall[False]), auc(times.cpu[True], times.cpu[False])
    apart = 1e6 * (median(times.cpu[True]) - median(times.cpu[False]))
    both = f"{SAMPLES} known + {SAMPLES} unknown"
    line = f"{name}: {both}, AUC {wall:.3f} by the clock, {cpu:.3f} by the processor (medians {apart:+.0f} us apart)"
    return line, wall


@pytest.mark.soak
@pytest.mark.parametrize(
    ("name", "call", "status"), [("log in", strangers.log_in(), 401), ("reset", strangers.forgot(), 200)]
)
def test_log_in_takes_as_long_for_nobody(
    cast: Cast, now: datetime, ids: Ids, figures: RecordFigure, name: str, call: strangers.Call, status: int
) -> None:
    pair = pair_of(cast.rival.customer)
    attempts = {True: at_the_log_in_page(call, pair.known), False: at_the_log_in_page(call, pair.unknown)}
    with portal_with(going_on(now, timedelta(days=1)), ids):
        line, area = said(name, measured(attempts, samples=SAMPLES, status=status))
    figures(line)
    assert area < MOST


@pytest.mark.soak
def test_an_invitation_takes_as_long_for_nobody(
    real: World, cast: Cast, now: datetime, ids: Ids, figures: RecordFigure
) -> None:
    pair = pair_of(cast.rival.customer)
    strangers.furnish(real, cast.ours, pair, now, ids)
    accounts = {True: pair.account_known, False: pair.account_unknown}
    with portal_with(going_on(now + timedelta(minutes=1), timedelta(milliseconds=20)), ids):
        staff = strangers.staff_of(cast.ours, now, ids)
        for account in accounts.values():
            assert strangers.invite(staff, account).status == 303
        attempts = {known: at_the_desk(staff, account) for known, account in accounts.items()}
        line, area = said("invite", measured(attempts, samples=SAMPLES, status=303))
    figures(line)
    assert area < MOST


def test_the_measure_finds_what_it_is_for() -> None:
    random = Random(7)
    same = [[random.gauss(50, 5) for _ in range(SAMPLES)] for _ in range(2)]
    assert auc(*same) < 0.53
    assert auc(same[0], [one + 2 for one in same[1]]) > MOST  # two fifths of the noise are enough
    assert auc([1.0, 1.0], [1.0, 1.0]) == 0.5
    assert auc([1, 2, 3], [4, 5, 6]) == auc([4, 5, 6], [1, 2, 3]) == 1
