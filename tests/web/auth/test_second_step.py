"""The second factor as people meet it: set up, asked for at login, given up, required by the dealer."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import pytest

from chalicelib.dealers.operations import change_settings, settings_fingerprint
from chalicelib.dealers.queries import dealer as dealer_of
from chalicelib.http import cookies
from chalicelib.identity.model import Membership, MembershipKind
from chalicelib.identity.recovery import create_reset_link
from chalicelib.kernel.roles import Role
from tests.fixtures.calls import listening
from tests.fixtures.cast import PASSWORD, Cast, Dealership, Member
from tests.identity.second_factors import SCOPE, code_at, give_app, give_email_codes
from tests.web.auth.conftest import LoginPages
from tests.web.client import Page, Visitor

APP = "/account/security/app"
CODES = "/account/security/recovery-codes/new"
CODE = re.compile(r"[a-z2-7]{4}(?:-[a-z2-7]{4}){3}")


def set_up(visitor: Visitor, pages: LoginPages) -> list[str]:
    """Turns an app on; its secret is typed from the page. Returns the secret and the recovery codes."""
    visitor.get("/account/security/app")
    assert visitor.submit("/account/security/app", current_password=PASSWORD).status == 303
    page = visitor.follow()
    assert "<svg" in page.html
    found = re.search(r"<code[^>]*>([A-Z2-7 ]+)</code>", page.html)
    assert found
    secret = found[1].replace(" ", "")
    done = visitor.submit("/account/security/app/confirm", code=code_at(pages.now, secret))
    assert (done.status, done.location.partition("?")[0]) == (303, CODES)
    return [secret, *dict.fromkeys(CODE.findall(visitor.follow().text))]


def require(dealership: Dealership, pages: LoginPages, **settings: bool | None) -> None:
    scope = dealership.admin.staff_scope
    seen = settings_fingerprint(dealer_of(scope, fresh=True), settings)
    assert change_settings(scope, settings, seen=seen, now=pages.now, ids=pages.ids)


def at_second_step(visitor: Visitor, pages: LoginPages, member: Member, path: str = "/login") -> Page:
    page = pages.log_in(visitor, member.email, path=path)
    assert page.status == 303
    assert page.location.startswith("/login/code")
    assert cookies.SESSION not in visitor.cookies
    return visitor.follow()


@pytest.mark.parametrize("who", ["user", "customer"])
def test_b25_an_app_is_set_up_and_asked_for_at_the_next_login(cast: Cast, pages: LoginPages, who: str) -> None:
    member: Member = getattr(cast.ours, who)
    visitor = pages.logged_in(member)
    old = visitor.cookies[cookies.SESSION]
    secret, *codes = set_up(visitor, pages)
    assert len(codes) == 10
    assert visitor.cookies[cookies.SESSION] != old
    page = visitor.get("/account/security")
    assert "10 of 10 left" in page.text
    assert not CODE.search(page.text)  # shown once

    other = pages.visitor()
    page = at_second_step(other, pages, member)
    assert "6-digit code" in page.text
    wrong = other.submit("/login/code", code="000000")
    assert (wrong.status, cookies.SESSION in other.cookies) == (422, False)
    pages.now += timedelta(seconds=30)
    other.submit("/login/code", code=code_at(pages.now, secret))
    assert other.follow().status == 200
    assert cookies.PENDING_LOGIN not in other.cookies
    assert other.get("/account/security").status == 200


def test_codes_can_be_kept_as_a_file(cast: Cast, pages: LoginPages) -> None:
    visitor = pages.logged_in(cast.ours.customer)
    _, *codes = set_up(visitor, pages)
    assert visitor.page
    file = unquote(visitor.page.links["Download"])
    assert file.startswith("data:text/plain;charset=utf-8,")
    assert CODE.findall(file) == codes
    assert cast.ours.customer.email in file


def test_a_recovery_code_logs_in_and_the_owner_is_told(cast: Cast, pages: LoginPages) -> None:
    member = cast.ours.customer
    code, *_ = give_app(member, now=pages.now, ids=pages.ids)
    visitor = pages.visitor()
    page = at_second_step(visitor, pages, member, "/login?next=/transactions%3Fstatus=all")
    visitor.get(page.links["Use a recovery code"])
    visitor.submit("/login/code", code=code)
    assert visitor.page
    assert visitor.page.location == "/transactions?status=all"
    assert "9 of 10 left" in visitor.get("/account/security").text


def test_a_wrong_recovery_code_is_told_what_helps_with_a_recovery_code(cast: Cast, pages: LoginPages) -> None:
    give_app(cast.ours.customer, now=pages.now, ids=pages.ids)
    visitor = pages.visitor()
    page = at_second_step(visitor, pages, cast.ours.customer)
    page = visitor.submit("/login/code", code="000000")
    assert "Wait for the next one, or use a recovery code." in page.text
    visitor.get(page.links["Use a recovery code"])
    assert "Enter one of your recovery codes" in visitor.submit("/login/code", code="").text
    page = visitor.submit("/login/code", code="abcd-efgh-ijkl-mnop")
    assert page.status == 422
    assert "This recovery code is wrong, was used already, or was replaced by newer ones." in page.text
    assert "next one" not in page.text


def test_a_browser_is_trusted_for_thirty_days_until_that_is_revoked(cast: Cast, pages: LoginPages) -> None:
    member = cast.ours.customer
    give_app(member, now=pages.now, ids=pages.ids)
    visitor = pages.visitor()
    at_second_step(visitor, pages, member)
    page = visitor.submit("/login/code", code=code_at(pages.now), remember_browser="yes")
    (kept,) = (line for line in page.cookies if line.startswith(cookies.TRUSTED))
    assert kept.endswith("; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=2592000")
    visitor.get("/account/security")
    visitor.submit("/logout")
    pages.now += timedelta(days=29)
    own = f"/d/{cast.ours.dealer.slug}/login"
    assert pages.log_in(visitor, member.email, path=own).location == "/transactions"
    page = visitor.get("/account/security")
    assert "Trusted browsers" in page.text
    visitor.submit("/account/security/devices")
    assert "Trusted browsers" not in visitor.follow().text
    visitor.submit("/logout")
    at_second_step(visitor, pages, member, own)


def test_a_login_that_took_too_long_begins_again(cast: Cast, pages: LoginPages) -> None:
    member = cast.ours.customer
    give_app(member, now=pages.now, ids=pages.ids)
    visitor = pages.visitor()
    at_second_step(visitor, pages, member, f"/d/{cast.ours.dealer.slug}/login")
    pages.now += timedelta(minutes=10)
    page = visitor.submit("/login/code", code=code_at(pages.now))
    assert page.location == f"/d/{cast.ours.dealer.slug}/login?done=late"
    assert "You took more than 10 minutes" in visitor.follow().text
    assert pages.visitor().get("/login/code").location == "/login?done=late"


def test_an_invitation_asks_for_the_code_too(cast: Cast, pages: LoginPages) -> None:
    member = cast.rival.customer
    give_app(member, now=pages.now, ids=pages.ids)
    offered = Membership(cast.ours.dealer.dealer_id, MembershipKind.CUSTOMER, "1200", role=Role.ADMIN)
    path, visitor = f"/i/{pages.invite(member.email, offered)}", pages.visitor()
    visitor.get(path)
    assert visitor.submit(path, password=PASSWORD).location == "/login/code"
    visitor.follow()
    visitor.submit("/login/code", code=code_at(pages.now))
    assert "account 1200" in visitor.get("/accounts").text.lower()
    assert pages.visitor().get(path).status == 404


def test_beside_another_factor_an_app_is_begun_with_a_code(cast: Cast, pages: LoginPages) -> None:
    member = cast.ours.customer
    visitor = pages.logged_in(member)
    recovery_code, *_ = give_app(member, now=pages.now, ids=pages.ids)
    give_email_codes(member, now=pages.now, ids=pages.ids)
    page = visitor.get(APP)
    assert "Send a code to" in page.text
    page = visitor.submit(APP, current_password=PASSWORD)
    assert (page.status, "Enter a code" in page.text) == (422, True)
    assert visitor.submit(APP, current_password=PASSWORD, code=recovery_code).location == APP
    assert "<svg" in visitor.follow().html


def test_an_app_that_is_set_up_is_not_set_up_again(cast: Cast, pages: LoginPages) -> None:
    visitor = pages.logged_in(cast.ours.customer)
    visitor.get(APP)
    give_app(cast.ours.customer, now=pages.now, ids=pages.ids)  # in another window
    assert visitor.submit(APP, current_password=PASSWORD).location == "/account/security"
    assert "An authenticator app is set up already" in visitor.follow().text
    assert visitor.get(APP).location == "/account/security"


@contextmanager
def before_call(operation: str, act: Callable[[], object], *, of: str) -> Iterator[None]:
    """Another window acts right before the first such call that names `of`."""
    waiting = [act]

    def look(params: dict[str, Any], **_: Any) -> None:
        if waiting and of in repr(params):
            waiting.pop()()

    with listening("dynamodb", f"provide-client-params.dynamodb.{operation}", look):
        yield
    assert not waiting


@pytest.mark.parametrize(
    ("path", "form", "call", "of"),
    [("/login/code", {"code": "000000"}, "UpdateItem", "LIMIT#"), ("/login/code/send", {}, "GetItem", "CODE#log_in")],
)
def test_a_login_that_another_window_finishes_meanwhile_begins_again(
    cast: Cast, pages: LoginPages, path: str, form: dict[str, str], call: str, of: str
) -> None:
    member = cast.ours.customer
    code, *_ = give_app(member, now=pages.now, ids=pages.ids)
    give_email_codes(member, now=pages.now, ids=pages.ids)
    visitor, other = pages.visitor(), pages.visitor()
    at_second_step(visitor, pages, member)
    other.cookies.update(visitor.cookies)
    other.get("/login/code?with=recovery")
    with before_call(call, lambda: other.submit("/login/code", code=code), of=of):
        page = visitor.submit(path, **form)
    if path.endswith("/send"):  # one was sent just now: back to the page, which finds that the login has ended
        page = visitor.get(page.location)
    assert cookies.SESSION in other.cookies
    assert page.location == "/login?done=late"


def test_it_is_turned_off_with_the_password_and_a_code(cast: Cast, pages: LoginPages) -> None:
    visitor = pages.logged_in(cast.ours.customer)
    _, code, *_ = set_up(visitor, pages)
    visitor.get("/account/security/app/off")
    page = visitor.submit("/account/security/app/off", current_password=PASSWORD, code="000000")
    assert (page.status, "recovery code" in page.text) == (422, True)
    page = visitor.submit("/account/security/app/off", current_password=PASSWORD, code=code)
    assert page.status == 303
    assert "The authenticator app is turned off." in visitor.follow().text
    visitor.submit("/logout")
    own = f"/d/{cast.ours.dealer.slug}/login"
    assert pages.log_in(visitor, cast.ours.customer.email, path=own).location == "/transactions"


def test_new_recovery_codes_are_shown_once(cast: Cast, pages: LoginPages) -> None:
    visitor = pages.logged_in(cast.ours.customer)
    _, *codes = set_up(visitor, pages)
    visitor.get("/account/security/recovery-codes")
    assert visitor.submit("/account/security/recovery-codes", current_password="not it").status == 422
    page = visitor.submit("/account/security/recovery-codes", current_password=PASSWORD, code=codes[0])
    assert page.location == f"{CODES}?next=/account/security"
    sent = visitor.cookies[cookies.RECOVERY_CODES]
    page = visitor.follow()
    assert len({*CODE.findall(page.text)} - {*codes}) == 10
    assert "Your new recovery codes are ready." in page.text
    assert page.links["I have saved them"] == "/account/security"
    assert cookies.RECOVERY_CODES not in visitor.cookies

    page = visitor.get(CODES)  # reloaded
    assert not CODE.search(page.text)
    assert "Your 10 codes were created" in page.text
    assert "For safety we show them once." in page.text
    assert "10 of 10 left. Not saved? Generate 10 new ones; the old ones then stop working." in page.text
    assert page.links["Generate new recovery codes"] == "/account/security/recovery-codes"
    assert "Today 10:00, 10 of 10 left." in visitor.get("/account/security/recovery-codes").text

    visitor.cookies[cookies.RECOVERY_CODES] = sent  # the page has not arrived: it is asked for again
    assert len(CODE.findall(visitor.get(CODES).text)) == 10
    other = pages.logged_in(cast.ours.other_customer)
    other.cookies[cookies.RECOVERY_CODES] = sent  # of somebody else
    page = other.get(CODES)
    assert (page.location, CODE.findall(page.text)) == ("/account/security", [])


def test_b25_staff_who_must_have_one_set_it_up_before_anything_else_opens(cast: Cast, pages: LoginPages) -> None:
    require(cast.ours, pages, staff_second_factor=None)
    visitor = pages.logged_in(cast.ours.user)
    for path in ("/staff/accounts", "/staff/to-do", "/staff/imports"):
        assert visitor.get(path).location == "/account/security?due=factor", path
    asked = visitor.get("/staff/accounts", htmx=True)
    assert (asked.status, asked.headers["hx-redirect"]) == (401, "/account/security?due=factor")
    assert "Set up an extra check when you log in to continue" in visitor.get("/account/security?due=factor").text
    set_up(visitor, pages)
    assert visitor.get("/staff/accounts").status == 200


def test_b25_customers_must_have_one_only_where_the_dealer_says_so(cast: Cast, pages: LoginPages) -> None:
    visitor = pages.logged_in(cast.ours.customer)
    assert visitor.get("/details").status == 200
    assert "No figures yet" in visitor.get("/accounts").text
    require(cast.ours, pages, customers_second_factor=True)
    assert visitor.get("/details").location == "/account/security?due=factor"
    assert "No figures yet" not in visitor.get("/accounts").text
    assert pages.logged_in(cast.rival.customer).get("/details").status == 200
    set_up(visitor, pages)
    assert visitor.get("/details").status == 200


def test_b25_a_change_to_a_dealer_that_requires_one_asks_for_it(cast: Cast, pages: LoginPages) -> None:
    require(cast.ours, pages, customers_second_factor=True)
    member = cast.rival.customer
    key = cast.ours.customer.membership
    visitor = pages.logged_in(member)
    path = f"/i/{pages.invite(member.email, key)}"
    visitor.get(path)
    visitor.submit(path, password=PASSWORD)
    page = visitor.get("/accounts")
    assert page.status == 200
    assert visitor.get("/details").location == "/account/security?due=factor"


def test_a_password_that_is_too_short_without_one_is_changed_first(cast: Cast, pages: LoginPages) -> None:
    visitor, short = pages.logged_in(cast.ours.customer), "plum9vat"
    _, code, *_ = set_up(visitor, pages)
    visitor.get("/account/password")
    assert visitor.submit("/account/password", current_password=PASSWORD, password=short).status == 303
    visitor.get("/account/security/app/off")
    assert visitor.submit("/account/security/app/off", current_password=short, code=code).status == 303
    visitor.get("/account/security")
    visitor.submit("/logout")
    pages.log_in(visitor, cast.ours.customer.email, short, f"/d/{cast.ours.dealer.slug}/login")
    assert visitor.get("/transactions").location == "/account/password?due=longer"
    assert "Choose a longer password to continue" in visitor.get("/account/password?due=longer").text
    visitor.submit("/account/password", current_password=short, password="quiet orchard ladder")
    assert visitor.get("/details").status == 200


def test_a_link_for_a_new_password_says_how_long_it_is_to_its_holder_alone(cast: Cast, pages: LoginPages) -> None:
    with_factor, without = cast.ours.customer, cast.rival.customer
    give_app(with_factor, now=pages.now, ids=pages.ids)
    asked = []
    for member in (with_factor, without):
        visitor = pages.visitor()
        visitor.get("/forgot")
        asked.append(visitor.submit("/forgot", email=member.email).text.replace(member.email, "the address"))
    assert asked[0] == asked[1]
    link = create_reset_link(
        SCOPE, email=with_factor.email, request_id=pages.ids.ulid(pages.now), now=pages.now, ids=pages.ids
    )
    assert link
    visitor, path = pages.visitor(), f"/reset/{link.link.secret}"
    assert "At least 8 characters" in visitor.get(path).text
    refused = visitor.submit(path, password="kh7!mzw")
    assert refused.status == 422
    assert "At least 8 characters" in refused.text
    assert "Enter 8 characters or more" in refused.text
    assert visitor.submit(path, password="kh7!mzwq").location == "/login?done=reset"
