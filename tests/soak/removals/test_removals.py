"""Every control is taken out once, and its test fails: a test that would pass without it proves nothing."""

from collections.abc import Iterable

import pytest

from tests.soak.removals.model import Removal
from tests.soak.removals.tables import EVERY, QUICK
from tests.soak.removals.workshop import Workshop


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """One copy for all, in which the tests that are wanted pass before anything is taken out."""
    return Workshop(tmp_path_factory.mktemp("copy"))


def caught(workshop: Workshop, removals: Iterable[Removal]) -> list[str]:
    """The claims whose tests pass with their control, and fail, not break, without it."""
    removals = list(removals)
    intact, output = workshop.run(sorted({removal.test for removal in removals}))
    assert intact == 0, output
    return [removal.claim for removal in removals if _is_caught(workshop, removal)]


def _is_caught(workshop: Workshop, removal: Removal) -> bool:
    with workshop.without(removal):
        code, output = workshop.run([removal.test])
    found = code == pytest.ExitCode.TESTS_FAILED
    assert found or code == 0, f"{removal.claim}: pytest could not run its test\n{output}"
    assert "\nERROR " not in output, f"{removal.claim}: its test breaks before it begins\n{output}"
    print(f"{'caught' if found else 'NOT CAUGHT'}: {removal.claim} ({removal.path})", flush=True)
    return found


def test_a_control_taken_out_is_noticed(workshop: Workshop) -> None:
    assert caught(workshop, QUICK) == [removal.claim for removal in QUICK]


@pytest.mark.soak
def test_every_control_taken_out_is_noticed(workshop: Workshop) -> None:
    found = caught(workshop, EVERY)
    print(f"removals: {len(EVERY)} controls taken out, {len(found)} caught")
    assert found == [removal.claim for removal in EVERY]
