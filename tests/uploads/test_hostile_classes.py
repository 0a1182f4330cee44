"""A handful of each class of files; `make soak` sends sixty."""

import pytest

from tests.uploads.hostile_proof import let_through, turned_away
from tests.uploads.made_files import HOSTILE, LEGITIMATE

EACH = 5


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_is_hostile_is_refused_or_made_harmless(kind: str) -> None:
    assert list(let_through(kind, EACH)) == []


@pytest.mark.parametrize("kind", LEGITIMATE)
def test_what_people_send_is_kept(kind: str) -> None:
    assert list(turned_away(kind, EACH)) == []
