from chalicelib import services, settings
from chalicelib.feed import operations, queries
from chalicelib.feed.model import Taker
from chalicelib.services import Services
from chalicelib.triggers import feed
from tests.feed.made import written
from tests.fixtures.cast import Cast
from tests.notifications.conftest import post
from tests.notifications.fakes import Post

__all__ = ["post"]  # the fixture


def test_only_dealers_who_take_items_as_files_have_theirs_taken(cast: Cast, post: Post) -> None:
    now, ids = post.clock.now, post.ids
    operations.choose_taker(cast.ours.admin.staff_scope, taker=Taker.FILES, now=now, ids=ids)
    for dealership in (cast.ours, cast.rival):
        for _ in range(operations.MAX_IDS + 1):
            written(dealership.scope, now, ids)
    with services.use(Services(settings=settings.load(), mail=post.sender, clock=post.clock, ids=post.ids)):
        assert feed.take_feed() == operations.MAX_IDS + 1
        assert feed.take_feed() == 0
    waiting = [len(queries.waiting(one.scope, limit=100).items) for one in (cast.ours, cast.rival)]
    assert waiting == [0, operations.MAX_IDS + 1]
