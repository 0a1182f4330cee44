from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from chalicelib.kernel.ids import Ids
from chalicelib.notifications.dispatch import send_due
from tests.fixtures.cast import make_cast
from tests.fixtures.worlds import World
from tests.notifications.fakes import Post, queue_invitation


def test_senders_at_once_send_once(engine: World, post: Post, ids: Ids, now: datetime) -> None:  # noqa: ARG001
    dealership = make_cast(ids, now).ours
    for number in range(5):
        queue_invitation(dealership, post, ref=f"{number}")
    with ThreadPoolExecutor(4) as pool:
        sent = list(pool.map(lambda _: send_due(dealership.import_scope, deps=post.deps), range(4)))
    assert sum(sent) == len(post.recipients) == len(set(post.recipients)) == 5
