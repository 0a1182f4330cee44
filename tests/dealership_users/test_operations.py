"""Users of the dealership are invited, given roles and deleted, also two at a time."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

import pytest

from chalicelib.dealers.staff import operations as staff
from chalicelib.dealers.staff import repo
from chalicelib.dealers.staff.model import StaffMember, StaffState
from chalicelib.dealership_users import operations, queries, sync
from chalicelib.dealership_users.model import Doubts, UnconfirmedError
from chalicelib.dealership_users.operations import PROTECTED
from chalicelib.identity import invitations
from chalicelib.identity import queries as identity
from chalicelib.identity import repo as identity_repo
from chalicelib.identity.model import ClientInfo
from chalicelib.identity.operations import log_in as log_in_with
from chalicelib.identity.repo import writes
from chalicelib.kernel.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError, TooManyError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.roles import Role
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.notifications.dispatch import send_due
from chalicelib.store.audit import AuditRow
from chalicelib.store.record import tenant_pk
from chalicelib.store.roles import assume_scope
from tests.fixtures.cast import Cast, Dealership, LogIn, add_person
from tests.fixtures.staff import listed
from tests.notifications.fakes import NEW_PASSWORD, Clock, Post

SCOPE = IdentityScope()


@pytest.fixture(autouse=True)
def admins(cast: Cast, now: datetime) -> None:
    """The person who invites is on the dealer's list."""
    for dealership in (cast.ours, cast.rival):
        listed(dealership, dealership.admin, now=now)


def events(dealership: Dealership) -> list[str]:
    with assume_scope(dealership.scope):
        return [row.event for row in AuditRow.query(tenant_pk(dealership.scope, "AUDIT", "2024-06"))]


def invitations_of(dealership: Dealership) -> list[StaffMember]:
    return [one for one in repo.members(dealership.scope) if one.person_id is None]


def invite(dealership: Dealership, email: str, now: datetime, ids: Ids, role: str = "user") -> str:
    """To an address that was confirmed."""
    confirmed = email.strip().lower()
    return operations.invite(
        dealership.admin.staff_scope,
        dealer=dealership.dealer,
        email=email,
        role=role,
        confirmed=confirmed,
        now=now,
        ids=ids,
    )


def test_an_invitation_is_put_on_the_list_with_its_role(cast: Cast, now: datetime, ids: Ids) -> None:
    ours = cast.ours
    assert invite(ours, "  New@Dealer.example ", now, ids, "service_manager") == "new@dealer.example"
    (one,) = invitations_of(ours)
    assert (one.email, one.role, one.state) == ("new@dealer.example", Role.SERVICE_MANAGER, StaffState.QUEUED)
    assert invitations_of(cast.rival) == []
    with pytest.raises(InvalidError, match=r"new@dealer\.example has been invited already"):
        invite(ours, "NEW@dealer.example", now, ids)
    listed(ours, ours.user, now=now)
    with pytest.raises(InvalidError, match="is a user already"):
        invite(ours, ours.user.email, now, ids)


def test_an_address_that_may_be_the_wrong_one_is_confirmed_first(cast: Cast, now: datetime, ids: Ids) -> None:
    ours, rival = cast.ours, cast.rival
    listed(ours, ours.admin, now=now)
    customer = ours.customer
    known = ours.admin.email.replace("admin", "rob")
    add = partial(operations.invite, ours.admin.staff_scope, dealer=ours.dealer, role="user", now=now, ids=ids)
    for email, confirmed in ((customer.email, ""), (customer.email, known), (rival.customer.email, "")):
        with pytest.raises(UnconfirmedError) as asked:
            add(email=email, confirmed=confirmed)
        assert asked.value.email == email
        assert asked.value.doubts == (
            Doubts((customer.membership,)) if email == customer.email else Doubts((), email.partition("@")[2])
        )
    assert invitations_of(ours) == []
    assert add(email=known, confirmed="") == known
    assert add(email=customer.email, confirmed=customer.email) == customer.email
    assert len(invitations_of(ours)) == 2


@pytest.mark.parametrize(("email", "role", "field"), [("no address", "user", "email"), ("a@b.example", "pay", "role")])
def test_what_cannot_be_used_is_said_at_its_field(
    cast: Cast, now: datetime, ids: Ids, email: str, role: str, field: str
) -> None:
    with pytest.raises(InvalidError) as refused:
        invite(cast.ours, email, now, ids, role)
    assert list(refused.value.fields) == [field]


