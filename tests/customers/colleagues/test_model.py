from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.customers.colleagues.model import (
    EVERYTHING,
    Grant,
    Rights,
    State,
    colleagues,
    invitation_key,
    person_key,
    rights_of,
)
from chalicelib.customers.enrolment.model import AccountUser
from chalicelib.kernel.areas import ALL_AREAS, Area
from chalicelib.kernel.roles import Role

READER = Rights(Role.VIEW, frozenset({Area.MESSAGES}))


def grant(key: str, rights: Rights = READER, state: State = State.ACTIVE, **more: str) -> Grant:
    return Grant(key, "ida@farm.example", rights, state, **more)  # type: ignore[arg-type]


def test_an_admin_has_all_areas_and_accounts() -> None:
    assert Rights(Role.ADMIN, frozenset(), frozenset({"1201"})) == EVERYTHING
    with pytest.raises(ValueError, match="not a level"):
        Rights(Role.USER)


def test_only_accounts_that_are_named_are_reached() -> None:
    group = frozenset({"1200", "1201", "1202"})
    assert EVERYTHING.reach(group) == group
    assert replace(READER, accounts=frozenset({"1202", "1300"})).reach(group) == {"1202"}


def test_who_has_no_rights_stored_may_do_everything_and_whose_access_ended_nothing(now: datetime) -> None:
    first, invited = AccountUser("hilda", "h@farm.example", now), AccountUser("ida", "i@farm.example", now, "", "I1")
    assert rights_of({}, first) == EVERYTHING
    assert rights_of({"iI1": grant("iI1")}, invited) == READER
    for state in (State.ENDED, State.CANCELLED):
        assert rights_of({"iI1": grant("iI1", state=state)}, invited) is None
    assert rights_of({"philda": grant("philda")}, first) == READER
    assert rights_of({"philda": grant("philda", era="later")}, first) == EVERYTHING


def test_those_of_an_invitation_count_before_those_of_the_person(now: datetime) -> None:
    user = AccountUser("ida", "i@farm.example", now, "", "I1")
    stored = {"iI1": grant("iI1"), "pida": grant("pida", EVERYTHING)}
    assert rights_of(stored, user) == READER
    assert rights_of(stored, replace_invitation(user, "I2")) == EVERYTHING, "the dealer has invited them anew"


def replace_invitation(user: AccountUser, invitation_id: str) -> AccountUser:
    return user._replace(invitation_id=invitation_id)


def test_the_list_has_people_then_open_invitations(now: datetime) -> None:
    users = [
        AccountUser("zoe", "z@farm.example", now, "E2"),
        AccountUser("ida", "i@farm.example", now, "E2", "I1"),
        AccountUser("old", "old@farm.example", now, "E1"),
        AccountUser("out", "out@farm.example", now, "E2", "I4"),
    ]
    stored = [
        grant("iI1", era="E2"),
        grant("iI2", state=State.INVITED, era="E2"),
        grant("iI3", state=State.INVITED, era="E1"),
        grant("iI4", state=State.ENDED, era="E2"),
        grant("iI5", state=State.CANCELLED, era="E2"),
    ]
    found = colleagues(stored, users, "E2")
    assert [one.key for one in found] == ["iI1", person_key("zoe"), invitation_key("I2")]
    assert [one.state for one in found] == [State.ACTIVE, State.ACTIVE, State.INVITED]


def test_an_invitation_expires(now: datetime) -> None:
    (one,) = colleagues([replace(grant("iI1", state=State.INVITED), expires_at=now)], [], "")
    assert one.has_expired(now)
    assert not one.has_expired(now - timedelta(seconds=1))
    assert one.rights.areas != ALL_AREAS
