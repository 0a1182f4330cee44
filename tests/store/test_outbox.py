"""One outbox for dealers and for identity: who claims, and what becomes of an item."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope, ImportScope
from chalicelib.store import outbox
from chalicelib.store.outbox import BULK_LANES, OutboxItem, OutboxState, outbox_item
from chalicelib.store.roles import assume_scope
from tests.fixtures.calls import counted_calls
from tests.fixtures.worlds import World

Scope = ImportScope | IdentityScope


@pytest.fixture(params=["dealer", "identity"])
def scope(request: pytest.FixtureRequest, aws: World, ids: Ids) -> Scope:
    assert aws.name
    if request.param == "dealer":
        return ImportScope(ids.dealer_id())
    for item in outbox.items(IdentityScope(), states=tuple(OutboxState)):
        outbox.confirm(IdentityScope(), item)
    return IdentityScope()


def put(scope: Scope, now: datetime, ids: Ids, **more: Any) -> None:
    record = outbox_item(scope, kind="greeting", payload={"ref": "100A"}, now=now, ids=ids, **more)
    with assume_scope(scope):
        record.save()


def one(scope: Scope) -> OutboxItem:
    (item,) = outbox.items(scope, states=tuple(OutboxState))
    return item


def test_an_item_waits_from_the_start(scope: Scope, now: datetime, ids: Ids) -> None:
    put(scope, now, ids)
    item = one(scope)
    assert (item.kind, item.payload, item.state) == ("greeting", {"ref": "100A"}, OutboxState.QUEUED)
    assert (item.queued_at, item.claimed_at, item.lane) == (now.astimezone(UTC), None, None)


def test_one_of_two_claims_it(scope: Scope, now: datetime, ids: Ids) -> None:
    put(scope, now, ids)
    item = one(scope)
    claimed = outbox.claim(scope, item, now)
    assert claimed
    assert one(scope) == claimed
    assert (claimed.state, claimed.claimed_at) == (OutboxState.CLAIMED, now)
    assert outbox.claim(scope, item, now + timedelta(seconds=1)) is None


def test_a_released_item_may_be_claimed_again(scope: Scope, now: datetime, ids: Ids) -> None:
    put(scope, now, ids)
    first = outbox.claim(scope, one(scope), now)
    assert first
    outbox.release(scope, first)
    second = outbox.claim(scope, one(scope), now + timedelta(seconds=1))
    assert second
    outbox.release(scope, first)
    assert not outbox.park(scope, first, OutboxState.UNCERTAIN, detail="late", now=now)
    assert not outbox.confirm(scope, first)
    assert one(scope) == second, "a worker that lost the claim changes nothing"


def test_what_is_parked_is_out_of_the_way_for_30_days(aws: World, scope: Scope, now: datetime, ids: Ids) -> None:
    put(scope, now, ids)
    claimed = outbox.claim(scope, one(scope), now)
    assert claimed
    assert outbox.park(scope, claimed, OutboxState.DROPPED, detail="no email", now=now)
    assert outbox.items(scope) == []
    assert one(scope).state is OutboxState.DROPPED
    items = aws.root("dynamodb").scan(TableName=aws.settings.table_name)["Items"]
    (stored,) = [item for item in items if item["sk"]["S"] == claimed.item_id]
    assert stored["detail"]["S"] == "no email"
    assert int(stored["ttl"]["N"]) == int((now + timedelta(days=30)).timestamp())


def test_what_is_confirmed_is_gone(scope: Scope, now: datetime, ids: Ids) -> None:
    put(scope, now, ids)
    item = one(scope)
    assert [outbox.confirm(scope, item) for _ in range(2)] == [True, False]
    assert outbox.claim(scope, item, now) is None
    assert outbox.items(scope) == []


def test_an_empty_outbox_is_one_read(scope: Scope) -> None:
    with counted_calls() as calls:
        assert outbox.items(scope) == []
    assert calls == ["Query"]


def test_items_come_page_by_page_oldest_first(scope: Scope, now: datetime, ids: Ids) -> None:
    for seconds in range(5):
        put(scope, now + timedelta(seconds=seconds), ids)
    everything = outbox.items(scope)
    assert [item.queued_at for item in everything] == sorted(item.queued_at for item in everything)
    first = outbox.items(scope, limit=2)
    assert first == everything[:2]
    assert outbox.items(scope, after=first[-1].item_id) == everything[2:]


def test_bulk_lies_on_lanes_of_a_dealer_alone(aws: World, now: datetime, ids: Ids) -> None:
    assert aws.name
    scope = ImportScope(ids.dealer_id())
    for _ in range(40):
        put(scope, now, ids, bulk=True)
    assert outbox.items(scope) == []
    lanes = [outbox.items(scope, lane=lane) for lane in range(BULK_LANES)]
    assert sum(map(len, lanes)) == 40
    assert sum(bool(lane) for lane in lanes) > 8
    item = next(lane[0] for lane in lanes if lane)
    claimed = outbox.claim(scope, item, now)
    assert claimed
    assert outbox.confirm(scope, claimed)
    with pytest.raises(TypeError, match="not a dealer's scope"):
        outbox_item(IdentityScope(), kind="x", payload={}, now=now, ids=ids, bulk=True)


STAMP = "2024-06-05T08:59:00.123456+0000"
OLD_FORMS: list[tuple[str, dict[str, Any]]] = [
    (
        "D#{dealer}#OUTBOX",
        {
            "kind": {"S": "customer_invitation"},
            "payload": {"S": '{"account_ref": "1200", "email": "al@farm.example"}'},
            "created_at": {"S": STAMP},
            "version": {"N": "1"},
        },
    ),
    ("T#OUTBOX", {"kind": {"S": "audit"}, "payload": {"S": '{"dealer_id": "aaaaaaaaaa"}'}, "queued_at": {"S": STAMP}}),
]
"""Items as the release wrote them whose dealers' and identity's outbox were two."""


@pytest.mark.parametrize(("pk", "attributes"), OLD_FORMS, ids=["dealer", "identity"])
@pytest.mark.parametrize("state", ["queued", "claimed", "uncertain", "dropped"])
def test_an_item_of_the_release_before_is_read_and_done(
    aws: World, ids: Ids, now: datetime, pk: str, attributes: dict[str, Any], state: str
) -> None:
    dealer = ids.dealer_id()
    scope: Scope = IdentityScope() if pk.startswith("T#") else ImportScope(dealer)
    for left in outbox.items(scope, states=tuple(OutboxState)):
        outbox.confirm(scope, left)
    keys = {"pk": {"S": pk.format(dealer=dealer)}, "sk": {"S": ids.ulid(now)}}
    claimed = {"claimed_at": {"S": STAMP}} if state != "queued" else {}
    item = {**keys, **attributes, "state": {"S": state}, **claimed}
    aws.root("dynamodb").put_item(TableName=aws.settings.table_name, Item=item)
    found = one(scope)
    assert (found.kind, found.state) == (attributes["kind"]["S"], OutboxState(state))
    assert found.queued_at == datetime(2024, 6, 5, 8, 59, 0, 123456, tzinfo=UTC)
    assert found.payload
    if state == "queued":
        taken = outbox.claim(scope, found, now)
        assert taken
        assert outbox.confirm(scope, taken)
    elif state == "claimed":
        assert outbox.park(scope, found, OutboxState.UNCERTAIN, detail="no answer", now=now)
    else:
        assert outbox.items(scope) == []


def test_a_function_of_the_release_before_sees_by_the_version_that_it_lost(aws: World, ids: Ids, now: datetime) -> None:
    scope = ImportScope(ids.dealer_id())
    put(scope, now, ids)
    assert outbox.claim(scope, one(scope), now)
    key = {"pk": {"S": f"D#{scope.dealer_id}#OUTBOX"}, "sk": {"S": one(scope).item_id}}
    stored = aws.root("dynamodb").get_item(TableName=aws.settings.table_name, Key=key)["Item"]
    assert stored["version"]["N"] == "1"
