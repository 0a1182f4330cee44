"""Threat 7: one-time links. Single use, newer ends older, cancelled for good, an end in time, stored as a hash."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.identity import invitations, operations, queries, recovery
from chalicelib.identity.api_keys import create_api_key
from chalicelib.identity.model import ClientInfo, Membership, MembershipKind
from chalicelib.kernel.errors import ConflictError, InvalidError, NotFoundError, UnauthenticatedError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.roles import Role
from chalicelib.kernel.scopes import IdentityScope
from tests.fixtures.cast import PASSWORD, Cast
from tests.fixtures.staff import listed
from tests.fixtures.worlds import World

SCOPE = IdentityScope()
NEW_PASSWORD = "quiet orchard ladder"


@pytest.fixture
def offered(cast: Cast) -> Membership:
    return Membership(cast.ours.dealer.dealer_id, MembershipKind.CUSTOMER, "B/0003#x", "Postgate Farm", role=Role.VIEW)


@pytest.fixture
def email(cast: Cast) -> str:
    return f"new@{cast.ours.dealer.slug}.example"


@pytest.fixture
def here(ids: Ids) -> ClientInfo:
    return ClientInfo(f"2001:db8:{ids.random_bytes(2).hex()}::7")


def invite(email: str, offered: Membership, now: datetime, ids: Ids, *, number: str = "") -> str:
    invitation_id = number or ids.ulid(now)
    return invitations.create_invitation(
        SCOPE, email=email, membership=offered, invitation_id=invitation_id, now=now, ids=ids
    ).secret


def accept(secret: str, here: ClientInfo, now: datetime, ids: Ids, password: str = NEW_PASSWORD) -> None:
    invitations.accept_invitation(SCOPE, secret=secret, password=password, client=here, now=now, ids=ids)


def test_a_new_person_sets_a_password_once_and_the_first_log_in_makes_the_membership_active(
    email: str, offered: Membership, here: ClientInfo, now: datetime, ids: Ids
) -> None:
    secret = invite(email, offered, now, ids)
    for _ in range(3):  # mail scanners look
        assert queries.invitation(SCOPE, secret, now).membership == offered
    accept(secret, here, now, ids)
    with pytest.raises(NotFoundError):
        queries.invitation(SCOPE, secret, now)
    with pytest.raises(NotFoundError):
        accept(secret, here, now, ids, "another orchard ladder")
    first, second = (
        operations.log_in(SCOPE, email=email, password=NEW_PASSWORD, client=here, now=now, ids=ids) for _ in range(2)
    )
    assert [m.active for m in first.memberships] == [False]
    assert [m.active for m in second.memberships] == [True]


def test_an_invitation_ends_after_fourteen_days(
    email: str, offered: Membership, here: ClientInfo, now: datetime, ids: Ids
) -> None:
    secret = invite(email, offered, now, ids)
    queries.invitation(SCOPE, secret, now + timedelta(days=14, seconds=-1))
    with pytest.raises(NotFoundError):
        accept(secret, here, now + timedelta(days=14), ids)


def test_a_newer_invitation_ends_the_older_and_an_older_one_comes_too_late(
    email: str, offered: Membership, now: datetime, ids: Ids
) -> None:
    numbers = [ids.ulid(now + timedelta(seconds=n)) for n in range(3)]
    first = invite(email, offered, now, ids, number=numbers[0])
    third = invite(email, offered, now, ids, number=numbers[2])
    with pytest.raises(NotFoundError):
        queries.invitation(SCOPE, first, now)
    with pytest.raises(ConflictError):
        invite(email, offered, now, ids, number=numbers[1])
    queries.invitation(SCOPE, third, now)
    again = invite(email, offered, now, ids, number=numbers[2])  # sent again by hand
    queries.invitation(SCOPE, again, now)
    with pytest.raises(NotFoundError):
        queries.invitation(SCOPE, third, now)


def test_a_cancelled_invitation_opens_nothing_whether_its_link_was_made_before_or_after(
    email: str, offered: Membership, now: datetime, ids: Ids
) -> None:
    for is_sent in (True, False):
        number = ids.ulid(now)
        secret = invite(email, offered, now, ids, number=number) if is_sent else None
        for _ in range(2):
            invitations.cancel_invitation(
                SCOPE, email=email, membership=offered, invitation_id=number, now=now, ids=ids
            )
        if secret:
            with pytest.raises(NotFoundError):
                queries.invitation(SCOPE, secret, now)
        with pytest.raises(ConflictError):
            invite(email, offered, now, ids, number=number)
        now += timedelta(seconds=1)
    newer = invite(email, offered, now, ids)
    invitations.cancel_invitation(SCOPE, email=email, membership=offered, invitation_id=number, now=now, ids=ids)
    queries.invitation(SCOPE, newer, now)


def test_what_an_invitation_gave_is_withdrawn_until_the_first_log_in(
    cast: Cast, offered: Membership, here: ClientInfo, now: datetime, ids: Ids
) -> None:
    email = f"two.steps@{cast.ours.dealer.slug}.example"
    number = ids.ulid(now)
    offered = replace(offered, invitation_id=number)
    accept(invite(email, offered, now, ids, number=number), here, now, ids)
    invitations.cancel_invitation(SCOPE, email=email, membership=offered, invitation_id=number, now=now, ids=ids)
    logged_in = operations.log_in(SCOPE, email=email, password=NEW_PASSWORD, client=here, now=now, ids=ids)
    assert logged_in.memberships == ()
    number = ids.ulid(now + timedelta(seconds=1))
    offered = replace(offered, invitation_id=number)
    secret = invite(email, offered, now, ids, number=number)
    invitations.accept_as_existing_user(SCOPE, secret=secret, password=NEW_PASSWORD, client=here, now=now, ids=ids)
    invitations.cancel_invitation(SCOPE, email=email, membership=offered, invitation_id=number, now=now, ids=ids)
    logged_in = operations.log_in(SCOPE, email=email, password=NEW_PASSWORD, client=here, now=now, ids=ids)
    assert [m.key for m in logged_in.memberships] == [offered.key]


def test_links_to_several_accounts_stand_side_by_side(email: str, cast: Cast, now: datetime, ids: Ids) -> None:
    offers = [
        Membership(dealership.dealer.dealer_id, MembershipKind.CUSTOMER, ref, role=Role.ADMIN)
        for dealership in (cast.ours, cast.rival)
        for ref in "Aa"
    ]
    secrets = [invite(email, offered, now, ids) for offered in offers]
    assert [queries.invitation(SCOPE, secret, now).membership for secret in secrets] == offers


def test_a_weak_password_uses_nothing_up(
    email: str, offered: Membership, here: ClientInfo, now: datetime, ids: Ids
) -> None:
    secret = invite(email, offered, now, ids)
    with pytest.raises(InvalidError):
        accept(secret, here, now, ids, "short")
    with pytest.raises(InvalidError):
        invitations.accept_invitation(
            SCOPE,
            secret=secret,
            password="Quernmore Trucks!",
            context=["Quernmore Trucks"],
            client=here,
            now=now,
            ids=ids,
        )
    accept(secret, here, now, ids)


def test_a_known_person_logs_in_and_no_password_is_set(
    cast: Cast, offered: Membership, here: ClientInfo, now: datetime, ids: Ids
) -> None:
    person = cast.rival.customer
    secret = invite(person.email.upper(), offered, now, ids)
    assert queries.invitation(SCOPE, secret, now).known
    with pytest.raises(ConflictError):
        accept(secret, here, now, ids)
    with pytest.raises(UnauthenticatedError):
        invitations.accept_as_existing_user(SCOPE, secret=secret, password="not it", client=here, now=now, ids=ids)
    logged_in = invitations.accept_as_existing_user(
        SCOPE, secret=secret, password=PASSWORD, client=here, now=now, ids=ids
    )
    assert logged_in.session.membership
    assert logged_in.session.membership.account_ref == "B/0003#x"
    assert {m.dealer_id for m in logged_in.memberships} == {cast.ours.dealer.dealer_id, cast.rival.dealer.dealer_id}
    with pytest.raises(NotFoundError):
        invitations.accept_as_existing_user(SCOPE, secret=secret, password=PASSWORD, client=here, now=now, ids=ids)


def reset_link(email: str, now: datetime, ids: Ids) -> str:
    made = recovery.create_reset_link(SCOPE, email=email, request_id=ids.ulid(now), now=now, ids=ids)
    assert made
    return made.link.secret


def set_password(secret: str, here: ClientInfo, now: datetime, ids: Ids) -> str:
    done = recovery.reset_password(SCOPE, secret=secret, password=NEW_PASSWORD, client=here, now=now, ids=ids)
    return done.email


def test_a_reset_link_works_once_within_the_hour_and_ends_all_sessions(
    cast: Cast, here: ClientInfo, now: datetime, ids: Ids
) -> None:
    person = cast.ours.customer
    old = operations.log_in(SCOPE, email=person.email, password=PASSWORD, client=here, now=now, ids=ids)
    older = reset_link(person.email, now, ids)
    secret = reset_link(person.email, now + timedelta(seconds=1), ids)
    for ended, moment in ((older, now), (secret, now + timedelta(hours=1, seconds=1)), ("x" * 43, now)):
        with pytest.raises(NotFoundError):
            set_password(ended, here, moment, ids)
    assert queries.password_to_reset(SCOPE, secret, now).email == person.email
    assert set_password(secret, here, now, ids) == person.email
    with pytest.raises(NotFoundError):
        set_password(secret, here, now, ids)
    assert queries.session(SCOPE, old.secret, now) is None
    with pytest.raises(UnauthenticatedError):
        operations.log_in(SCOPE, email=person.email, password=PASSWORD, client=here, now=now, ids=ids)
    operations.log_in(SCOPE, email=person.email, password=NEW_PASSWORD, client=here, now=now, ids=ids)


def test_a_link_opens_only_what_it_is_for(
    cast: Cast, email: str, offered: Membership, here: ClientInfo, now: datetime, ids: Ids
) -> None:
    invited, reset = invite(email, offered, now, ids), reset_link(cast.ours.admin.email, now, ids)
    with pytest.raises(NotFoundError):
        set_password(invited, here, now, ids)
    with pytest.raises(NotFoundError):
        accept(reset, here, now, ids)


def test_nobody_gets_a_reset_link_for_an_unknown_email(cast: Cast, now: datetime, ids: Ids) -> None:
    unknown = f"unknown-{cast.ours.dealer.slug}@elsewhere.example"
    assert recovery.create_reset_link(SCOPE, email=unknown, request_id=ids.ulid(now), now=now, ids=ids) is None


def test_a_dump_of_the_table_holds_nothing_usable(
    aws: World, cast: Cast, email: str, offered: Membership, here: ClientInfo, now: datetime, ids: Ids
) -> None:
    logged_in = operations.log_in(SCOPE, email=cast.ours.user.email, password=PASSWORD, client=here, now=now, ids=ids)
    listed(cast.ours, cast.ours.admin, now=now)
    key, _ = create_api_key(SCOPE, dealer=cast.ours.admin.staff_scope, name="Agent", now=now, ids=ids)
    usable = [
        logged_in.secret,
        logged_in.session.csrf,
        invite(email, offered, now, ids),
        reset_link(cast.ours.admin.email, now, ids),
        key,
        PASSWORD,
    ]
    pages = aws.root("dynamodb").get_paginator("scan").paginate(TableName=aws.settings.table_name)
    dump = "".join(str(page["Items"]) for page in pages)
    assert logged_in.session.session_id in dump
    assert not [secret for secret in usable if secret in dump]
