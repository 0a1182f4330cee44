"""Colleagues at once, on engines that isolate transactions."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

import pytest

from chalicelib.kernel.errors import ConflictError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import DealerScope
from chalicelib.store.roles import assume_scope
from chalicelib.store.transactions import transaction
from chalicelib.tasks import repo
from chalicelib.tasks.model import Task
from tests.fixtures.worlds import World


@pytest.fixture
def task(engine: World, scope: DealerScope, now: datetime, ids: Ids) -> Task:
    assert engine.name
    made = Task(kind="not_taken", task_id=ids.ulid(now), since=now, due=now.date(), detail={"reason": "x"})
    with assume_scope(scope), transaction() as t:
        t.put(repo.new_task(scope, made))
    return made


@pytest.fixture
def scope(ids: Ids) -> DealerScope:
    return DealerScope(ids.dealer_id(), "maria")


def test_of_many_who_take_a_task_at_once_one_has_it(scope: DealerScope, task: Task) -> None:
    winners = []

    def take(who: str) -> None:
        with suppress(ConflictError):
            winners.append(repo.change(scope, task, replace(task, assigned_to=who), also=()).assigned_to)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(take, ["maria", "dan", "helen", "josh"]))
    found = repo.task(scope, task.kind, task.task_id)
    assert found
    assert winners == [found.assigned_to]
    assert found.version == task.version + 1
    assert len(repo.open_kinds(scope, limit=100)) == 1


def test_a_task_is_done_once(scope: DealerScope, task: Task) -> None:
    repo.remove(scope, task, also=())
    with pytest.raises(ConflictError):
        repo.remove(scope, task, also=())
    with pytest.raises(ConflictError):
        repo.change(scope, task, task, also=())
    assert repo.open_kinds(scope, limit=100) == []