def test_the_allowance_counts_pending_ones_and_says_whom_to_ask(cast: Cast, now: datetime, ids: Ids) -> None:
    ours = replace(cast.ours, dealer=replace(cast.ours.dealer, user_allowance=3))
    listed(ours, ours.admin, ours.user, now=now)
    invite(ours, "third@dealer.example", now, ids)
    with pytest.raises(InvalidError, match=r"all of your 3 users, pending ones included.*Account Manager"):
        invite(ours, "fourth@dealer.example", now, ids)
    (pending,) = [one for one in repo.members(ours.scope) if one.person_id is None]
    operations.delete(ours.user.staff_scope, member_id=pending.member_id, now=now, ids=ids)
    invite(ours, "fourth@dealer.example", now, ids)


def test_an_address_is_invited_three_times_a_day(cast: Cast, now: datetime, ids: Ids) -> None:
    ours = cast.ours
    for _ in range(3):
        invite(ours, "new@dealer.example", now, ids)
        (one,) = invitations_of(ours)
        operations.delete(ours.admin.staff_scope, member_id=one.member_id, now=now, ids=ids)
    with pytest.raises(TooManyError, match="invited 3 times today"):
        invite(ours, "new@dealer.example", now, ids)
    invite(ours, "new@dealer.example", now + timedelta(days=1), ids)


def test_an_invitation_that_is_refused_does_not_count(cast: Cast, now: datetime, ids: Ids) -> None:
    full = replace(cast.ours, dealer=replace(cast.ours.dealer, user_allowance=1, daily_invitations=1))
    listed(full, full.admin, now=now)
    for _ in range(4):
        with pytest.raises(InvalidError):
            invite(full, "new@dealer.example", now, ids)
    invite(replace(full, dealer=replace(full.dealer, user_allowance=2)), "new@dealer.example", now, ids)
    with pytest.raises(TooManyError, match="today's invitations"):
        invite(replace(full, dealer=replace(full.dealer, user_allowance=9)), "other@dealer.example", now, ids)


def test_one_is_sent_again_and_the_first_is_overtaken(cast: Cast, now: datetime, ids: Ids) -> None:
    ours = cast.ours
    invite(ours, "new@dealer.example", now, ids, "admin")
    (first,) = invitations_of(ours)
    again = partial(operations.resend, ours.admin.staff_scope, dealer=ours.dealer, now=now, ids=ids)
    again(member_id=first.member_id)
    (second,) = invitations_of(ours)
    assert (second.role, second.state) == (Role.ADMIN, StaffState.QUEUED)
    assert second.invitation_id != first.invitation_id
    with pytest.raises(NotFoundError):
        again(member_id=first.member_id)
    listed(ours, ours.user, now=now)
    with pytest.raises(ConflictError, match="has accepted the invitation"):
        again(member_id=ours.user.person_id)


def test_a_deleted_invitation_opens_nothing(cast: Cast, now: datetime, ids: Ids) -> None:
    ours = cast.ours
    invite(ours, "new@dealer.example", now, ids)
    (pending,) = invitations_of(ours)
    offered = replace(ours.user.membership, active=False, invitation_id=pending.invitation_id)
    link = invitations.create_invitation(
        SCOPE, email=pending.email, membership=offered, invitation_id=pending.invitation_id, now=now, ids=ids
    )
    listed(ours, ours.user, now=now)
    operations.delete(ours.user.staff_scope, member_id=pending.member_id, now=now, ids=ids)
    assert invitations_of(ours) == []
    with pytest.raises(NotFoundError):
        identity.invitation(SCOPE, link.secret, now)
    assert "staff.invitation_cancelled" in events(ours)


def test_neither_oneself_nor_the_only_admin_is_deleted(cast: Cast, now: datetime, ids: Ids) -> None:
    ours = cast.ours
    listed(ours, ours.admin, ours.user, now=now)
    for reader, member in ((ours.user, ours.user), (ours.user, ours.admin), (ours.admin, ours.admin)):
        shown = queries.user(reader.staff_scope, member.person_id)
        assert shown.protection
        with pytest.raises(ConflictError) as refused:
            operations.delete(reader.staff_scope, member_id=member.person_id, now=now, ids=ids)
        assert refused.value.message == str(PROTECTED[shown.protection])
    assert len(repo.members(ours.scope)) == 2
    operations.delete(ours.admin.staff_scope, member_id=ours.user.person_id, now=now, ids=ids)
    with pytest.raises(NotFoundError):
        operations.delete(ours.admin.staff_scope, member_id=ours.user.person_id, now=now, ids=ids)
    with pytest.raises(NotFoundError):
        operations.delete(ours.admin.staff_scope, member_id=cast.rival.user.person_id, now=now, ids=ids)


