"""Corners of identity: old parameters, people who are gone, several of a kind."""

from dataclasses import replace
from datetime import datetime

import pytest
from argon2 import PasswordHasher

from chalicelib.identity import operations, queries, recovery, repo, tokens
from chalicelib.identity.api_keys import authenticate_key, create_api_key, revoke_api_key
from chalicelib.identity.memberships import remove_membership
from chalicelib.identity.model import ClientInfo, Membership, MembershipKind, OneTimeLink
from chalicelib.identity.passwords import needs_rehash
from chalicelib.identity.repo import writes
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.ids import Ids, secret_hash
from chalicelib.kernel.roles import Role
from chalicelib.kernel.scopes import IdentityScope
from tests.fixtures.cast import PASSWORD, Cast, LogIn
from tests.fixtures.staff import listed

SCOPE = IdentityScope()


def test_a_log_in_brings_an_old_hash_up_to_date(cast: Cast, log_in: LogIn) -> None:
    person = repo.person(SCOPE, cast.ours.admin.person_id)
    assert person
    old = PasswordHasher(time_cost=1, memory_cost=19_456, parallelism=1).hash(PASSWORD)
    repo.commit(SCOPE, [writes.set_password(person, old)])
    for _ in range(2):
        log_in(cast.ours.admin)
        found = repo.person(SCOPE, cast.ours.admin.person_id)
        assert found
        assert not needs_rehash(found.password_hash)


def test_a_link_without_its_person_or_its_offer_opens_nothing(cast: Cast, now: datetime, ids: Ids) -> None:
    end = now + tokens.RESET_LIFE
    secrets = {}
    for purpose in (tokens.RESET, tokens.INVITE):
        secrets[purpose] = ids.secret()
        link = OneTimeLink(secret_hash(secrets[purpose]), purpose, ids.ulid(now), cast.outsider_email, end, "gone")
        repo.commit(SCOPE, writes.new_link(link, subject=f"{purpose}-{cast.ours.dealer.dealer_id}", before=None))
    with pytest.raises(NotFoundError):
        recovery.reset_password(
            SCOPE, secret=secrets[tokens.RESET], password=PASSWORD, client=ClientInfo("2001:db8::c"), now=now, ids=ids
        )
    with pytest.raises(NotFoundError):
        queries.invitation(SCOPE, secrets[tokens.INVITE], now)


def test_only_the_sessions_of_the_lost_membership_end(cast: Cast, log_in: LogIn, now: datetime, ids: Ids) -> None:
    person, dealer_id = cast.ours.customer, cast.ours.dealer.dealer_id
    kept = log_in(person)
    other = Membership(dealer_id, MembershipKind.CUSTOMER, "1300", "Barn & Co", role=Role.ADMIN, active=True)
    repo.commit(SCOPE, [writes.put_membership(person.person_id, other, now)])
    session = log_in(person).session
    secret, _ = operations.switch_membership(SCOPE, session=session, membership_key=other.key, now=now, ids=ids)
    remove_membership(
        SCOPE,
        person_id=person.person_id,
        dealer_id=dealer_id,
        kind=MembershipKind.CUSTOMER,
        subject_ref="1300",
        now=now,
        ids=ids,
    )
    assert queries.session(SCOPE, secret, now) is None
    assert queries.session(SCOPE, kept.secret, now) == kept.session
    assert queries.memberships(SCOPE, person.person_id) == [person.membership]


def test_one_key_of_several_is_revoked(cast: Cast, now: datetime, ids: Ids) -> None:
    admin = cast.ours.admin.staff_scope
    listed(cast.ours, cast.ours.admin, now=now)
    made = [create_api_key(SCOPE, dealer=admin, name=name, now=now, ids=ids) for name in ("One", "Two", "Three")]
    gone = made[1][1]
    revoke_api_key(SCOPE, dealer=admin, key_id=gone.key_id, now=now, ids=ids)
    assert {authenticate_key(SCOPE, secret=secret, now=now) for secret, key in made} == {
        None,
        *(key for _, key in made if key != gone),
    }
    assert replace(gone, revoked_at=now) in queries.api_keys(SCOPE, admin.dealer_id)


def test_the_first_log_in_makes_a_membership_active_and_it_stays_so(cast: Cast, now: datetime, ids: Ids) -> None:
    person = cast.rival.user
    repo.commit(SCOPE, [writes.put_membership(person.person_id, replace(person.membership, active=False), now)])
    for number in range(2):
        operations.log_in(
            SCOPE, email=person.email, password=PASSWORD, client=ClientInfo(f"2001:db8::d{number}"), now=now, ids=ids
        )
    assert [m.active for m in queries.memberships(SCOPE, person.person_id)] == [True]
