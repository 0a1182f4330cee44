from datetime import datetime

from chalicelib.kernel.ids import Ids
from tests.fixtures.worlds import World
from tests.tooling.world import exercise


def test_on_an_engine(engine: World, now: datetime, ids: Ids) -> None:
    exercise(engine, now, ids)
