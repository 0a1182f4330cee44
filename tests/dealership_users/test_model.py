"""What protects a user of the dealership from being deleted."""

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.dealers.staff.model import StaffMember, StaffState
from chalicelib.dealership_users.model import DealershipUser, Protection, protection
from chalicelib.kernel.roles import STAFF_ROLES, Role

NOW = datetime.fromisoformat("2024-06-05T09:00:00+00:00")


def member(number: int, role: Role, *, joined: bool) -> StaffMember:
    state = StaffState.ACTIVE if joined else StaffState.INVITED
    person_id = f"person{number}" if joined else None
    return StaffMember(f"{number}@dealer.example", role, state, f"invitation{number}", NOW, person_id)


lists = st.lists(st.tuples(st.sampled_from(sorted(STAFF_ROLES)), st.booleans()), min_size=1, max_size=6).map(
    lambda made: [member(number, role, joined=joined) for number, (role, joined) in enumerate(made)]
)


@given(lists, st.data())
def test_whoever_is_deleted_by_whomever_an_admin_is_left_where_there_was_one(
    members: list[StaffMember], data: st.DataObject
) -> None:
    reader = data.draw(st.sampled_from([one.person_id for one in members if one.person_id] or ["nobody"]))
    for one in list(members):
        if protection(one, members, reader_id=reader) is None:
            left = [other for other in members if other is not one]
            assert one.person_id is None or one.person_id != reader
            assert any(other.is_active_admin for other in left) == any(other.is_active_admin for other in members)


def test_each_reason_is_told_apart() -> None:
    admin, user, other = member(1, Role.ADMIN, joined=True), member(2, Role.USER, joined=True), Role.ADMIN
    assert protection(admin, [admin, user], reader_id="person1") is Protection.BOTH
    assert protection(admin, [admin, user], reader_id="person2") is Protection.ONLY_ADMIN
    assert protection(user, [admin, user], reader_id="person2") is Protection.YOURSELF
    assert protection(user, [admin, user], reader_id="person1") is None
    assert protection(admin, [admin, member(3, other, joined=True)], reader_id="person3") is None
    assert protection(admin, [admin, member(3, other, joined=False)], reader_id="person2") is Protection.ONLY_ADMIN


def test_an_invitation_expires_once_it_was_sent() -> None:
    invited = replace(member(1, Role.USER, joined=False), expires_at=NOW)
    assert DealershipUser(invited).is_expired(NOW)
    assert not DealershipUser(invited).is_expired(NOW - timedelta(seconds=1))
    assert not DealershipUser(replace(invited, expires_at=None)).is_expired(NOW)
    assert not DealershipUser(replace(invited, state=StaffState.BOUNCED)).is_expired(NOW)
