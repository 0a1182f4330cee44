"""Whatever a customer, staff and exports do, in any order: the ledger, disputes, questions and tasks agree."""

from collections import Counter

import pytest

from tests.fixtures.worlds import World
from tests.sweeps.daily_life import HAPPENINGS, check

HISTORIES, STEPS = 20, 100


@pytest.mark.long
def test_all_that_readers_see_agrees_whatever_happens(aws: World) -> None:
    happened = Counter(check(aws, histories=HISTORIES, steps=STEPS, repeatable=True))
    assert min(happened[kind] for kind in HAPPENINGS) > 5, happened
