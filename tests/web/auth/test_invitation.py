"""An invitation that somebody opens who is logged in: as the person it is for, or as somebody else; and who invites."""

from datetime import timedelta

import pytest

from chalicelib.http import cookies
from chalicelib.identity import invitations, repo
from chalicelib.identity.model import Membership, MembershipKind
from chalicelib.kernel.roles import Role
from tests.fixtures.cast import Cast
from tests.identity.second_factors import SCOPE
from tests.web.auth.conftest import LoginPages

CLICK = {"accept": "yes"}


@pytest.fixture
def offered(cast: Cast) -> Membership:
    return Membership(cast.rival.dealer.dealer_id, MembershipKind.CUSTOMER, "B/0003#x", "Postgate Farm", role=Role.VIEW)


def test_who_is_logged_in_as_the_invited_accepts_with_one_click(
    cast: Cast, pages: LoginPages, offered: Membership
) -> None:
    member = cast.ours.customer
    secret, visitor = pages.invite(member.email, offered), pages.logged_in(member)
    other_tab = pages.visitor()
    before = visitor.cookies[cookies.SESSION]
    other_tab.cookies.update(visitor.cookies)
    other_tab.get(f"/i/{secret}")
    page = visitor.get(f"/i/{secret}")
    assert f"You are logged in as {member.email}." in page.text
    assert "password" not in page.form(f"/i/{secret}").fields
    assert "Forgot Password" not in page.text
    done = visitor.submit(f"/i/{secret}", **CLICK)
    assert (done.status, visitor.cookies[cookies.SESSION] != before) == (303, True)
    held = repo.membership(SCOPE, member.person_id, offered.key)
    assert held
    assert held.active
    assert other_tab.get("/accounts").location.startswith("/login"), "the session of before has ended"
    again = visitor.get(f"/i/{secret}")
    assert (again.status, "Your account is complete" in again.text) == (404, True)


def test_an_hour_after_the_login_the_password_is_asked_for(cast: Cast, pages: LoginPages, offered: Membership) -> None:
    member = cast.ours.customer
    secret, visitor = pages.invite(member.email, offered), pages.logged_in(member)
    for _ in range(3):
        pages.now += invitations.ACCEPTS_FOR / 3 - timedelta(seconds=1)
        visitor.get("/transactions")
    assert "Accept the invitation" in visitor.get(f"/i/{secret}").text
    pages.now += timedelta(seconds=3)
    page = visitor.get(f"/i/{secret}")
    assert "password" in page.form(f"/i/{secret}").fields
    refused = visitor.post(f"/i/{secret}", {**page.form(f"/i/{secret}").fields, **CLICK})
    assert (refused.status, "password" in refused.form(f"/i/{secret}").fields) == (403, True)
    assert repo.membership(SCOPE, member.person_id, offered.key) is None


def test_who_is_logged_in_as_somebody_else_reads_so_and_may_log_out(
    cast: Cast, pages: LoginPages, offered: Membership
) -> None:
    member, other = cast.ours.customer, cast.ours.other_customer
    secret, visitor = pages.invite(member.email, offered), pages.logged_in(other)
    page = visitor.get(f"/i/{secret}")
    assert f"You are logged in as {other.email}, and this invitation is for {member.email}." in page.text
    assert "Accept the invitation" not in page.text
    refused = visitor.post(f"/i/{secret}", {**page.form(f"/i/{secret}").fields, **CLICK})
    assert refused.status == 403
    for one in (member, other):
        assert repo.membership(SCOPE, one.person_id, offered.key) is None
    visitor.get(f"/i/{secret}")
    visitor.submit("/logout")
    page = visitor.get(f"/i/{secret}")
    assert "You are logged in as" not in page.text


@pytest.mark.parametrize(("inviter", "who"), [("Ann Barlow", "Ann Barlow"), ("", "Moorbeck Machinery")])
def test_the_page_names_the_colleague_who_invited_or_the_dealer(
    inviter: str, who: str, cast: Cast, pages: LoginPages
) -> None:
    account = Membership(cast.ours.dealer.dealer_id, MembershipKind.CUSTOMER, "1200", "Mr A L Barlow", role=Role.VIEW)
    secret = pages.invite("hilda@farm.example", account, inviter=inviter)
    assert f"{who} invited you to account 1200, Mr A L Barlow" in pages.visitor().get(f"/i/{secret}").text
