"""Memberships by kind and subject, and those that were stored when a customer's said `account_ref` and had no role."""

import json
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.identity import invitations, memberships, operations, queries, repo
from chalicelib.identity.model import ClientInfo, Membership, MembershipKind, membership_key
from chalicelib.identity.repo import writes
from chalicelib.kernel.ids import Ids, secret_hash
from chalicelib.kernel.roles import Role
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.store import outbox
from tests.fixtures.cast import PASSWORD, Cast, LogIn, Member
from tests.fixtures.worlds import World

SCOPE = IdentityScope()
DEALER = "a" * 10


@pytest.mark.parametrize(
    ("kind", "subject_ref", "key"),
    [
        (MembershipKind.STAFF, None, f"{DEALER}#S"),
        (MembershipKind.CUSTOMER, "1200", f"{DEALER}#A.1200"),
        (MembershipKind.CUSTOMER, "B/0003#x", f"{DEALER}#A.B%2F0003%23x"),
    ],
)
def test_a_key_names_kind_and_subject(kind: MembershipKind, subject_ref: str | None, key: str) -> None:
    assert membership_key(dealer_id=DEALER, kind=kind, subject_ref=subject_ref) == key


@pytest.mark.parametrize(
    ("kind", "role"),
    [(MembershipKind.STAFF, Role.VIEW), (MembershipKind.STAFF, Role.PAY), (MembershipKind.CUSTOMER, Role.USER)],
)
def test_a_role_of_the_other_side_is_refused(kind: MembershipKind, role: Role) -> None:
    with pytest.raises(ValueError, match="has no role"):
        Membership(DEALER, kind, "1", role=role)


def older(membership: Membership) -> dict[str, Any]:
    """The JSON copy that an older release made of it."""
    fields = asdict(membership)
    fields["account_ref"] = fields.pop("subject_ref")
    return fields | {"role": "user" if membership.kind is MembershipKind.CUSTOMER else membership.role.value}


def age(world: World, pk: str, sk: str, **values: str) -> None:
    """Store an item's membership as an older release did: these values, and no `subject_ref`."""
    names = {f"#{name}": name for name in values}
    world.root("dynamodb").update_item(
        TableName=world.settings.table_name,
        Key={"pk": {"S": pk}, "sk": {"S": sk}},
        UpdateExpression=f"SET {', '.join(f'#{name} = :{name}' for name in values)} REMOVE subject_ref",
        ExpressionAttributeNames=names,
        ExpressionAttributeValues={f":{name}": {"S": value} for name, value in values.items()},
    )


def age_membership(world: World, member: Member) -> None:
    ref = member.membership.account_ref
    sk = f"M#{member.membership.key}"
    if ref is not None:
        age(world, f"P#{member.person_id}", sk, account_ref=ref, role="user")


def test_a_stored_membership_of_before_still_lets_its_person_in(
    cast: Cast, aws: World, log_in: LogIn, now: datetime, ids: Ids
) -> None:
    customer = cast.ours.customer
    age_membership(aws, customer)
    logged_in = log_in(customer)
    assert logged_in.memberships == (customer.membership,)
    assert customer.membership.role is Role.ADMIN
    secret, session = operations.switch_membership(
        SCOPE, session=logged_in.session, membership_key=customer.membership.key, now=now, ids=ids
    )
    assert queries.session(SCOPE, secret, now) == session


def test_staff_of_before_keep_their_role(cast: Cast, aws: World, log_in: LogIn) -> None:
    for staff in (cast.ours.admin, cast.ours.user):
        age(aws, f"P#{staff.person_id}", f"M#{staff.membership.key}", role=staff.membership.role.value)
        assert log_in(staff).session.membership == staff.membership


def test_a_session_of_before_goes_on(cast: Cast, aws: World, log_in: LogIn, now: datetime) -> None:
    for member in (cast.ours.customer, cast.ours.admin):
        secret = log_in(member).secret
        age(aws, f"S#{secret_hash(secret)}", "SESSION", membership=json.dumps(older(member.membership)))
        found = queries.session(SCOPE, secret, now)
        assert found
        assert found.membership == member.membership


