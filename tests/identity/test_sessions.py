"""Threat 6: rotated, hashed at rest, idle 30 minutes, absolute 12 hours, listed and revoked."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.dealers import queries as dealers
from chalicelib.dealers.operations import change_settings, settings_fingerprint
from chalicelib.identity import operations, own_sessions, queries, records, recovery, repo
from chalicelib.identity.memberships import remove_membership
from chalicelib.identity.model import ClientInfo, Membership, MembershipKind
from chalicelib.identity.operations import MAX_SESSIONS
from chalicelib.identity.repo import writes
from chalicelib.kernel.errors import ConflictError, InvalidError, NotFoundError, TooManyError, UnauthenticatedError
from chalicelib.kernel.ids import Ids, secret_hash
from chalicelib.kernel.roles import Role
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.store.roles import assume_scope
from tests.fixtures.calls import consistencies, counted_calls
from tests.fixtures.cast import PASSWORD, Cast, LogIn, add_person

SCOPE = IdentityScope()
HERE = ClientInfo("203.0.113.5", "Mozilla/5.0 Chrome/126.0")


def test_one_membership_is_chosen_at_once(cast: Cast, log_in: LogIn, now: datetime) -> None:
    logged_in = log_in(cast.ours.customer)
    session = queries.session(SCOPE, logged_in.secret, now)
    assert session == logged_in.session
    assert session.membership == cast.ours.customer.membership
    assert (session.person_id, session.email) == (cast.ours.customer.person_id, cast.ours.customer.email)


def test_what_decides_on_access_is_read_consistently(cast: Cast) -> None:
    person = cast.ours.customer
    with consistencies() as reads:
        found = repo.membership(SCOPE, person.person_id, person.membership.key)
        assert repo.memberships(SCOPE, person.person_id) == [found] == [person.membership]
        repo.session_ids(SCOPE, person.person_id)
        repo.session(SCOPE, "none")
        repo.person(SCOPE, person.person_id)
        repo.person_id_of(SCOPE, person.email)
        repo.link(SCOPE, "none")
        repo.api_key(SCOPE, "none")
    assert reads == [True] * 8


def test_a_session_ends_when_idle_for_thirty_minutes(cast: Cast, log_in: LogIn, now: datetime) -> None:
    secret = log_in(cast.ours.admin).secret
    assert queries.session(SCOPE, secret, now + timedelta(minutes=29, seconds=59))
    assert queries.session(SCOPE, secret, now + timedelta(minutes=30)) is None


@pytest.mark.parametrize("minutes", [10, 60])
def test_a_session_ends_when_idle_for_as_long_as_its_dealer_says(
    cast: Cast, log_in: LogIn, now: datetime, ids: Ids, minutes: int
) -> None:
    staff, customer = log_in(cast.ours.admin).secret, log_in(cast.ours.customer).secret
    elsewhere = log_in(cast.rival.admin).secret
    names = {"idle_minutes": minutes}
    seen = settings_fingerprint(cast.ours.dealer, names)
    change_settings(cast.ours.admin.staff_scope, names, seen=seen, now=now, ids=ids)
    just_before, then = now + timedelta(minutes=minutes, seconds=-1), now + timedelta(minutes=minutes)
    for secret in (staff, customer):  # which were open before the setting was changed
        assert queries.session(SCOPE, secret, just_before)
        assert queries.session(SCOPE, secret, then) is None
    assert queries.sessions(SCOPE, cast.ours.admin.person_id, then) == []
    assert (queries.session(SCOPE, elsewhere, then) is None) is (minutes == 60)


def test_a_session_that_was_just_in_use_costs_no_settings(cast: Cast, log_in: LogIn, now: datetime) -> None:
    secret = log_in(cast.ours.admin).secret
    dealers.forget_settings(cast.ours.scope)
    with counted_calls() as calls:
        assert queries.session(SCOPE, secret, now + timedelta(minutes=9, seconds=59))
    assert calls.count("GetItem") == 1


def test_a_session_of_a_dealer_that_is_no_more_ends_after_half_an_hour(cast: Cast, log_in: LogIn) -> None:
    session = log_in(cast.ours.admin).session
    assert session.membership
    orphan = replace(session, membership=replace(session.membership, dealer_id="nobody0000"))
    for one in (orphan, replace(session, membership=None)):
        assert queries.idle_limit(one) == timedelta(minutes=30)


def test_a_session_in_use_ends_after_twelve_hours(cast: Cast, log_in: LogIn, now: datetime) -> None:
    secret = log_in(cast.ours.admin).secret
    for step in range(1, 48):
        moment = now + timedelta(minutes=15 * step)
        assert own_sessions.resume_session(SCOPE, secret=secret, now=moment)
    assert own_sessions.resume_session(SCOPE, secret=secret, now=now + timedelta(hours=12)) is None


def test_a_session_is_touched_at_most_once_a_minute(cast: Cast, log_in: LogIn, now: datetime) -> None:
    secret = log_in(cast.ours.admin).secret
    with counted_calls() as calls:
        for seconds in (0, 30, 59, 60, 90, 119, 120):
            own_sessions.resume_session(SCOPE, secret=secret, now=now + timedelta(seconds=seconds))
    assert calls.count("GetItem") == 7
    assert calls.count("UpdateItem") == 2


def test_log_out_ends_it_and_a_late_touch_does_not_revive_it(
    cast: Cast, log_in: LogIn, now: datetime, ids: Ids
) -> None:
    logged_in = log_in(cast.ours.admin)
    own_sessions.log_out(SCOPE, session=logged_in.session, now=now, ids=ids)
    repo.touch_session(SCOPE, logged_in.session.session_id, now)
    assert queries.session(SCOPE, logged_in.secret, now) is None
    assert queries.sessions(SCOPE, cast.ours.admin.person_id, now) == []


def test_log_in_ends_the_session_that_the_browser_had(cast: Cast, log_in: LogIn, now: datetime, ids: Ids) -> None:
    old = log_in(cast.ours.customer)
    client = ClientInfo("203.0.113.5", "", old.secret)
    operations.log_in(SCOPE, email=cast.ours.admin.email, password=PASSWORD, client=client, now=now, ids=ids)
    assert queries.session(SCOPE, old.secret, now) is None
    assert queries.sessions(SCOPE, cast.ours.customer.person_id, now) == []


def test_of_several_accounts_the_one_asked_for_is_opened(cast: Cast, now: datetime, ids: Ids) -> None:
    ours, rival = cast.ours.dealer.dealer_id, cast.rival.dealer.dealer_id
    first, second, third = (
        Membership(dealer, MembershipKind.CUSTOMER, ref, "Barn & Co", role=Role.ADMIN, active=True)
        for dealer, ref in ((ours, "781"), (ours, "782"), (rival, "783"))
    )
    member = add_person(ids, now, email=f"three@{cast.ours.dealer.slug}.example", membership=first)
    for one in (second, third):
        give(member.person_id, one, now)
    person = repo.person(SCOPE, member.person_id)
    assert person

    def opened(*, account_key: str | None = None, dealer_id: str | None = None) -> Membership | None:
        return operations.open_session(
            SCOPE, person=person, client=HERE, account_key=account_key, dealer_id=dealer_id, now=now, ids=ids
        ).session.membership

    assert opened(account_key=second.key, dealer_id=rival) == second
    assert opened(dealer_id=rival) == third
    assert opened(dealer_id=ours) is opened() is opened(account_key="nobody's") is None


def test_a_switch_changes_the_secret_but_not_the_end(cast: Cast, now: datetime, ids: Ids) -> None:
    ours, rival = cast.ours.dealer.dealer_id, cast.rival.dealer.dealer_id
    first = Membership(ours, MembershipKind.CUSTOMER, "77", "Barn & Co", role=Role.ADMIN, active=True)
    person = add_person(ids, now, email=f"both@{cast.ours.dealer.slug}.example", membership=first)
    second = Membership(rival, MembershipKind.CUSTOMER, "a/b#c", "Barn & Co", role=Role.ADMIN, active=True)
    give(person.person_id, second, now)
    old = operations.log_in(SCOPE, email=person.email, password=PASSWORD, client=HERE, now=now, ids=ids)
    assert old.session.membership is None
    later = now + timedelta(hours=1, minutes=0)
    secret, session = operations.switch_membership(
        SCOPE, session=old.session, membership_key=second.key, now=later, ids=ids
    )
    assert secret != old.secret
    assert session.membership == second
    assert session.expires_at == old.session.expires_at
    assert queries.session(SCOPE, old.secret, now) is None
    assert queries.session(SCOPE, secret, later) == session
    with pytest.raises(ConflictError):  # the old session is spent
        operations.switch_membership(SCOPE, session=old.session, membership_key=first.key, now=later, ids=ids)


def test_a_dealers_log_in_page_chooses_the_only_membership_there(cast: Cast, now: datetime, ids: Ids) -> None:
    person = cast.ours.customer
    give(
        person.person_id,
        Membership(cast.rival.dealer.dealer_id, MembershipKind.CUSTOMER, "5", role=Role.ADMIN, active=True),
        now,
    )
    logged_in = operations.log_in(
        SCOPE,
        email=person.email,
        password=PASSWORD,
        client=HERE,
        dealer_id=cast.rival.dealer.dealer_id,
        now=now,
        ids=ids,
    )
    assert logged_in.session.membership
    assert logged_in.session.membership.dealer_id == cast.rival.dealer.dealer_id


def test_nobody_switches_to_what_is_not_theirs(cast: Cast, log_in: LogIn, now: datetime, ids: Ids) -> None:
    session = log_in(cast.ours.customer).session
    for other in (cast.ours.other_customer, cast.ours.admin, cast.rival.customer):
        with pytest.raises(NotFoundError):
            operations.switch_membership(SCOPE, session=session, membership_key=other.membership.key, now=now, ids=ids)


def test_sessions_are_listed_and_revoked_by_their_owner_alone(
    cast: Cast, log_in: LogIn, now: datetime, ids: Ids
) -> None:
    here, there, foreign = log_in(cast.ours.admin), log_in(cast.ours.admin), log_in(cast.rival.admin)
    listed = queries.sessions(SCOPE, cast.ours.admin.person_id, now)
    assert {one.session_id for one in listed} == {here.session.session_id, there.session.session_id}
    own_sessions.revoke_session(SCOPE, session=here.session, session_id=there.session.session_id, now=now, ids=ids)
    assert queries.session(SCOPE, there.secret, now) is None
    assert queries.session(SCOPE, here.secret, now)
    with pytest.raises(NotFoundError):
        own_sessions.revoke_session(
            SCOPE, session=here.session, session_id=foreign.session.session_id, now=now, ids=ids
        )
    assert queries.session(SCOPE, foreign.secret, now)


def test_all_others_are_revoked_and_it_is_written_down(cast: Cast, log_in: LogIn, now: datetime, ids: Ids) -> None:
    here, *others, foreign = (log_in(who) for who in (*[cast.ours.admin] * 3, cast.rival.admin))
    own_sessions.revoke_other_sessions(SCOPE, session=here.session, now=now, ids=ids)
    assert [queries.session(SCOPE, one.secret, now) for one in others] == [None, None]
    assert queries.session(SCOPE, here.secret, now)
    assert queries.session(SCOPE, foreign.secret, now)
    with assume_scope(SCOPE):
        rows = list(records.AuditRecord.query(f"P#{cast.ours.admin.person_id}"))
    assert "other_sessions_revoked" in {row.event for row in rows if row.sk.startswith("AUDIT#")}


def test_taking_a_membership_away_ends_its_sessions(cast: Cast, log_in: LogIn, now: datetime, ids: Ids) -> None:
    member = cast.ours.user
    secret = log_in(member).secret
    dealer_id = cast.ours.dealer.dealer_id
    remove_membership(
        SCOPE, person_id=member.person_id, dealer_id=dealer_id, kind=MembershipKind.STAFF, now=now, ids=ids
    )
    assert queries.session(SCOPE, secret, now) is None
    assert log_in(member).session.membership is None
    with pytest.raises(NotFoundError):
        remove_membership(
            SCOPE, person_id=member.person_id, dealer_id=dealer_id, kind=MembershipKind.STAFF, now=now, ids=ids
        )


def test_a_changed_password_ends_all_sessions_but_the_one_it_gives(
    cast: Cast, log_in: LogIn, now: datetime, ids: Ids
) -> None:
    first = log_in(cast.ours.admin)
    others = [first.secret]
    for _ in range(44):
        others.append(ids.secret())
        again = replace(first.session, session_id=secret_hash(others[-1]))
        repo.commit(SCOPE, writes.open_session(again))
    assert len(queries.sessions(SCOPE, cast.ours.admin.person_id, now)) == 45
    secret, _ = recovery.change_password(
        SCOPE, session=first.session, current_password=PASSWORD, password="quiet orchard ladder", now=now, ids=ids
    )
    assert not any(queries.session(SCOPE, one, now) for one in others)
    assert queries.session(SCOPE, secret, now)
    assert len(queries.sessions(SCOPE, cast.ours.admin.person_id, now)) == 1
    with pytest.raises(UnauthenticatedError):
        operations.log_in(
            SCOPE, email=cast.ours.admin.email, password=PASSWORD, client=ClientInfo("192.0.2.7"), now=now, ids=ids
        )


def test_the_present_password_cannot_be_guessed_at_leisure(cast: Cast, log_in: LogIn, now: datetime, ids: Ids) -> None:
    session = log_in(cast.rival.admin).session
    for _ in range(10):
        with pytest.raises(InvalidError):
            recovery.change_password(
                SCOPE, session=session, current_password="wrong", password="quiet orchard ladder", now=now, ids=ids
            )
    with pytest.raises(TooManyError):
        recovery.change_password(
            SCOPE, session=session, current_password=PASSWORD, password="quiet orchard ladder", now=now, ids=ids
        )


def test_ten_new_passwords_a_day(cast: Cast, log_in: LogIn, now: datetime, ids: Ids) -> None:
    session, current = log_in(cast.ours.user).session, PASSWORD
    for turn in ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"):
        new = f"quiet orchard ladder {turn}"
        _, session = recovery.change_password(
            SCOPE, session=session, current_password=current, password=new, now=now, ids=ids
        )
        current = new
    last: dict[str, Any] = {
        "session": session,
        "current_password": current,
        "password": "quiet orchard gate",
        "ids": ids,
    }
    with pytest.raises(TooManyError) as refused:
        recovery.change_password(SCOPE, **last, now=now)
    assert refused.value.retry_after == 15 * 3600, "until midnight UTC"
    with pytest.raises(InvalidError):
        recovery.change_password(SCOPE, **last | {"current_password": "quiet orchard gate"}, now=now)
    recovery.change_password(SCOPE, **last, now=now + timedelta(days=1))


def give(person_id: str, membership: Membership, now: datetime) -> None:
    repo.commit(SCOPE, [writes.put_membership(person_id, membership, now)])


def test_the_oldest_session_ends_where_there_are_too_many(cast: Cast, now: datetime, ids: Ids) -> None:
    person = repo.person(SCOPE, cast.ours.admin.person_id)
    assert person
    started = [
        operations.open_session(SCOPE, person=person, client=HERE, now=now + timedelta(minutes=minute), ids=ids).secret
        for minute in range(MAX_SESSIONS + 2)
    ]
    end = now + timedelta(minutes=MAX_SESSIONS + 2)
    alive = [queries.session(SCOPE, secret, end) is not None for secret in started]
    assert alive == [False, False, *[True] * MAX_SESSIONS]
