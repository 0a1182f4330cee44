from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from chalicelib.kernel.errors import ForbiddenError, InvalidError, NotFoundError
from chalicelib.kernel.ids import Ids
from chalicelib.store.audit import AuditRow
from chalicelib.store.record import tenant_pk
from chalicelib.store.roles import assume_scope
from chalicelib.store.transactions import TransactionRefusedError, transaction
from chalicelib.tasks import operations, queries, repo
from chalicelib.tasks.kinds import CHANGE, HELD_EXPORT, KINDS, NOT_TAKEN
from chalicelib.tasks.model import ShownTask, Task
from tests.fixtures.calls import counted_calls
from tests.fixtures.cast import Cast, Dealership
from tests.fixtures.staff import listed
from tests.tasks.made import opened


def events(ours: Dealership) -> list[tuple[str, str]]:
    with assume_scope(ours.scope):
        rows = AuditRow.query(tenant_pk(ours.scope, "AUDIT", "2024-06"))
        return [(row.event, row.actor) for row in rows if row.event.startswith("task.")]


def found(ours: Dealership, task: Task) -> Task | None:
    return repo.task(ours.scope, task.kind, task.task_id)


def test_a_task_is_due_so_many_days_after_it_was_opened_where_the_dealer_is(
    cast: Cast, now: datetime, ids: Ids
) -> None:
    late_evening = now.replace(hour=23, minute=30)  # in London it is the next day
    assert opened(cast.ours.scope, late_evening, ids).due == date(2024, 6, 6) + timedelta(days=NOT_TAKEN.days)
    assert opened(cast.ours.scope, now, ids, kind=CHANGE).due == date(2024, 6, 5) + timedelta(days=CHANGE.days)


def test_the_list_begins_with_what_is_due_first(cast: Cast, now: datetime, ids: Ids) -> None:
    ours = cast.ours
    made = [opened(ours.scope, now - timedelta(days=n), ids, kind=kind) for n in (0, 1, 4) for kind in KINDS.values()]
    listed = queries.open_tasks(ours.user.staff_scope)
    assert [task.due for task in listed] == sorted(task.due for task in made)
    assert queries.open_tasks(cast.rival.user.staff_scope) == []


def test_a_task_is_taken_given_away_given_back_and_done(cast: Cast, now: datetime, ids: Ids) -> None:
    ours, user, admin = cast.ours, cast.ours.user.staff_scope, cast.ours.admin.staff_scope
    listed(ours, ours.admin, now=now)
    task = opened(ours.scope, now, ids)
    (taken,) = operations.take(user, shown=[task.shown], now=now, ids=ids).done
    assert taken.assigned_to == user.person_id
    (given,) = operations.assign(user, shown=[taken.shown], to=admin.person_id, now=now, ids=ids).done
    assert given == found(ours, task)
    (free,) = operations.release(user, shown=[given.shown], now=now, ids=ids).done
    assert free.assigned_to is None
    assert operations.finish(user, shown=[free.shown], now=now, ids=ids).done == (free,)
    assert found(ours, task) is None
    assert sorted(event for event, _ in events(ours)) == [*["task.assigned"] * 2, "task.done", "task.released"]
    assert {actor for _, actor in events(ours)} == {user.person_id}


def test_asking_twice_changes_and_notes_nothing_more(cast: Cast, now: datetime, ids: Ids) -> None:
    user = cast.ours.user.staff_scope
    task = opened(cast.ours.scope, now, ids)
    for _ in range(2):  # the second time from the page as it was
        outcome = operations.take(user, shown=[task.shown, task.shown], now=now, ids=ids)
        assert [one.assigned_to for one in outcome.done] == [user.person_id]
    assert len(events(cast.ours)) == 1
    assert operations.finish(user, shown=[task.shown], now=now, ids=ids).changed_since == 0
    assert operations.finish(user, shown=[task.shown], now=now, ids=ids).changed_since == 1
    assert len(events(cast.ours)) == 2


def test_a_page_from_before_takes_nothing_from_a_colleague(cast: Cast, now: datetime, ids: Ids) -> None:
    task = opened(cast.ours.scope, now, ids)
    operations.take(cast.ours.user.staff_scope, shown=[task.shown], now=now, ids=ids)
    late = operations.take(cast.ours.admin.staff_scope, shown=[task.shown], now=now, ids=ids)
    assert (late.done, late.changed_since) == ((), 1)
    left = found(cast.ours, task)
    assert left
    assert left.assigned_to == cast.ours.user.person_id


