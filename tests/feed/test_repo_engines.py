"""A program, staff and a customer at once, on engines that isolate transactions."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from random import Random

import pytest

from chalicelib.dealers.model import Dealer
from chalicelib.feed import operations, repo
from chalicelib.feed.model import FeedItem, ItemState, Taker
from chalicelib.kernel.errors import ConflictError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.roles import Role
from chalicelib.kernel.scopes import DealerScope, ImportScope
from chalicelib.store.roles import assume_scope
from chalicelib.store.transactions import transaction
from chalicelib.tasks import repo as tasks
from tests.feed.made import written
from tests.fixtures.cast import make_dealership
from tests.fixtures.worlds import World


@pytest.fixture
def dealer(engine: World, now: datetime, ids: Ids) -> Dealer:
    assert engine.name
    return make_dealership(ids, now, name="Moorbeck Machinery", prefix="moorbeck", phone="").dealer


def test_of_many_who_end_an_item_at_once_one_does(dealer: Dealer, now: datetime, ids: Ids) -> None:
    agent, admin = ImportScope(dealer.dealer_id), DealerScope(dealer.dealer_id, "maria", Role.ADMIN)
    operations.choose_taker(admin, taker=Taker.PROGRAM, now=now, ids=ids)
    made = [written(agent, now, ids) for _ in range(12)]
    wanted = [item.item_id for item in made]

    def act(number: int) -> None:
        own = Ids(random_bytes=Random(number).randbytes)
        with suppress(ConflictError):
            if number % 3 == 0:
                operations.acknowledge(agent, item_ids=wanted[number:], now=now, ids=own)
            elif number % 3 == 1:
                operations.reject(agent, item_id=wanted[number], reason="No", now=now, ids=own)
            else:
                withdraw(agent, made[number], now)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(act, range(12)))
    operations.acknowledge(agent, item_ids=wanted, now=now, ids=ids)
    found = repo.items(agent, wanted)
    assert sorted(found) == sorted(wanted)
    assert repo.waiting(agent) == []
    rejected = {one for one, item in found.items() if item.state is ItemState.REJECTED}
    assert {task.task_id for task in tasks.tasks(agent)} == rejected
    assert len(repo.settled(agent, "2024-06")) == len(made)


def withdraw(scope: ImportScope, item: FeedItem, now: datetime) -> None:
    with assume_scope(scope), transaction() as t:
        t.add(*operations.settle_item(scope, item, state=ItemState.WITHDRAWN, by="al", now=now))


def test_whoever_no_longer_takes_items_is_refused_by_the_store(dealer: Dealer, now: datetime, ids: Ids) -> None:
    agent = ImportScope(dealer.dealer_id)
    item = written(agent, now, ids)
    taken = repo.settled_item(agent, item, state=ItemState.TAKEN, by="agent", now=now)
    repo.put_taker(agent, Taker.PROGRAM, before=Taker.PAGE, also=())
    assert repo.commit(agent, taken, also=(), taker=Taker.PAGE) == (repo.settings_key(agent),)
    with pytest.raises(ConflictError):
        repo.put_taker(agent, Taker.PROGRAM, before=Taker.PAGE, also=())
    assert repo.commit(agent, taken, also=(), taker=Taker.PROGRAM) == ()
    assert repo.waiting(agent) == []
