"""Dealership Users as staff see them: the list, + Add, Invite, Resend, the bin, roles."""

from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import unquote

import pytest

from app import app
from chalicelib.dealers.staff import operations as members
from chalicelib.dealers.staff import repo
from chalicelib.dealers.staff.model import StaffMember, StaffState
from chalicelib.http import cookies
from chalicelib.identity import repo as identity
from chalicelib.identity.passkeys import queries as passkeys
from chalicelib.identity.repo import writes
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.roles import Role
from chalicelib.kernel.scopes import IdentityScope
from tests.fixtures.cast import Cast, LogIn
from tests.fixtures.staff import listed
from tests.identity.passkeys.made import Ceremonies
from tests.identity.second_factors import give_app
from tests.web.client import Visitor

HOME = "/staff/users"
NEW = "rob.swainby@moorbeck.example"


def flash(visitor: Visitor) -> str:
    return unquote(visitor.cookies[cookies.FLASH])


@pytest.fixture(autouse=True)
def lists(cast: Cast, now: datetime) -> None:
    """The admin and the user of ours are on the list, and so is theirs at the rival's."""
    for dealership in (cast.ours, cast.rival):
        listed(dealership, dealership.admin, dealership.user, now=now)


@pytest.fixture
def admin(staff: Visitor, cast: Cast, log_in: LogIn) -> Visitor:
    staff.cookies[cookies.SESSION] = log_in(cast.ours.admin).secret
    return staff


def invited(cast: Cast, email: str = NEW) -> StaffMember:
    found = repo.invitation(cast.ours.scope, email)
    assert found
    return found


def test_the_list_has_email_status_and_bin_and_says_how_many(admin: Visitor, cast: Cast) -> None:
    page = admin.get(HOME)
    assert "Dealership Users" in page.links
    assert f"{cast.ours.admin.email}Active Admin None Today 10:00You, the only admin" in page.text
    assert f"{cast.ours.user.email}Active User None Today 10:00Delete" in page.text
    assert "2 of 10 users, pending ones included" in page.text
    assert "1 of 1 pages (2 items)" in page.text
    assert cast.rival.user.email not in page.text


def test_an_invitation_goes_from_add_to_pending(admin: Visitor, cast: Cast) -> None:
    admin.get(f"{HOME}/new")
    assert admin.submit(HOME, email=NEW.upper(), role="service_manager", confirmed=NEW).location == HOME
    assert flash(admin) == f"{NEW} is invited"
    page = admin.get(HOME)
    assert f"{NEW}Pending Service manager – Being sentResend" in page.text
    assert "3 of 10 users" in page.text
    assert invited(cast).role is Role.SERVICE_MANAGER


def test_a_second_click_invites_once_and_gets_the_same_answer(admin: Visitor, cast: Cast) -> None:
    page = admin.get(f"{HOME}/new")
    fields = {**page.form(HOME).fields, "email": NEW, "role": "user", "confirmed": NEW}
    assert [admin.post(HOME, fields).location for _ in range(2)] == [HOME, HOME]
    assert flash(admin) == f"{NEW} is invited"
    assert len(repo.members(cast.ours.scope)) == 3


def test_the_address_of_a_customer_and_the_first_of_a_domain_are_asked_about(admin: Visitor, cast: Cast) -> None:
    customer = cast.ours.customer
    admin.get(f"{HOME}/new")
    page = admin.submit(HOME, email=customer.email, role="service_manager")
    assert page.status == 409
    ref, name = customer.membership.account_ref, customer.membership.account_name
    assert f"This address belongs to customer {ref}, {name}. Staff see all customers. Invite anyway?" in page.text
    form = page.form(HOME)
    assert (form.fields["email"], form.fields["role"]) == (customer.email, "service_manager")
    other = admin.submit(HOME, email=NEW)
    assert "None of your users has an address at moorbeck.example yet. Invite anyway?" in other.text
    assert "belongs to customer" not in other.text
    assert len(repo.members(cast.ours.scope)) == 2
    assert admin.submit(HOME).location == HOME
    assert flash(admin) == f"{NEW} is invited"
    admin.get(f"{HOME}/new")
    assert admin.submit(HOME, email=f"second.{NEW}", role="user").location == HOME