def test_a_task_goes_to_nobody_outside_the_dealership(cast: Cast, now: datetime, ids: Ids) -> None:
    task = opened(cast.ours.scope, now, ids)
    with pytest.raises(InvalidError):
        operations.assign(
            cast.ours.user.staff_scope, shown=[task.shown], to=cast.rival.user.person_id, now=now, ids=ids
        )
    assert operations.take(cast.rival.user.staff_scope, shown=[task.shown], now=now, ids=ids).done == ()


def test_what_ends_with_its_matter_is_not_marked_done(cast: Cast, now: datetime, ids: Ids) -> None:
    """Nor is anything else that was marked with it: all of it or nothing."""
    other, task = opened(cast.ours.scope, now, ids), opened(cast.ours.scope, now, ids, kind=CHANGE)
    with pytest.raises(InvalidError):
        operations.finish(cast.ours.user.staff_scope, shown=[other.shown, task.shown], now=now, ids=ids)
    assert found(cast.ours, other) == other
    with assume_scope(cast.ours.scope), transaction() as t:
        t.add(operations.close_task(cast.ours.scope, kind=CHANGE, task_id=task.task_id))
        t.add(operations.close_task(cast.ours.scope, kind=CHANGE, task_id=ids.ulid(now)))  # gone already
    assert found(cast.ours, task) is None


def test_what_an_admin_decides_is_taken_by_admins_alone(cast: Cast, now: datetime, ids: Ids) -> None:
    ours, user, admin = cast.ours, cast.ours.user.staff_scope, cast.ours.admin.staff_scope
    task, other = opened(ours.scope, now, ids, kind=HELD_EXPORT, ref=None), opened(ours.scope, now, ids)
    for refused in (operations.take, operations.release):
        with pytest.raises(ForbiddenError):
            refused(user, shown=[other.shown, task.shown], now=now, ids=ids)
    left = found(ours, other)
    assert left
    assert left.assigned_to is None
    assert [one.kind for one in operations.take(admin, shown=[task.shown], now=now, ids=ids).done] == ["held_export"]


def test_what_an_admin_decides_is_not_given_to_others(cast: Cast, now: datetime, ids: Ids) -> None:
    ours, admin = cast.ours, cast.ours.admin.staff_scope
    listed(ours, ours.user, ours.admin, now=now)
    shown = [opened(ours.scope, now, ids, kind=kind).shown for kind in (HELD_EXPORT, NOT_TAKEN)]
    given = operations.assign(admin, shown=shown, to=ours.user.person_id, now=now, ids=ids)
    assert ([task.kind for task in given.done], given.for_admins) == (["not_taken"], 1)
    other = replace(admin, person_id="another-admin")
    given = operations.assign(other, shown=shown[:1], to=admin.person_id, now=now, ids=ids)
    assert ([task.assigned_to for task in given.done], given.for_admins) == ([admin.person_id], 0)


def test_a_task_is_opened_once(cast: Cast, now: datetime, ids: Ids) -> None:
    task = opened(cast.ours.scope, now, ids)
    with pytest.raises(TransactionRefusedError), assume_scope(cast.ours.scope), transaction() as t:
        t.put(repo.new_task(cast.ours.scope, task))


@pytest.mark.parametrize("text", ["", "change", "change.01HZ.1", "../x.01HZKT0000000000000000000Z.1", "change.a.b.c"])
def test_a_form_names_a_task_or_nothing(text: str) -> None:
    with pytest.raises(NotFoundError):
        ShownTask.parse(text)


def test_an_unknown_kind_is_not_found(cast: Cast, now: datetime, ids: Ids) -> None:
    shown = ShownTask("nothing", ids.ulid(now), 1)
    with pytest.raises(NotFoundError):
        operations.take(cast.ours.user.staff_scope, shown=[shown], now=now, ids=ids)


def test_a_form_names_what_the_page_showed(now: datetime, ids: Ids) -> None:
    shown = ShownTask("not_taken", ids.ulid(now), 7)
    assert ShownTask.parse(str(shown)) == shown


def test_the_count_stops_at_a_hundred(cast: Cast, now: datetime, ids: Ids) -> None:
    ours = cast.ours.scope
    assert queries.open_counts(ours) == (0, 0)
    for n in range(queries.MAX_COUNTED + 3):
        opened(ours, now + timedelta(seconds=n), ids)
    with counted_calls("dynamodb") as calls:
        assert queries.open_counts(ours) == (queries.MAX_COUNTED, 0)
    assert calls == ["Query", "Query"]
