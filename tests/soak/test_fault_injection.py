"""Services are busy, answers get lost, batches are taken by halves: nothing is dropped and nothing done twice."""

from collections.abc import Iterable, Iterator

import pytest

from chalicelib.store import clients
from tests.fixtures.calls import left_unprocessed
from tests.fixtures.figures import RecordFigure
from tests.fixtures.worlds import World
from tests.soak.fault_injection import EVERY, Faults, bad
from tests.soak.imports import Clean, DisturbedImport, small_parts
from tests.soak.logical import difference


@pytest.fixture(autouse=True)
def without_waiting(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("time.sleep", lambda _: None)
    with small_parts():
        yield


def check(world: World, undisturbed: Clean, faults_to_bear: Iterable[Faults]) -> int:
    """How many attempts failed in all; each import ends like one without faults, and no message came again."""
    failed = 0
    for faults in faults_to_bear:
        clients.reset()  # and with them their quotas
        history = DisturbedImport(world)
        with bad(faults) as met:
            shift = history.suffer()
        assert not shift.in_hand, faults
        assert history.is_done, faults
        assert difference(undisturbed.end, history.end()) == [], faults
        assert len(met) >= len(undisturbed.calls) // faults.each, faults
        failed += len(met) * faults.times
    return failed


@pytest.mark.engines
def test_an_import_bears_lost_answers(real: World, undisturbed: Clean) -> None:
    check(real, undisturbed, [Faults("500", arrives=True)])


@pytest.mark.soak
def test_an_import_bears_any_fault(real: World, undisturbed: Clean, figures: RecordFigure) -> None:
    failed = check(real, undisturbed, EVERY)
    figures(f"faults: {len(EVERY)} kinds, {failed} attempts throttled, refused or unanswered, all digests equal")


@pytest.mark.engines
def test_what_a_batch_leaves_unprocessed_is_sent_again(real: World, undisturbed: Clean) -> None:
    history = DisturbedImport(real)
    with left_unprocessed("BatchWriteItem", times=6), left_unprocessed("BatchGetItem", times=6):
        history.suffer()
    assert history.is_done
    assert difference(undisturbed.end, history.end()) == []
