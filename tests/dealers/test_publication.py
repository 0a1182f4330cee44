"""PUBLISHED: which run is true, and how it may change."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from chalicelib.dealers import queries as dealers
from chalicelib.dealers import repo as dealer_repo
from chalicelib.dealers.operations import create_dealer
from chalicelib.dealers.publication import Published, usual_gap
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import ImportScope, OperatorScope
from chalicelib.store.roles import assume_scope
from chalicelib.store.transactions import TransactionRefusedError, WriteItem, transaction
from tests.dealers.profiles import a_profile
from tests.fixtures.worlds import World

AT = datetime(2024, 6, 5, 9, tzinfo=UTC)


def after(before: Published, run: int, **more: Any) -> Published:
    values: dict[str, Any] = {
        "shards": (run,) * before.n,
        "as_at": date(2024, 6, 5),
        "received_at": AT,
        "sequence": run,
        "export_id": f"e{run}",
        "totals_agree": True,
    }
    return before.followed_by(run, **values | more)


def test_numbers_between_two_published_runs_are_skipped() -> None:
    first = after(Published(), 3)
    assert (first.run, first.generation, first.skipped) == (3, 1, frozenset({1, 2}))
    second = after(first, 5, shards=(3, 5))
    assert (second.n, second.shards, second.skipped) == (2, (3, 5), frozenset({1, 2, 4}))
    assert [run for run in range(8) if second.shows(run)] == [0, 3, 5]


def days(*numbers: int) -> list[date]:
    return [date(2024, 6, 3) + timedelta(days=number) for number in numbers]


WEEKDAYS = days(*(week * 7 + day for week in range(3) for day in range(5)))


@pytest.mark.parametrize(
    ("dates", "gap"),
    [
        ([], 3),
        (days(0), 3),
        (days(0, 1, 2), 3),
        (days(0, 7, 14), 7),
        (days(*range(15)), 1),
        (WEEKDAYS, 3),
        (days(*range(7), *range(17, 24)), 1),
    ],
)
def test_the_usual_gap_between_exports(dates: list[date], gap: int) -> None:
    assert usual_gap(dates) == timedelta(days=gap)


def test_figures_are_late_a_day_after_newer_ones_usually_come() -> None:
    current = Published()
    assert not current.is_late(date(2024, 6, 5))
    for run, day in enumerate(WEEKDAYS, 1):
        current = after(current, run, as_at=day)
    friday = WEEKDAYS[-1]
    assert [current.is_late(friday + timedelta(days=gone)) for gone in (0, 3, 4, 5)] == [False, False, False, True]
    assert len(current.recent) == 15
    assert after(current, 20, as_at=friday).recent == current.recent


def test_undo_brings_back_what_was_true_at_a_new_generation() -> None:
    first = after(Published(), 1)
    second = after(first, 3)
    undone = second.undone_to(first)
    assert undone == replace(first, generation=3)
    third = after(undone, 4)
    assert third.skipped == {2, 3}


def test_what_was_swept_since_is_not_skipped_again_after_undo() -> None:
    first = after(Published(), 3)
    second = after(first, 4).without_swept([1])
    assert second.generation == 2
    assert second.undone_to(first).skipped == {2}


def test_an_older_run_never_replaces_a_newer() -> None:
    for run in (2, 3):
        with pytest.raises(ValueError, match="not above"):
            after(after(Published(), 3), run)


@pytest.mark.parametrize(("n", "shards"), [(0, ()), (3, (1, 1, 1)), (2, (1,)), (-2, (1, 1))])
def test_shards_are_a_power_of_two_and_complete(n: int, shards: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="power of two"):
        Published(n=n, shards=shards)


@given(st.lists(st.sampled_from(["publish", "undo"]), max_size=30), st.randoms())
def test_a_reader_sees_exactly_the_runs_that_led_here(steps: list[str], random: Any) -> None:
    state, number, history = Published(), 0, [(Published(), {0})]
    for step in steps:
        if step == "publish":
            number += random.randint(1, 3)
            state = after(state, number)
            history.append((state, history[-1][1] | {number}))
        elif len(history) > 1:
            history.pop()
            state = state.undone_to(history[-1][0])
            history[-1] = state, history[-1][1]
        assert {run for run in range(number + 4) if state.shows(run)} == history[-1][1]


@pytest.fixture
def scope(aws: World, now: datetime, ids: Ids) -> ImportScope:
    assert aws.name
    return ImportScope(create_dealer(OperatorScope("t"), profile=a_profile(ids), now=now, ids=ids).dealer_id)


def commit(scope: ImportScope, *items: WriteItem) -> None:
    with assume_scope(scope), transaction() as t:
        t.add(*items)


def test_it_advances_from_the_expected_generation_only(scope: ImportScope) -> None:
    before = dealers.published(scope)
    new = after(before, 1)
    commit(scope, dealer_repo.advance(scope, expected_generation=0, new=new))
    assert dealers.published(scope) == new
    with pytest.raises(TransactionRefusedError):
        commit(scope, dealer_repo.advance(scope, expected_generation=0, new=after(before, 2)))
    with pytest.raises(ValueError, match="does not follow"):
        dealer_repo.advance(scope, expected_generation=0, new=after(new, 2))


def test_a_published_run_is_remembered_for_a_moment_and_the_lack_of_one_is_not(scope: ImportScope) -> None:
    before = dealers.published(scope)
    first = after(before, 1)
    commit(scope, dealer_repo.advance(scope, expected_generation=0, new=first))
    assert dealers.published(scope) == first
    second = after(first, 2)
    commit(scope, dealer_repo.advance(scope, expected_generation=1, new=second))
    assert dealers.published(scope) == first
    assert dealers.published(scope, fresh=True) == second
    dealers.forget_published(scope)
    assert dealers.published(scope) == second


def test_a_write_may_rest_on_a_generation(scope: ImportScope) -> None:
    commit(scope, dealer_repo.require_generation(scope, 0))
    with pytest.raises(TransactionRefusedError):
        commit(scope, dealer_repo.require_generation(scope, 1))


def test_swept_runs_leave_skipped_unless_something_changed(scope: ImportScope) -> None:
    state = after(dealers.published(scope), 4)
    commit(scope, dealer_repo.advance(scope, expected_generation=0, new=state))
    commit(scope, dealer_repo.replace_swept(scope, before=state, runs=frozenset({1, 2})))
    swept = dealers.published(scope, fresh=True)
    assert swept == replace(state, skipped=frozenset({3}))
    with pytest.raises(TransactionRefusedError):
        commit(scope, dealer_repo.replace_swept(scope, before=state, runs=frozenset({3})))


def test_what_was_stored_when_shards_were_called_slices_is_read() -> None:
    assert TypeAdapter(Published).validate_json(b'{"run": 3, "n": 2, "slices": [3, 1]}').shards == (3, 1)
