from datetime import datetime

from chalicelib.dealers.queries import dealer
from chalicelib.kernel.ids import Ids
from tests.fixtures.cast import Cast
from tests.fixtures.worlds import World
from tests.tooling.world import exercise


def test_in_process(aws: World, now: datetime, ids: Ids) -> None:
    exercise(aws, now, ids)


def test_the_cast_are_strangers(cast: Cast) -> None:
    assert cast.ours.dealer == dealer(cast.ours.user.staff_scope)
    assert cast.rival.dealer == dealer(cast.rival.import_scope)
    assert cast.ours.dealer.dealer_id != cast.rival.dealer.dealer_id