def test_the_operator_removes_the_only_admin_too(cast: Cast, now: datetime, ids: Ids) -> None:
    listed(cast.ours, cast.ours.admin, now=now)
    staff.remove_member(cast.ours.scope, person_id=cast.ours.admin.person_id, actor="operator", now=now, ids=ids)
    assert repo.members(cast.ours.scope) == []


def test_a_role_is_changed_by_another_admin(cast: Cast, now: datetime, ids: Ids) -> None:
    ours = cast.ours
    listed(ours, ours.admin, ours.user, now=now)
    change = partial(operations.change_role, ours.admin.staff_scope, now=now, ids=ids)
    before = change(member_id=ours.user.person_id, role="service_manager")
    assert before.role is Role.USER
    assert queries.user(ours.admin.staff_scope, ours.user.person_id).member.role is Role.SERVICE_MANAGER
    change(member_id=ours.user.person_id, role="service_manager")
    assert events(ours).count("staff.role_changed") == 1
    with pytest.raises(ConflictError, match="Another admin"):
        change(member_id=ours.admin.person_id, role="user")
    with pytest.raises(InvalidError):
        change(member_id=ours.user.person_id, role="owner")
    invite(ours, "new@dealer.example", now, ids)
    (pending,) = [one for one in repo.members(ours.scope) if one.person_id is None]
    with pytest.raises(ConflictError, match="has not accepted"):
        change(member_id=pending.member_id, role="admin")


def test_identity_follows_the_list_in_any_order(cast: Cast, log_in: LogIn, now: datetime, ids: Ids) -> None:
    ours, user = cast.ours, cast.ours.user
    listed(ours, ours.admin, user, now=now)
    key = user.membership.key

    def follow() -> None:
        sync.sync_membership(
            ours.import_scope, person_id=user.person_id, email=user.email, before=ids.ulid(now), now=now, ids=ids
        )

    secret = log_in(user).secret
    follow()
    assert identity.session(SCOPE, secret, now), "nothing has changed"
    operations.change_role(ours.admin.staff_scope, member_id=user.person_id, role="admin", now=now, ids=ids)
    follow()
    assert identity.session(SCOPE, secret, now) is None
    assert [one.role for one in identity.memberships(SCOPE, user.person_id) if one.key == key] == [Role.ADMIN]
    secret = log_in(user).secret
    follow()
    assert identity.session(SCOPE, secret, now), "a repetition ends no session"
    operations.delete(ours.admin.staff_scope, member_id=user.person_id, now=now, ids=ids)
    follow()
    follow()
    assert identity.session(SCOPE, secret, now) is None
    assert identity.memberships(SCOPE, user.person_id) == []


def test_who_is_invited_again_keeps_the_new_membership(cast: Cast, now: datetime, ids: Ids) -> None:
    ours, email = cast.ours, f"again@{cast.ours.dealer.slug}.example"
    before = ids.ulid(now)
    newer = replace(ours.user.membership, invitation_id=ids.ulid(now + timedelta(minutes=1)))
    member = add_person(ids, now, email=email, membership=newer)
    sync.sync_membership(ours.import_scope, person_id=member.person_id, email=email, before=before, now=now, ids=ids)
    assert identity.memberships(SCOPE, member.person_id) == [newer]


def test_a_role_is_given_by_somebody_who_is_an_admin_still(cast: Cast, now: datetime, ids: Ids) -> None:
    ours = cast.ours
    other = add_person(ids, now, email=f"b@{ours.dealer.slug}.example", membership=ours.admin.membership)
    listed(ours, ours.admin, ours.user, other, now=now)
    operations.change_role(ours.admin.staff_scope, member_id=other.person_id, role="user", now=now, ids=ids)
    with pytest.raises(ForbiddenError):
        operations.change_role(other.staff_scope, member_id=ours.admin.person_id, role="user", now=now, ids=ids)
    assert [one.email for one in repo.members(ours.scope) if one.is_active_admin] == [ours.admin.email]


