"""The tables of the documents and the mutations agree, and every mutation still fits the program."""

import subprocess
from pathlib import Path

import pytest

from infra.setup.paths import PYTHON, ROOT
from tests.soak.mutations.model import exists, markers, table
from tests.soak.mutations.tables import DOCUMENTS, EVERY


def test_every_mutation_changes_the_program() -> None:
    for mutation in EVERY:
        assert all(text != (ROOT / path).read_text() for path, text in mutation.mutated().items()), str(mutation)


def test_every_marker_is_used_and_unique() -> None:
    used = {control for mutation in EVERY for control, _ in mutation.changes}
    assert used == markers().keys()
    assert {name: places for name, places in markers().items() if len(places) > 1} == {}


def test_the_program_still_compiles_and_knows_every_name(tmp_path: Path) -> None:
    """A mutation that fails by a name it does not know would prove nothing of its test."""
    for number, mutation in enumerate(EVERY):
        for path, text in mutation.mutated().items():
            if path.suffix == ".py":
                compile(text, path, "exec")
                (tmp_path / f"mutated_{number}_{path.stem}.py").write_text(text)
    command = [str(PYTHON.with_name("ruff")), "check", "--isolated", "--select", "F821", "--no-cache", str(tmp_path)]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


def test_every_mutation_names_a_test_that_is_there() -> None:
    assert [mutation.test for mutation in EVERY if "::" not in mutation.test or not exists(mutation.test)] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_claim_has_its_mutation(document: Path) -> None:
    rows = {row.claim: row for row in table(document)}
    assert rows.keys() == {mutation.claim for mutation in DOCUMENTS[document]}
    assert [m.test for m in DOCUMENTS[document] if not rows[m.claim].names(m.test)] == []
    assert [test for row in rows.values() for test in row.tests if not exists(test)] == []
