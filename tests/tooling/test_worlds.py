from datetime import datetime

from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import ImportScope
from chalicelib.store import outbox, queues
from chalicelib.store.roles import acting_as
from tests.fixtures.worlds import World


def test_a_dealers_item_is_written_and_seen(aws: World, now: datetime, ids: Ids) -> None:
    scope = ImportScope(dealer_id=ids.dealer_id())
    item = outbox.put_item(scope, kind="x", payload={}, now=now, ids=ids)
    with acting_as(scope):
        item.save()
    queues.send(aws.settings.import_queue_url, {"a": 1})
    assert aws.messages(aws.settings.import_queue_url) == [{"a": 1}]
