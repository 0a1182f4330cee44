"""Every control is taken out once, and its test fails: a test that would pass without it proves nothing."""

from pathlib import Path

import pytest

from tests.fixtures.figures import Say
from tests.soak.mutations.tables import DOCUMENTS, QUICK
from tests.soak.mutations.workshop import CAUGHT, Workshop


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """One copy for all."""
    return Workshop(tmp_path_factory.mktemp("copy"))


def test_a_control_taken_out_is_noticed(workshop: Workshop) -> None:
    assert set(workshop.try_all(QUICK).values()) == {CAUGHT}


@pytest.mark.soak
@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_control_taken_out_is_noticed(workshop: Workshop, document: Path, figures: Say) -> None:
    results = workshop.try_all(DOCUMENTS[document])
    missed = {str(removal): result for removal, result in results.items() if result != CAUGHT}
    figures(f"removals, {document.name}: {len(results)} controls taken out, {len(results) - len(missed)} caught")
    assert missed == {}
