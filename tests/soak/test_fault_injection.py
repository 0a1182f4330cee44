"""Services are busy, answers get lost, batches are taken by halves: nothing is dropped and nothing done twice."""

from collections.abc import Iterable, Iterator

import pytest

from chalicelib.store import clients
from tests.fixtures.calls import left_unprocessed
from tests.fixtures.figures import Say
from tests.fixtures.worlds import World
from tests.soak.fault_injection import EVERY, Weather, bad
from tests.soak.imports import Clean, History, small_parts
from tests.soak.logical import difference


@pytest.fixture(autouse=True)
def without_waiting(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("time.sleep", lambda _: None)
    with small_parts():
        yield


def check(world: World, undisturbed: Clean, weathers: Iterable[Weather]) -> int:
    """How many attempts were spoilt in all; each import ends like one in good weather, and no message came again."""
    spoilt = 0
    for weather in weathers:
        clients.reset()  # and with them their quotas
        history = History(world)
        with bad(weather) as met:
            shift = history.suffer()
        assert not shift.in_hand, weather
        assert history.is_done, weather
        assert difference(undisturbed.end, history.end()) == [], weather
        assert len(met) >= len(undisturbed.calls) // weather.each, weather
        spoilt += len(met) * weather.times
    return spoilt


@pytest.mark.engines
def test_an_import_bears_lost_answers(real: World, undisturbed: Clean) -> None:
    check(real, undisturbed, [Weather("500", arrives=True)])


@pytest.mark.soak
def test_an_import_bears_any_weather(real: World, undisturbed: Clean, figures: Say) -> None:
    spoilt = check(real, undisturbed, EVERY)
    figures(f"bad weather: {len(EVERY)} kinds, {spoilt} attempts throttled, refused or unanswered, all digests equal")


@pytest.mark.engines
def test_what_a_batch_leaves_unprocessed_is_sent_again(real: World, undisturbed: Clean) -> None:
    history = History(real)
    with left_unprocessed("BatchWriteItem", times=6), left_unprocessed("BatchGetItem", times=6):
        history.suffer()
    assert history.is_done
    assert difference(undisturbed.end, history.end()) == []
