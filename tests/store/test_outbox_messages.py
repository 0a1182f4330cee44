from chalicelib.kernel.scopes import DealerScope, IdentityScope
from chalicelib.store import outbox_messages
from chalicelib.store.outbox import BULK_LANES
from tests.fixtures.worlds import World

SCOPE = DealerScope("aaaaaaaaaa", "maria")


def test_each_outbox_is_named_to_its_queue(aws: World) -> None:
    singles, bulk = aws.settings.outbox_queue_url, aws.settings.bulk_queue_url
    outbox_messages.notify(SCOPE)
    outbox_messages.notify(IdentityScope())
    assert aws.messages(singles) == [{"dealer_id": "aaaaaaaaaa"}, {"identity": True}]
    outbox_messages.notify_lane(SCOPE, 7)
    assert aws.messages(bulk) == [{"dealer_id": "aaaaaaaaaa", "lane": 7}]
    outbox_messages.notify_bulk(SCOPE)
    assert sorted(body["lane"] for body in aws.messages(bulk)) == list(range(BULK_LANES))
    assert aws.messages(singles) == []
