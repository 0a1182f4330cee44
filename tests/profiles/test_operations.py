"""A profile is one person's at one dealer: kept whole, never over somebody's other window, and audited by field."""

from dataclasses import replace
from datetime import datetime

import pytest

from chalicelib.kernel.errors import ConflictError
from chalicelib.kernel.ids import Ids
from chalicelib.profiles import queries
from chalicelib.profiles.model import Details, Named
from chalicelib.profiles.operations import forget_person, save
from chalicelib.profiles.repo import MemberScope
from tests.fixtures.calls import counted_calls
from tests.fixtures.cast import Cast
from tests.fixtures.trail import audited

ANNA = Details("ms", "Anna", "Reed", city="Whitby", phone="+441632960114")


def stored(scope: MemberScope, details: Details, now: datetime, ids: Ids, *, seen: str = "") -> list[str]:
    return save(scope, details, seen=seen, now=now, ids=ids)


def test_what_is_saved_is_the_persons_at_this_dealer_alone(cast: Cast, now: datetime, ids: Ids) -> None:
    scope = cast.ours.admin.staff_scope
    assert stored(scope, ANNA, now, ids) == ["title", "first_name", "last_name", "city", "phone"]
    assert queries.own_profile(scope).details == ANNA
    elsewhere = replace(scope, dealer_id=cast.rival.dealer.dealer_id)
    assert queries.own_profile(elsewhere).details == Details()
    assert queries.own_profile(cast.ours.user.staff_scope).details == Details()


def test_the_trail_says_which_fields_changed_and_nothing_of_what_is_in_them(
    cast: Cast, now: datetime, ids: Ids
) -> None:
    scope = cast.ours.customer.customer_scope
    stored(scope, ANNA, now, ids)
    [entry] = audited(cast.ours.scope, now, "profile.")
    assert (entry.event, entry.actor, entry.subject) == ("profile.changed", scope.person_id, scope.person_id)
    assert entry.detail == {"fields": ["title", "first_name", "last_name", "city", "phone"]}


def test_the_same_again_writes_nothing(cast: Cast, now: datetime, ids: Ids) -> None:
    scope = cast.ours.admin.staff_scope
    stored(scope, ANNA, now, ids)
    assert stored(scope, ANNA, now, ids) == []
    assert len(audited(scope, now, "profile.")) == 1


def test_of_two_windows_the_second_is_told_and_the_first_stays(cast: Cast, now: datetime, ids: Ids) -> None:
    scope = cast.ours.admin.staff_scope
    stored(scope, ANNA, now, ids)
    for seen in ("", "2", "x"):
        with pytest.raises(ConflictError, match="changed in another window"):
            stored(scope, replace(ANNA, city="York"), now, ids, seen=seen)
    assert queries.own_profile(scope).details == ANNA
    assert stored(scope, replace(ANNA, city="York"), now, ids, seen="1") == ["city"]


def test_names_of_many_come_in_one_round_trip(cast: Cast, now: datetime, ids: Ids) -> None:
    people = [cast.ours.admin, cast.ours.user]
    stored(people[0].staff_scope, ANNA, now, ids)
    with counted_calls() as calls:
        found = queries.named(cast.ours.scope, [one.person_id for one in people])
    assert found == {people[0].person_id: Named("Anna Reed")}
    assert calls == ["BatchGetItem"]
    assert queries.named(cast.ours.scope, []) == {}
    assert queries.name_of(cast.ours.scope, people[0].person_id) == "Anna Reed"
    assert queries.name_of(cast.ours.scope, people[1].person_id) == ""


def test_nothing_is_kept_of_somebody_who_is_forgotten(cast: Cast, now: datetime, ids: Ids) -> None:
    scope = cast.ours.admin.staff_scope
    stored(scope, ANNA, now, ids)
    for _ in range(2):
        forget_person(cast.ours.scope, person_id=scope.person_id)
    assert queries.own_profile(scope).version is None
