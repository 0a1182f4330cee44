"""Sixty files of each hostile class, and as many legitimate ones."""

import pytest

from tests.fixtures.figures import RecordFigure
from tests.uploads.hostile_proof import let_through, turned_away
from tests.uploads.made_files import HOSTILE, LEGITIMATE

EACH = 60

pytestmark = pytest.mark.soak


def test_no_hostile_file_is_let_through(figures: RecordFigure) -> None:
    wrong = [each for kind in HOSTILE for each in let_through(kind, EACH)]
    figures(f"hostile files: {len(HOSTILE)} classes of {EACH}, {len(wrong)} let through")
    assert wrong == []


def test_legitimate_files_are_kept(figures: RecordFigure) -> None:
    each = EACH * len(HOSTILE) // len(LEGITIMATE)
    wrong = [one for kind in LEGITIMATE for one in turned_away(kind, each)]
    sent = each * len(LEGITIMATE)
    figures(f"legitimate files: {sent} sent, {sent - len(wrong)} kept")
    assert len(wrong) <= sent // 100
