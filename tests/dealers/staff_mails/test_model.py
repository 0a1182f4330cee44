import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.dealers.model import Module
from chalicelib.dealers.staff_mails.model import (
    DAILY_MAIL,
    EVENT_LABELS,
    EVENT_LINES,
    PACE_LABELS,
    Choices,
    Pace,
    StaffEvent,
    offered,
    usual,
)
from chalicelib.kernel.roles import Role

CHOICES = st.dictionaries(st.sampled_from(StaffEvent), st.sampled_from(Pace))
ROLES = st.sampled_from([Role.ADMIN, Role.SERVICE_MANAGER, Role.USER])


def test_everything_is_called_something() -> None:
    assert EVENT_LABELS.keys() == EVENT_LINES.keys() == set(StaffEvent)
    assert PACE_LABELS.keys() == set(Pace)


@pytest.mark.parametrize(
    ("role", "at_once"),
    [
        (Role.ADMIN, {StaffEvent.QUESTION, StaffEvent.DISPUTE, StaffEvent.MISSING_EXPORT}),
        (Role.USER, {StaffEvent.QUESTION}),
    ],
)
def test_what_comes_without_a_choice(role: Role, at_once: set[StaffEvent]) -> None:
    assert {one for one in StaffEvent if usual(one, role) is Pace.AT_ONCE} == at_once
    assert {usual(one, role) for one in set(StaffEvent) - at_once} == {Pace.NEVER}


@given(before=CHOICES, choice=CHOICES, role=ROLES)
def test_what_was_chosen_counts_and_the_usual_is_not_kept(
    before: dict[StaffEvent, Pace], choice: dict[StaffEvent, Pace], role: Role
) -> None:
    chosen = Choices(before).with_choice(choice, role)
    assert {one: chosen.pace(one, role) for one in choice} == choice
    assert all(pace is not usual(one, role) for one, pace in chosen.chosen.items())
    assert chosen.with_choice(choice, role) == chosen


@given(before=CHOICES, role=ROLES, name=st.sampled_from([*StaffEvent, DAILY_MAIL]))
def test_what_is_stopped_comes_no_more_and_all_else_as_before(
    before: dict[StaffEvent, Pace], role: Role, name: str
) -> None:
    chosen = Choices(before).with_choice({}, role)
    stopped = chosen.without(name, role)
    assert not stopped.is_mailed(name, role)
    for one in StaffEvent:
        was = chosen.pace(one, role)
        is_it = one.value == name or (name == DAILY_MAIL and was is Pace.DAILY)
        assert stopped.pace(one, role) is (Pace.NEVER if is_it else was)


def test_what_a_dealer_has_no_module_for_is_not_offered() -> None:
    assert offered({Module.INVOICES}) == [StaffEvent.DISPUTE, StaffEvent.MISSING_EXPORT]
    assert offered({one.value for one in Module}) == list(StaffEvent)
