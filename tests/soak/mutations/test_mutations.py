"""Every control is disabled once, and its test fails: a test that would pass without it proves nothing."""

from pathlib import Path

import pytest

from tests.fixtures.figures import RecordFigure
from tests.soak.mutations.runner import CAUGHT, MutationRunner
from tests.soak.mutations.tables import DOCUMENTS, QUICK


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> MutationRunner:
    """One copy for all."""
    return MutationRunner(tmp_path_factory.mktemp("copy"))


@pytest.mark.long
def test_a_disabled_control_is_noticed(runner: MutationRunner) -> None:
    assert set(runner.try_all(QUICK).values()) == {CAUGHT}


@pytest.mark.soak
@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_disabled_control_is_noticed(runner: MutationRunner, document: Path, figures: RecordFigure) -> None:
    results = runner.try_all(DOCUMENTS[document])
    missed = {str(mutation): result for mutation, result in results.items() if result != CAUGHT}
    figures(f"mutations, {document.name}: {len(results)} controls disabled, {len(results) - len(missed)} caught")
    assert missed == {}
