"""More and longer random histories of what staff and queues do."""

from collections import Counter

import pytest

from tests.fixtures.figures import RecordFigure
from tests.fixtures.worlds import World
from tests.ingest import test_protocol_model as model
from tests.ingest.protocol_model import Mutation
from tests.ingest.test_protocol import check
from tests.sweeps import daily_life

HISTORIES, STEPS = 25, 40
MODELLED = 3_000
LIVES, STEPS_A_LIFE = 125, 80


@pytest.mark.soak
def test_readers_see_one_whole_export_in_long_histories(real: World, figures: RecordFigure) -> None:
    happened = Counter(check(real, examples=HISTORIES, steps=STEPS))
    kinds = ", ".join(f"{count} {kind}" for kind, count in happened.most_common())
    figures(
        f"histories: {HISTORIES} random ones of {STEPS} steps, {happened.total():,} steps ({kinds}), all rules held"
    )


@pytest.mark.soak
def test_the_model_holds_in_thousands_of_histories(figures: RecordFigure) -> None:
    model.check(None, examples=MODELLED, repeatable=False)
    figures(f"model: {MODELLED:,} random histories of {model.STEPS} steps held; {len(Mutation)} mutations are caught")


@pytest.mark.soak
def test_all_that_readers_see_agrees_in_long_histories(aws: World, figures: RecordFigure) -> None:
    happened = Counter(daily_life.check(aws, histories=LIVES, steps=STEPS_A_LIFE, repeatable=False))
    figures(
        f"lives: {LIVES * STEPS_A_LIFE:,} steps in {LIVES} histories ({happened.total():,} came about), 0 violations"
    )
