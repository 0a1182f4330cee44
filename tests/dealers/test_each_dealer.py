"""A schedule goes over all dealers: in time, in turn, and past one that is in trouble."""

from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random

import pytest

from chalicelib.dealers.each_dealer import for_each_dealer
from chalicelib.kernel.deadline import MIN_SECONDS_LEFT
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import ImportScope
from tests.fixtures.cast import Dealership, make_crowd
from tests.fixtures.worlds import World

DEALERS = 12
NOW = datetime(2024, 6, 5, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def crowd(aws: World) -> list[Dealership]:
    """Three dealers with people, and as many as make 12."""
    return make_crowd(aws, Ids(Random(12).randbytes), NOW, dealers=DEALERS)


def test_it_ends_in_time_and_nobody_comes_last_every_hour(crowd: list[Dealership]) -> None:
    assert crowd
    seen: list[str] = []

    def work(scope: ImportScope) -> int:
        seen.append(scope.dealer_id)
        return 1

    for hour in range(24):
        left = iter([MIN_SECONDS_LEFT] * 3)
        now = NOW + timedelta(hours=hour)
        assert for_each_dealer(work, now=now, remaining=partial(next, left, 0.0)) == 3
    assert len(set(seen)) == DEALERS


def test_one_dealers_trouble_stays_its_own(crowd: list[Dealership]) -> None:
    seen: list[str] = []

    def work(scope: ImportScope) -> int:
        seen.append(scope.dealer_id)
        if scope.dealer_id == crowd[0].dealer.dealer_id:
            raise RuntimeError("its data are odd")
        return 1

    assert for_each_dealer(work, now=NOW) == DEALERS - 1
    assert len(seen) == DEALERS