def test_no_session_begins_with_a_role_of_before(cast: Cast, now: datetime) -> None:
    user = cast.ours.user
    stale = replace(user.membership, role=Role.ADMIN)
    for write in (
        writes.use_membership(user.person_id, stale, now),
        writes.activate_membership(user.person_id, stale, used_at=now),
    ):
        with pytest.raises(ConflictError):
            identity_repo.commit(SCOPE, [write])


def test_a_session_that_holds_another_role_ends_when_the_list_is_followed(
    cast: Cast, log_in: LogIn, now: datetime, ids: Ids
) -> None:
    ours, admin = cast.ours, cast.ours.admin
    listed(ours, admin, ours.user, now=now)
    secret = log_in(admin).secret
    lower = replace(admin.membership, role=Role.USER)
    identity_repo.commit(SCOPE, [writes.put_membership(admin.person_id, lower, now)])
    (member,) = [one for one in repo.members(ours.scope) if one.person_id == admin.person_id]
    repo.change_member(ours.scope, replace(member, role=Role.USER), seen=repo.staff_list(ours.scope))
    sync.sync_membership(
        ours.import_scope, person_id=admin.person_id, email=admin.email, before=ids.ulid(now), now=now, ids=ids
    )
    assert identity.session(SCOPE, secret, now) is None


@dataclass(frozen=True, slots=True)
class Invited:
    """Somebody who was invited as an admin, and has followed the first of two mails without logging in."""

    email: str
    first: StaffMember
    second_link: str


@pytest.fixture
def post(now: datetime, ids: Ids) -> Post:
    return Post(Clock(now), ids)


@pytest.fixture
def invited(cast: Cast, post: Post) -> Invited:
    ours, email = cast.ours, f"alice@{cast.ours.dealer.slug}.example"
    listed(ours, ours.admin, now=post.clock.now)
    invite(ours, email, post.clock.now, post.ids, "admin")
    (first,) = [one for one in repo.members(ours.scope) if one.email == email]
    send_due(ours.import_scope, deps=post.deps)
    here = ClientInfo("2001:db8::7")
    invitations.accept_invitation(
        SCOPE, secret=list(post.links)[-1], password=NEW_PASSWORD, client=here, now=post.clock.now, ids=post.ids
    )
    post.clock.forward(timedelta(minutes=1))
    operations.resend(
        ours.admin.staff_scope, dealer=ours.dealer, member_id=first.member_id, now=post.clock.now, ids=post.ids
    )
    send_due(ours.import_scope, deps=post.deps)
    post.clock.forward(timedelta(minutes=1))
    return Invited(email, first, list(post.links)[-1])


def log_in_now(post: Post, email: str) -> str:
    client = ClientInfo("2001:db8::7")
    return log_in_with(
        SCOPE, email=email, password=NEW_PASSWORD, client=client, now=post.clock.now, ids=post.ids
    ).secret


def test_a_mail_that_was_sent_again_opens_nothing_once_they_have_joined(
    cast: Cast, post: Post, invited: Invited
) -> None:
    log_in_now(post, invited.email)
    send_due(SCOPE, deps=post.deps, mails=False)
    assert [one.role for one in repo.members(cast.ours.scope) if one.email == invited.email] == [Role.ADMIN]
    with pytest.raises(NotFoundError):
        identity.invitation(SCOPE, invited.second_link, post.clock.now)


def test_a_link_that_is_left_opens_nothing_after_a_change_and_meanwhile_gives_nothing_back(
    cast: Cast, post: Post, invited: Invited
) -> None:
    ours, ids = cast.ours, post.ids
    log_in_now(post, invited.email)
    send_due(SCOPE, deps=post.deps, mails=False)
    (member,) = [one for one in repo.members(ours.scope) if one.email == invited.email]
    post.clock.forward(timedelta(minutes=1))
    offered = replace(ours.admin.membership, active=False, invitation_id=ids.ulid(post.clock.now))
    left = invitations.create_invitation(
        SCOPE,
        email=invited.email,
        membership=offered,
        invitation_id=offered.invitation_id,
        now=post.clock.now,
        ids=ids,
    )
    with pytest.raises(ConflictError, match="You belong to this dealership already"):
        invitations.accept_as_existing_user(
            SCOPE,
            secret=left.secret,
            password=NEW_PASSWORD,
            client=ClientInfo("2001:db8::7"),
            now=post.clock.now,
            ids=ids,
        )
    post.clock.forward(timedelta(minutes=1))
    operations.change_role(ours.admin.staff_scope, member_id=member.member_id, role="user", now=post.clock.now, ids=ids)
    send_due(ours.import_scope, deps=post.deps)
    with pytest.raises(NotFoundError):
        identity.invitation(SCOPE, left.secret, post.clock.now)