def test_an_invitation_of_before_is_accepted_and_stored_in_todays_form(
    cast: Cast, aws: World, now: datetime, ids: Ids
) -> None:
    offered = Membership(cast.rival.dealer.dealer_id, MembershipKind.CUSTOMER, "9", "Barn & Co", role=Role.ADMIN)
    person = cast.ours.customer
    link = invitations.create_invitation(
        SCOPE, email=person.email, membership=offered, invitation_id=ids.ulid(now), now=now, ids=ids
    )
    age(aws, f"T#{secret_hash(link.secret)}", "LINK", membership=json.dumps(older(offered)))
    client = ClientInfo("2001:db8:7::1")
    invitations.accept_as_existing_user(SCOPE, secret=link.secret, password=PASSWORD, client=client, now=now, ids=ids)
    key = {"pk": {"S": f"P#{person.person_id}"}, "sk": {"S": f"M#{offered.key}"}}
    stored = aws.root("dynamodb").get_item(TableName=aws.settings.table_name, Key=key)["Item"]
    assert (stored["subject_ref"]["S"], stored["role"]["S"]) == ("9", "admin")
    assert "account_ref" not in stored


def test_the_next_write_stores_todays_form(cast: Cast, aws: World, now: datetime) -> None:
    customer = cast.ours.customer
    age_membership(aws, customer)
    found = repo.membership(SCOPE, customer.person_id, customer.membership.key)
    assert found == customer.membership
    repo.commit(SCOPE, [writes.put_membership(customer.person_id, found, now)])
    key = {"pk": {"S": f"P#{customer.person_id}"}, "sk": {"S": f"M#{found.key}"}}
    stored = aws.root("dynamodb").get_item(TableName=aws.settings.table_name, Key=key)["Item"]
    assert "account_ref" not in stored
    assert stored["subject_ref"]["S"] == "1200"


def stored_session(world: World, secret: str) -> dict[str, Any]:
    key = {"pk": {"S": f"S#{secret_hash(secret)}"}, "sk": {"S": "SESSION"}}
    item = world.root("dynamodb").get_item(TableName=world.settings.table_name, Key=key)["Item"]
    found: dict[str, Any] = json.loads(item["membership"]["S"])
    return found


def test_a_membership_of_the_first_era_is_stored_as_before_there_were_eras(
    cast: Cast, aws: World, log_in: LogIn
) -> None:
    """So a function of the release before, which runs on for a moment, reads what this one writes."""
    customer = cast.ours.customer
    assert "era" not in stored_session(aws, log_in(customer).secret)
    key = {"pk": {"S": f"P#{customer.person_id}"}, "sk": {"S": f"M#{customer.membership.key}"}}
    assert "era" not in aws.root("dynamodb").get_item(TableName=aws.settings.table_name, Key=key)["Item"]


def test_an_era_goes_from_the_invitation_to_the_membership_and_the_session(
    cast: Cast, aws: World, now: datetime, ids: Ids
) -> None:
    person, era = cast.ours.customer, ids.ulid(now)
    offered = Membership(
        cast.rival.dealer.dealer_id, MembershipKind.CUSTOMER, "9", "Barn & Co", role=Role.ADMIN, era=era
    )
    link = invitations.create_invitation(
        SCOPE, email=person.email, membership=offered, invitation_id=ids.ulid(now), now=now, ids=ids
    )
    client = ClientInfo("2001:db8:7::2")
    logged_in = invitations.accept_as_existing_user(
        SCOPE, secret=link.secret, password=PASSWORD, client=client, now=now, ids=ids
    )
    assert logged_in.session.membership == offered
    assert stored_session(aws, logged_in.secret)["era"] == era
    found = repo.membership(SCOPE, person.person_id, offered.key)
    assert found
    assert found.era == era
    told = [item.payload for item in outbox.items(SCOPE, limit=1000) if item.kind == "activated"]
    assert ("9", era) in [(one["account_ref"], one["era"]) for one in told]


def test_a_role_that_is_given_again_ends_no_session(cast: Cast, log_in: LogIn, now: datetime, ids: Ids) -> None:
    user, dealer_id = cast.ours.user, cast.ours.dealer.dealer_id
    secret = log_in(user).secret
    for role, kept in ((Role.USER, True), (Role.SERVICE_MANAGER, False)):
        memberships.change_staff_role(SCOPE, person_id=user.person_id, dealer_id=dealer_id, role=role, now=now, ids=ids)
        assert (queries.session(SCOPE, secret, now) is not None) is kept


def test_what_becomes_of_a_membership_is_in_the_persons_trail(cast: Cast, now: datetime, ids: Ids) -> None:
    user, dealer_id = cast.ours.user, cast.ours.dealer.dealer_id
    memberships.change_staff_role(
        SCOPE, person_id=user.person_id, dealer_id=dealer_id, role=Role.ADMIN, now=now, ids=ids
    )
    memberships.remove_membership(
        SCOPE, person_id=user.person_id, dealer_id=dealer_id, kind=MembershipKind.STAFF, now=now, ids=ids
    )
    found = queries.person_events(SCOPE, user.person_id, since=now - timedelta(days=1), limit=10)
    assert sorted(one.event for one in found) == ["membership_removed", "role_changed"]
