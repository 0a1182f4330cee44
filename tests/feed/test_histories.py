"""Whatever happens, in any order: each item waits, was taken once, is a task, or was withdrawn."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from chalicelib.feed import operations, queries, repo
from chalicelib.feed.model import ItemState, Taker
from chalicelib.feed.payloads import Payload
from chalicelib.kernel.errors import ConflictError
from chalicelib.kernel.ids import Ids
from chalicelib.store import outbox
from chalicelib.store.roles import assume_scope
from chalicelib.store.transactions import TransactionRefusedError, transaction
from chalicelib.tasks import repo as tasks
from tests.feed.made import ACCEPTED, DOCUMENT, written
from tests.fixtures.cast import Cast, Dealership
from tests.fixtures.worlds import World

NOW = datetime(2024, 6, 30, 23, 59, 30, tzinfo=UTC)
"""Items of two months come out of it."""
HISTORIES, STEPS = 50, 40
EMPTIED = [[name] for name in ("FEED", "FED", "AUDIT", "TASKS", "OUTBOX")]

Call = Callable[[], dict[str, ItemState]]


class Feed(RuleBasedStateMachine):
    """`expected` is what the model says of each item; `calls` of the program are sent again in any order."""

    world: World
    ids = Ids(random_bytes=Random(7).randbytes)
    ours: Dealership

    def __init__(self) -> None:
        super().__init__()
        empty(self.world)
        self.now = NOW
        self.expected: dict[str, ItemState] = {}
        self.calls: list[tuple[list[str], ItemState, Call]] = []
        self.taker = Taker.PAGE

    @rule(seconds=st.sampled_from([-1, 2]), data=st.sampled_from([ACCEPTED, DOCUMENT]))
    def write(self, seconds: int, data: Payload) -> None:
        """Clocks differ: an item may come in before one that was written earlier."""
        self.now += timedelta(seconds=seconds)
        self.expected[written(self.ours.scope, self.now, self.ids, data).item_id] = ItemState.WAITING

    @rule()
    def take_as_files(self) -> None:
        waiting = [one for one, state in self.expected.items() if state is ItemState.WAITING]
        taken = waiting if self.taker is Taker.FILES else []
        assert operations.take_as_files(self.ours.import_scope, now=self.now, ids=self.ids) == len(taken)
        self.expected |= dict.fromkeys(taken, ItemState.TAKEN)

    @rule(share=st.integers(0, 3), by=st.sampled_from([Taker.PAGE, Taker.PROGRAM]))
    def take_what_is_listed(self, share: int, by: Taker) -> None:
        listed = [item.item_id for item in queries.waiting(self.ours.scope, limit=40).items][share:]
        self.settle(by, listed, ItemState.TAKEN, lambda: self.acknowledge(by, listed))

    @rule(data=st.data())
    def take_anything(self, data: st.DataObject) -> None:
        known = st.sampled_from(sorted(self.expected) or ["nothing"])
        chosen = data.draw(st.lists(known | st.just("nothing"), max_size=6))
        self.settle(Taker.PROGRAM, chosen, ItemState.TAKEN, lambda: self.acknowledge(Taker.PROGRAM, chosen))

    @rule(data=st.data())
    def reject(self, data: st.DataObject) -> None:
        item = data.draw(st.sampled_from(sorted(self.expected) or ["nothing"]))

        def call() -> dict[str, ItemState]:
            return operations.reject(
                self.ours.import_scope, item_id=item, reason="Too long", now=self.now, ids=self.ids
            )

        self.settle(Taker.PROGRAM, [item], ItemState.REJECTED, call)

    @rule(data=st.data())
    def send_again(self, data: st.DataObject) -> None:
        """A call whose reply was lost, perhaps long ago, and what ended differently since."""
        if not self.calls:
            return
        self.settle(Taker.PROGRAM, *data.draw(st.sampled_from(self.calls)))

    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        item_id = data.draw(st.sampled_from(sorted(self.expected) or ["nothing"]))
        item = queries.item(self.ours.scope, item_id)
        if item is None:
            return
        ended = operations.settle_item(
            self.ours.scope, item, state=ItemState.WITHDRAWN, by=self.ours.customer.person_id, now=self.now
        )
        with suppress(TransactionRefusedError):
            with assume_scope(self.ours.scope), transaction() as t:
                t.add(*ended)
            assert self.expected[item_id] is ItemState.WAITING
            self.expected[item_id] = ItemState.WITHDRAWN

    @rule(taker=st.sampled_from(Taker))
    def choose(self, taker: Taker) -> None:
        operations.choose_taker(self.ours.admin.staff_scope, taker=taker, now=self.now, ids=self.ids)
        self.taker = taker

    def acknowledge(self, by: Taker, item_ids: list[str]) -> dict[str, ItemState]:
        scope = self.ours.user.staff_scope if by is Taker.PAGE else self.ours.import_scope
        return operations.acknowledge(scope, item_ids=item_ids, now=self.now, ids=self.ids)

    def settle(self, by: Taker, item_ids: list[str], state: ItemState, call: Call) -> None:
        if by is Taker.PROGRAM:
            self.calls.append((item_ids, state, call))
        try:
            told = call()
        except ConflictError:
            assert by is not self.taker
            return
        assert by is self.taker
        for one in item_ids:
            if self.expected.get(one) is ItemState.WAITING:
                self.expected[one] = state
        assert told == {one: self.expected.get(one, ItemState.UNKNOWN) for one in item_ids}

    def teardown(self) -> None:
        """Each item is in one place, and that is the model's."""
        scope = self.ours.scope
        listed = [item.item_id for item in repo.waiting(scope)]
        ended = [item for month in ("2024-06", "2024-07") for item in repo.settled(scope, month)]
        found = [(one, ItemState.WAITING) for one in listed] + [(item.item_id, item.state) for item in ended]
        assert sorted(found) == sorted(self.expected.items())
        assert listed == sorted(listed)
        rejected = {one for one, state in self.expected.items() if state is ItemState.REJECTED}
        assert {task.task_id for task in tasks.tasks(scope)} == rejected
        files = [item.item_id for item in ended if item.settled_by == operations.OUTBOX]
        to_write = [one for item in outbox.items(scope, limit=STEPS) for one in item.payload["item_ids"]]
        assert sorted(to_write) == sorted(files)


def empty(world: World) -> None:
    """Take away what an earlier history left of the feed: moto copies the whole table at each transaction."""
    table = world.root("dynamodb")
    for item in table.scan(TableName=world.settings.table_name, ProjectionExpression="pk, sk")["Items"]:
        if item["pk"]["S"].split("#")[2:3] in EMPTIED or item["sk"]["S"] == "FEED":
            table.delete_item(TableName=world.settings.table_name, Key=item)


@pytest.mark.long
def test_every_item_is_taken_once_or_is_a_task(aws: World, cast: Cast) -> None:
    class OfOurs(Feed):
        world = aws
        ours = cast.ours

    bounded = settings(max_examples=HISTORIES, stateful_step_count=STEPS, deadline=None, phases=[Phase.generate])
    run_state_machine_as_test(OfOurs, settings=bounded)