def test_deleting_an_invitation_takes_back_what_an_earlier_mail_gave(cast: Cast, post: Post, invited: Invited) -> None:
    (pending,) = [one for one in repo.members(cast.ours.scope) if one.email == invited.email]
    assert pending.invitation_id != invited.first.invitation_id
    operations.delete(cast.ours.admin.staff_scope, member_id=pending.member_id, now=post.clock.now, ids=post.ids)
    assert identity.memberships_of_email(SCOPE, invited.email) == []


def test_a_login_whose_invitation_was_deleted_meanwhile_ends(cast: Cast, post: Post, invited: Invited) -> None:
    ours = cast.ours
    secret = log_in_now(post, invited.email)
    (pending,) = [one for one in repo.members(ours.scope) if one.email == invited.email]
    operations.delete(ours.admin.staff_scope, member_id=pending.member_id, now=post.clock.now, ids=post.ids)
    send_due(SCOPE, deps=post.deps, mails=False)
    assert [one.email for one in repo.members(ours.scope)] == [ours.admin.email]
    assert identity.memberships_of_email(SCOPE, invited.email) == []
    assert identity.session(SCOPE, secret, post.clock.now) is None


def test_who_left_the_list_does_nothing_more_whatever_their_session_says(cast: Cast, now: datetime, ids: Ids) -> None:
    """Attack: until the outbox has run, the session of a removed or demoted admin is as it was."""
    ours, other = cast.ours, cast.ours.user
    listed(ours, other, now=now)
    invite(ours, "one@dealer.example", now, ids)
    (pending,) = invitations_of(ours)
    staff.remove_member(ours.scope, person_id=ours.admin.person_id, actor="x", now=now, ids=ids)
    for act in (
        lambda: invite(ours, "two@dealer.example", now, ids),
        lambda: operations.resend(
            ours.admin.staff_scope, dealer=ours.dealer, member_id=pending.member_id, now=now, ids=ids
        ),
        lambda: operations.delete(ours.admin.staff_scope, member_id=other.person_id, now=now, ids=ids),
        lambda: operations.delete(ours.admin.staff_scope, member_id=pending.member_id, now=now, ids=ids),
    ):
        with pytest.raises(ForbiddenError):
            act()
    assert [one.email for one in invitations_of(ours)] == ["one@dealer.example"]


def test_who_leaves_the_list_while_they_resend_sends_nothing(cast: Cast, now: datetime, ids: Ids) -> None:
    ours = cast.ours
    invite(ours, "one@dealer.example", now, ids)
    (pending,) = invitations_of(ours)
    with pytest.raises(ConflictError):
        staff.resend_invitation(
            ours.scope,
            pending,
            role=Role.USER,
            invited_by="x",
            provided=(repo.still_admin(ours.scope, ours.user.person_id),),
            now=now,
            ids=ids,
        )
    assert invitations_of(ours) == [pending]


def test_five_users_a_day_and_the_other_admins_are_told(cast: Cast, now: datetime, ids: Ids) -> None:
    ours = cast.ours
    other = add_person(ids, now, email="boss@dealer.example", membership=ours.admin.membership)
    gone = [add_person(ids, now, email=f"user{n}@dealer.example", membership=ours.user.membership) for n in range(6)]
    listed(ours, other, *gone, now=now)
    delete = partial(operations.delete, ours.admin.staff_scope, ids=ids)
    for one in gone[:5]:
        delete(member_id=one.person_id, now=now)
    with pytest.raises(TooManyError, match="You have deleted 5 users today"):
        delete(member_id=gone[5].person_id, now=now)
    post = Post(Clock(now), ids)
    send_due(ours.import_scope, deps=post.deps)
    assert post.recipients == ["boss@dealer.example"] * 5
    said = " ".join(" ".join(mail.text.split()) for mail in post.sender.sent)
    assert all(f"{ours.admin.email} deleted the user user{n}@dealer.example" in said for n in range(5))
    delete(member_id=gone[5].person_id, now=now + timedelta(days=1))
    with pytest.raises(ConflictError):
        delete(member_id=ours.admin.person_id, now=now + timedelta(days=1))  # refused for another reason
