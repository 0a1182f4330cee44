from datetime import datetime, timedelta

import pytest

from chalicelib.feed import operations, queries, repo
from chalicelib.feed.model import ItemState, Taker
from chalicelib.kernel.errors import ConflictError, InvalidError
from chalicelib.kernel.ids import Ids
from chalicelib.store import outbox
from chalicelib.store.audit import AuditRow
from chalicelib.store.record import tenant_pk
from chalicelib.store.roles import assume_scope
from chalicelib.store.transactions import TransactionRefusedError, transaction
from chalicelib.tasks import repo as tasks
from tests.feed.made import written
from tests.fixtures.calls import counted_calls
from tests.fixtures.cast import Cast, Dealership

TAKEN, REJECTED, UNKNOWN = ItemState.TAKEN, ItemState.REJECTED, ItemState.UNKNOWN


@pytest.fixture
def ours(cast: Cast, now: datetime, ids: Ids) -> Dealership:
    """A dealer whose program takes the items."""
    operations.choose_taker(cast.ours.admin.staff_scope, taker=Taker.PROGRAM, now=now, ids=ids)
    return cast.ours


def waiting(dealership: Dealership) -> list[str]:
    return [item.item_id for item in queries.waiting(dealership.scope, limit=100).items]


def events(dealership: Dealership) -> list[tuple[str, str]]:
    with assume_scope(dealership.scope):
        rows = AuditRow.query(tenant_pk(dealership.scope, "AUDIT", "2024-06"))
        return sorted((row.event, row.actor) for row in rows if row.event.startswith("feed."))


def test_items_wait_oldest_first_page_by_page(ours: Dealership, cast: Cast, now: datetime, ids: Ids) -> None:
    made = [written(ours.scope, now + timedelta(seconds=n), ids).item_id for n in (2, 0, 1)]
    first = queries.waiting(ours.scope, limit=2)
    assert [item.item_id for item in first.items] == [made[1], made[2]]
    assert first.next == made[2]
    second = queries.waiting(ours.scope, after=first.next, limit=2)
    assert ([item.item_id for item in second.items], second.next) == ([made[0]], None)
    assert waiting(cast.rival) == []


def test_what_is_acknowledged_is_kept_by_month_and_stays_taken(ours: Dealership, now: datetime, ids: Ids) -> None:
    first, second = (written(ours.scope, now + timedelta(seconds=n), ids) for n in range(2))
    agent, nothing = ours.import_scope, ids.ulid(now)
    wanted = [first.item_id, nothing, "../x", first.item_id]
    answer = {first.item_id: TAKEN, nothing: UNKNOWN, "../x": UNKNOWN}
    for _ in range(2):  # the reply to the first was lost
        assert operations.acknowledge(agent, item_ids=wanted, now=now, ids=ids) == answer
    assert waiting(ours) == [second.item_id]
    (kept,) = queries.settled(ours.scope, "2024-06", limit=10).items
    assert (kept.item_id, kept.data, kept.state, kept.settled_by) == (first.item_id, first.data, TAKEN, "agent")
    assert events(ours) == [("feed.taken", "agent"), ("feed.taker_changed", ours.admin.person_id)]


def test_what_is_rejected_becomes_a_task_and_leaves_the_list(ours: Dealership, now: datetime, ids: Ids) -> None:
    item = written(ours.scope, now, ids)
    agent = ours.import_scope
    for _ in range(2):
        told = operations.reject(agent, item_id=item.item_id, reason=" Too\nlong ", now=now, ids=ids)
        assert told == {item.item_id: REJECTED}
    assert waiting(ours) == []
    (task,) = tasks.tasks(ours.scope)
    assert (task.kind, task.task_id, task.detail) == ("not_taken", item.item_id, {"reason": "Too long"})
    assert (task.account_ref, task.account_name) == ("1200", "Mr A L Barlow")
    (kept,) = queries.settled(ours.scope, "2024-06", limit=10).items
    assert (kept.state, kept.reason) == (REJECTED, "Too long")
    late = operations.acknowledge(agent, item_ids=[item.item_id], now=now, ids=ids)
    assert late == {item.item_id: REJECTED}


def test_a_rejection_after_the_acknowledgement_changes_nothing(ours: Dealership, now: datetime, ids: Ids) -> None:
    item = written(ours.scope, now, ids)
    operations.acknowledge(ours.import_scope, item_ids=[item.item_id], now=now, ids=ids)
    told = operations.reject(ours.import_scope, item_id=item.item_id, reason="No", now=now, ids=ids)
    assert told == {item.item_id: TAKEN}
    assert tasks.tasks(ours.scope) == []


