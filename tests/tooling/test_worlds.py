from datetime import datetime

from chalicelib.kernel.ids import Ids
from tests.fixtures.worlds import World
from tests.tooling.world import exercise


def test_in_process(aws: World, now: datetime, ids: Ids) -> None:
    exercise(aws, now, ids)
