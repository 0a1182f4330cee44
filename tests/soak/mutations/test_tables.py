"""The tables of the documents and the removals say the same, and every removal still fits the program."""

from pathlib import Path

import pytest

from tests.soak.mutations.model import exists, table
from tests.soak.mutations.tables import DOCUMENTS, EVERY


def test_every_removal_takes_out_something_that_is_there_once() -> None:
    assert [str(removal) for removal in EVERY if not removal.fits(removal.text)] == []


def test_the_program_still_compiles_without_it() -> None:
    for removal in EVERY:
        if removal.path.endswith(".py"):
            compile(removal.taken_out(removal.text), removal.path, "exec")


def test_every_removal_names_a_test_that_is_there() -> None:
    assert [removal.test for removal in EVERY if "::" not in removal.test or not exists(removal.test)] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_claim_has_its_removal(document: Path) -> None:
    rows = {row.claim: row for row in table(document)}
    assert rows.keys() == {removal.claim for removal in DOCUMENTS[document]}
    assert [r.test for r in DOCUMENTS[document] if not rows[r.claim].names(r.test)] == []
    assert [test for row in rows.values() for test in row.tests if not exists(test)] == []