@pytest.mark.parametrize("reason", ["", " \n ", "x" * 501, "no\x00", "no \ud800"])
def test_a_reason_is_bounded(ours: Dealership, now: datetime, ids: Ids, reason: str) -> None:
    item = written(ours.scope, now, ids)
    with pytest.raises(InvalidError) as refused:
        operations.reject(ours.import_scope, item_id=item.item_id, reason=reason, now=now, ids=ids)
    assert "reason" in refused.value.fields
    assert waiting(ours) == [item.item_id]


def test_forty_go_in_one_transaction_and_more_are_refused(ours: Dealership, now: datetime, ids: Ids) -> None:
    made = [written(ours.scope, now, ids).item_id for _ in range(operations.MAX_IDS + 1)]
    with pytest.raises(InvalidError):
        operations.acknowledge(ours.import_scope, item_ids=made, now=now, ids=ids)
    with counted_calls("dynamodb") as calls:
        operations.acknowledge(ours.import_scope, item_ids=made[:-1], now=now, ids=ids)
    assert calls.count("TransactWriteItems") == 1
    assert waiting(ours) == made[-1:]


def test_one_of_staff_and_program_takes_items(cast: Cast, now: datetime, ids: Ids) -> None:
    ours, item = cast.ours, written(cast.ours.scope, now, ids)
    program, person, wanted = ours.import_scope, ours.user.staff_scope, [item.item_id]
    with pytest.raises(ConflictError):  # staff, until somebody chooses
        operations.acknowledge(program, item_ids=wanted, now=now, ids=ids)
    with pytest.raises(ConflictError):
        operations.reject(program, item_id=item.item_id, reason="No", now=now, ids=ids)
    for _ in range(2):
        operations.choose_taker(ours.admin.staff_scope, taker=Taker.PROGRAM, now=now, ids=ids)
    with pytest.raises(ConflictError):
        operations.acknowledge(person, item_ids=wanted, now=now, ids=ids)
    operations.choose_taker(ours.admin.staff_scope, taker=Taker.PAGE, now=now, ids=ids)
    assert operations.acknowledge(person, item_ids=wanted, now=now, ids=ids) == {item.item_id: TAKEN}
    assert [event for event, _ in events(ours)] == ["feed.taken", "feed.taker_changed", "feed.taker_changed"]


def test_who_takes_items_may_change_at_that_moment(ours: Dealership, now: datetime, ids: Ids) -> None:
    item = written(ours.scope, now, ids)
    taken = repo.settled_item(ours.scope, item, state=TAKEN, by="agent", now=now)
    assert repo.commit(ours.scope, taken, also=(), taker=Taker.PAGE) == (repo.settings_key(ours.scope),)
    assert waiting(ours) == [item.item_id]
    assert repo.commit(ours.scope, taken, also=(), taker=Taker.PROGRAM) == ()


def test_an_item_is_written_once(ours: Dealership, now: datetime, ids: Ids) -> None:
    item = written(ours.scope, now, ids)
    with pytest.raises(TransactionRefusedError), assume_scope(ours.scope), transaction() as t:
        t.put(repo.new_item(ours.scope, item))


def test_a_customer_whom_no_export_names_has_no_number(ours: Dealership, now: datetime, ids: Ids) -> None:
    assert written(ours.scope, now, ids, ref=f"~{ids.ulid(now)}").account_ref == ""


def test_as_files_what_is_taken_and_what_is_to_be_written_are_one_write(
    ours: Dealership, now: datetime, ids: Ids
) -> None:
    item, withdrawn = (written(ours.scope, now + timedelta(seconds=n), ids) for n in range(2))
    assert operations.take_as_files(ours.import_scope, now=now, ids=ids) == 0, "a program takes them"
    operations.choose_taker(ours.admin.staff_scope, taker=Taker.FILES, now=now, ids=ids)
    with assume_scope(ours.scope), transaction() as t:
        t.add(*operations.settle_item(ours.scope, withdrawn, state=ItemState.WITHDRAWN, by="al", now=now))
    assert operations.take_as_files(ours.import_scope, now=now, ids=ids) == 1
    (to_write,) = outbox.items(ours.scope)
    assert (to_write.kind, to_write.payload) == (operations.FILES, {"item_ids": [item.item_id]})
    assert ("feed.taken", "outbox") in events(ours)
    with pytest.raises(ConflictError, match="These items are written to your outbox as files"):
        operations.acknowledge(ours.import_scope, item_ids=[item.item_id], now=now, ids=ids)
