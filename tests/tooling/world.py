"""What every AWS that tests run on must do: keep items, objects and messages, and refuse a rival's key."""

from datetime import datetime

import pytest
from pynamodb.exceptions import PutError

from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import ImportScope, TenantScope
from chalicelib.store import blobs, outbox, queues
from chalicelib.store.roles import assume_scope
from tests.fixtures.worlds import World


def exercise(world: World, now: datetime, ids: Ids) -> None:
    scope = ImportScope(dealer_id=ids.dealer_id())
    item = outbox.outbox_item(scope, kind="greeting", payload={"n": 1}, now=now, ids=ids)
    with assume_scope(scope):
        item.save()
    assert [one.payload for one in outbox.items(scope)] == [{"n": 1}]
    blobs.put(scope, world.settings.files_bucket, "a/b.txt", b"hello", "text/plain")
    assert blobs.get(scope, world.settings.files_bucket, "a/b.txt") == b"hello"
    queues.send(world.settings.import_queue_url, {"dealer_id": scope.dealer_id})
    assert {"dealer_id": scope.dealer_id} in world.messages(world.settings.import_queue_url)
    with assume_scope(TenantScope(dealer_id=ids.dealer_id())), pytest.raises(PutError, match="AccessDenied"):
        item.save()