@pytest.mark.parametrize(
    ("email", "said"),
    [
        ("", "Enter an email address"),
        ("rob at moorbeck", "Enter an email address"),
        ("{user}", "is a user already"),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_nothing_is_lost(
    admin: Visitor, cast: Cast, email: str, said: str
) -> None:
    typed = email.format(user=cast.ours.user.email)
    admin.get(f"{HOME}/new")
    page = admin.submit(HOME, email=typed, role="admin")
    assert page.status == 422
    assert said in page.text
    assert page.form(HOME).fields["email"] == typed
    assert page.form(HOME).fields["role"] == "admin"


def test_at_the_limit_add_can_be_pressed_and_says_so(admin: Visitor, cast: Cast, now: datetime, ids: Ids) -> None:
    for number in range(8):
        members.invite_staff(
            cast.ours.scope, email=f"{number}@moorbeck.example", role=Role.USER, invited_by="x", now=now, ids=ids
        )
    said = "You have all of your 10 users, pending ones included. For more, contact your Account Manager."
    page = admin.get(HOME)
    assert "10 of 10 users" in page.text
    assert said in page.text
    form = admin.get(f"{HOME}/new")
    assert said in form.text
    assert not [one for one in form.forms if one.action == HOME]
    csrf = form.forms[0].fields["csrf"]
    refused = admin.post(HOME, {"csrf": csrf, "email": NEW, "role": "user"})
    assert refused.status == 422
    assert said in refused.text
    assert repo.invitation(cast.ours.scope, NEW) is None


def test_only_an_admin_invites_resends_and_gives_roles(staff: Visitor, cast: Cast, now: datetime, ids: Ids) -> None:
    members.invite_staff(cast.ours.scope, email=NEW, role=Role.USER, invited_by="x", now=now, ids=ids)
    page = staff.get(HOME)
    assert "Add" not in page.links
    assert "Resend" not in page.text
    assert staff.get(f"{HOME}/new").status == 403
    csrf = page.forms[0].fields["csrf"]
    for path, fields in (
        (HOME, {"email": "other@moorbeck.example", "role": "user"}),
        (f"{HOME}/{invited(cast).member_id}/resend", {}),
        (f"{HOME}/{cast.ours.admin.person_id}/role", {"role": "user"}),
    ):
        assert staff.post(path, {"csrf": csrf, **fields}).status == 403


def test_an_invitation_is_sent_again(admin: Visitor, cast: Cast, now: datetime, ids: Ids) -> None:
    members.invite_staff(cast.ours.scope, email=NEW, role=Role.USER, invited_by="x", now=now, ids=ids)
    first = invited(cast).member_id
    admin.get(HOME)
    assert admin.submit(f"{HOME}/{first}/resend").location == HOME
    assert flash(admin) == f"The invitation goes to {NEW} again"
    assert invited(cast).member_id != first
    csrf = admin.get(HOME).forms[0].fields["csrf"]
    assert admin.post(f"{HOME}/{first}/resend", {"csrf": csrf}).status == 404


@pytest.mark.parametrize(
    ("state", "sent", "said"),
    [
        (StaffState.INVITED, timedelta(), "Invited 5 Jun"),
        (StaffState.INVITED, timedelta(days=15), "Invited 21 May, expired"),
        (StaffState.BOUNCED, timedelta(), "Not delivered"),
        (StaffState.UNCERTAIN, timedelta(), "Perhaps not sent"),
    ],
)
def test_what_became_of_an_invitation_is_said(
    admin: Visitor, cast: Cast, now: datetime, ids: Ids, state: StaffState, sent: timedelta, said: str
) -> None:
    members.invite_staff(cast.ours.scope, email=NEW, role=Role.USER, invited_by="x", now=now - sent, ids=ids)
    queued = invited(cast)
    shown = replace(queued, state=state, expires_at=queued.since + timedelta(days=14))
    repo.put_invitation(cast.ours.scope, shown, before=queued)
    assert f"{NEW}Pending User – {said}Resend" in admin.get(HOME).text


def test_a_deleted_user_is_out_at_once(admin: Visitor, cast: Cast, log_in: LogIn) -> None:
    theirs = Visitor(app)
    theirs.cookies[cookies.SESSION] = log_in(cast.ours.user).secret
    assert theirs.get("/staff/accounts").status == 200
    here = f"{HOME}/{cast.ours.user.person_id}/delete"
    asked = admin.get(here)
    assert f"Delete {cast.ours.user.email}?" in asked.text
    assert admin.submit(here).location == HOME
    assert "is deleted, and can no longer log in here" in flash(admin)
    assert theirs.get("/staff/accounts").location.startswith("/login")
    admin.get(HOME)
    assert cast.ours.user.email not in admin.get(HOME).text
    assert admin.get(here).status == 404


def test_any_user_deletes_another_but_neither_themselves_nor_the_last_admin(staff: Visitor, cast: Cast) -> None:
    page = staff.get(HOME)
    assert f"{cast.ours.admin.email}Active Admin None Not yetThe only admin" in page.text
    assert f"{cast.ours.user.email}Active User None Today 10:00You" in page.text
    csrf = page.forms[0].fields["csrf"]
    for member, said in (
        (cast.ours.admin, "The only admin cannot be deleted"),
        (cast.ours.user, "You cannot delete yourself"),
    ):
        here = f"{HOME}/{member.person_id}/delete"
        assert staff.get(here).location == HOME
        assert said in flash(staff)
        assert staff.post(here, {"csrf": csrf}).location == HOME
        assert said in flash(staff)
    assert len(repo.members(cast.ours.scope)) == 2


def test_a_pending_one_is_deleted_and_its_place_is_free(staff: Visitor, cast: Cast, now: datetime, ids: Ids) -> None:
    members.invite_staff(cast.ours.scope, email=NEW, role=Role.USER, invited_by="x", now=now, ids=ids)
    here = f"{HOME}/{invited(cast).member_id}/delete"
    assert "The link in their invitation stops working." in staff.get(here).text
    assert staff.submit(here).location == HOME
    assert repo.invitation(cast.ours.scope, NEW) is None
    assert "2 of 10 users" in staff.get(HOME).text


def test_the_page_of_a_pending_one_leads_to_their_own_once_they_have_joined(
    admin: Visitor, cast: Cast, now: datetime, ids: Ids
) -> None:
    members.invite_staff(cast.ours.scope, email=NEW, role=Role.USER, invited_by="x", now=now, ids=ids)
    pending = invited(cast)
    here, person_id = f"{HOME}/{pending.member_id}", ids.ulid(now)
    assert "The role can be changed once they have joined." in admin.get(here).text
    members.join_staff(
        cast.ours.import_scope, person_id=person_id, email=NEW, role=Role.USER, invited=pending, now=now, ids=ids
    )
    assert admin.submit(f"{here}/resend").location == f"{HOME}/{person_id}"
    assert flash(admin) == f"!{NEW} has accepted the invitation"
    assert admin.get(here).location == f"{HOME}/{person_id}"
    assert "Change the role" in admin.follow().text
    assert admin.get(f"{HOME}/{ids.ulid(now)}").status == 404


def test_a_role_is_changed_and_counts_from_the_next_log_in(admin: Visitor, cast: Cast, log_in: LogIn) -> None:
    theirs, here = Visitor(app), f"{HOME}/{cast.ours.user.person_id}"
    theirs.cookies[cookies.SESSION] = log_in(cast.ours.user).secret
    assert theirs.get(f"{HOME}/new").status == 403
    admin.get(here)
    assert admin.submit(f"{here}/role", role="admin").location == here
    assert "has a new role, once they log in again: Admin" in flash(admin)
    assert theirs.get(HOME).location.startswith("/login")
    theirs.cookies[cookies.SESSION] = log_in(cast.ours.user).secret
    assert theirs.get(f"{HOME}/new").status == 200
    assert f"{cast.ours.user.email}, Admin" in admin.get("/staff/activity?about=staff").text
    admin.get(here)
    assert admin.submit(f"{here}/role", role="admin").location == here
    assert "has this role: Admin" in flash(admin)
    admin.get(here)
    assert admin.submit(f"{here}/role", role="owner").location == here
    assert flash(admin).endswith("Choose a role")


def test_ones_own_role_is_for_another_admin(admin: Visitor, cast: Cast) -> None:
    page = admin.get(f"{HOME}/{cast.ours.admin.person_id}")
    assert "Another admin can change your role." in page.text
    csrf = page.forms[0].fields["csrf"]
    assert admin.post(f"{HOME}/{cast.ours.admin.person_id}/role", {"csrf": csrf, "role": "user"}).status == 303
    assert "Another admin can change your role" in flash(admin)


def test_the_list_is_sorted_and_has_pages(admin: Visitor, cast: Cast, now: datetime, ids: Ids) -> None:
    for number in range(50):
        email = f"{number:02}@moorbeck.example"
        new = StaffMember(email, Role.USER, StaffState.QUEUED, ids.ulid(now), now)
        repo.add_invitation(cast.ours.scope, new, seen=repo.staff_list(cast.ours.scope))
    first, second = admin.get(HOME), admin.get(f"{HOME}?page=2")
    assert "1 of 2 pages (52 items)" in first.text
    assert "2 of 2 pages (52 items)" in second.text
    assert "49@moorbeck.example" in first.text
    assert cast.ours.user.email in second.text
    by_role = admin.get(f"{HOME}?sort=role")
    assert by_role.text.index(cast.ours.admin.email) < by_role.text.index("00@moorbeck.example")
    by_login = admin.get(f"{HOME}?sort=login&order=desc")
    assert by_login.text.index(cast.ours.admin.email) < by_login.text.index("00@moorbeck.example")
    assert admin.get(f"{HOME}?sort=nonsense&page=99").status == 200


def test_another_dealers_users_are_not_there(admin: Visitor, cast: Cast) -> None:
    for path in ("", "/delete"):
        assert admin.get(f"{HOME}/{cast.rival.user.person_id}{path}").status == 404


def test_b25_an_admin_resets_the_second_factor_of_a_colleague(
    admin: Visitor, cast: Cast, log_in: LogIn, now: datetime, ids: Ids
) -> None:
    member = cast.ours.user
    here = f"{HOME}/{member.person_id}"
    assert "Second factor" in admin.get(HOME).text
    theirs = Visitor(app)
    theirs.cookies[cookies.SESSION] = log_in(member).secret
    give_app(member, now=now - timedelta(days=1), ids=ids)
    assert f"{member.email}Active User App" in admin.get(HOME).text
    admin.get(f"{here}/second-factor")
    assert admin.submit(f"{here}/second-factor").location == here
    assert flash(admin) == (
        f"The second factor of {member.email} is reset. Settings requires none: remind them to set up another."
    )
    assert theirs.get(HOME).location.startswith("/login")
    assert log_in(member).session.membership == member.membership
    assert "Second factor of a colleague reset" in admin.get("/staff/activity?about=staff").text
    assert f"{member.email}Active User None" in admin.get(HOME).text
    csrf = admin.get(HOME).forms[0].fields["csrf"]
    assert admin.post(f"{here}/second-factor", {"csrf": csrf}).location == here
    assert flash(admin).endswith("has no second factor")


def test_the_second_factor_of_somebody_whom_another_dealer_knows_is_not_ours_to_reset(
    admin: Visitor, cast: Cast, now: datetime, ids: Ids
) -> None:
    member, theirs = cast.ours.user, cast.rival.user.membership
    give_app(member, now=now - timedelta(days=1), ids=ids)
    identity.commit(IdentityScope(), [writes.put_membership(member.person_id, theirs, now)])
    here = f"{HOME}/{member.person_id}"
    admin.get(f"{here}/second-factor")
    assert admin.submit(f"{here}/second-factor").location == here
    assert "also logs in at another dealer" in flash(admin)
    assert f"{member.email}Active User App" in admin.get(HOME).text


def test_b25_the_list_says_who_has_an_app_and_who_a_passkey(
    admin: Visitor, cast: Cast, log_in: LogIn, now: datetime, ids: Ids
) -> None:
    member = cast.ours.user
    here = f"{HOME}/{member.person_id}"
    sessions = [log_in(member).session for _ in range(2)]
    Ceremonies(now - timedelta(days=1), ids).passkey(sessions[0])
    assert f"{member.email}Active User Passkey Today" in admin.get(HOME).text
    code, *_ = give_app(member, now=now - timedelta(days=1), ids=ids)
    Ceremonies(now - timedelta(hours=23), ids).passkey(sessions[1], code=code)
    assert f"{member.email}Active User App, passkey Today" in admin.get(HOME).text
    admin.get(f"{here}/second-factor")
    assert admin.submit(f"{here}/second-factor").location == here
    assert f"{member.email}Active User None" in admin.get(HOME).text
    assert passkeys.passkeys(IdentityScope(), member.person_id) == []


def test_ones_own_second_factor_is_reset_by_another_admin(admin: Visitor, cast: Cast, now: datetime, ids: Ids) -> None:
    me = cast.ours.admin
    csrf = admin.get(HOME).forms[0].fields["csrf"]
    give_app(me, now=now - timedelta(days=1), ids=ids)
    assert admin.post(f"{HOME}/{me.person_id}/second-factor", {"csrf": csrf}).status == 303
    assert flash(admin).endswith("Another admin can reset your second factor")
    person = identity.person(IdentityScope(), me.person_id)
    assert person
    assert person.factors
