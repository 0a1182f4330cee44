"""Codes by email as people meet them: turned on, asked for at login, sent again, turned off; who is offered none."""

import re
from datetime import timedelta

import pytest

from chalicelib.http import cookies
from chalicelib.identity import repo
from chalicelib.identity.model import FactorKind, Membership, MembershipKind
from chalicelib.identity.repo import writes
from chalicelib.kernel.roles import Role
from chalicelib.mail.texts import RecordingTextSender
from chalicelib.notifications.deps import MailDeps
from chalicelib.notifications.dispatch import send_due
from chalicelib.rendering.templates import render
from tests.fixtures.cast import PASSWORD, Cast, Member
from tests.identity.second_factors import SCOPE, code_at, give_app, give_email_codes, give_sms_codes
from tests.notifications.fakes import empty
from tests.web.auth.conftest import LoginPages, sent
from tests.web.auth.test_second_step import CODE, require
from tests.web.client import Page, Visitor

HOME = "/account/security"


@pytest.fixture(autouse=True)
def empty_outbox(pages: LoginPages) -> None:  # noqa: ARG001 - the world must stand
    empty(SCOPE)


def mailed_code(pages: LoginPages) -> str:
    """That of the newest mail with one."""
    send_due(SCOPE, deps=MailDeps(pages.mail, render, "https://portal.example", lambda: pages.now, pages.ids))
    newest = [mail for mail in pages.mail.sent if mail.about["kind"] == "security_code"][-1]
    (code,) = re.findall(r"^\d{6}$", newest.text, re.MULTILINE)
    return str(code)


def turn_on(visitor: Visitor, pages: LoginPages) -> Page:
    visitor.get(f"{HOME}/email")
    assert visitor.submit(f"{HOME}/email", current_password=PASSWORD).location == f"{HOME}/email"
    assert "We have sent it to" in visitor.follow().text
    return visitor.submit(f"{HOME}/email/confirm", code=mailed_code(pages))


def at_second_step(visitor: Visitor, pages: LoginPages, member: Member, path: str = "/login") -> Page:
    page = pages.log_in(visitor, member.email, path=path)
    assert (page.status, page.location.partition("?")[0]) == (303, "/login/code")
    assert cookies.SESSION not in visitor.cookies
    return visitor.follow()


def test_b25_codes_by_email_are_turned_on_and_asked_for_at_the_next_login(cast: Cast, pages: LoginPages) -> None:
    member = cast.ours.customer
    visitor = pages.logged_in(member)
    page = visitor.get(HOME)
    assert "Codes by email" in page.text
    assert turn_on(visitor, pages).status == 303
    done = visitor.follow()
    assert len(set(CODE.findall(done.text))) == 10
    page = visitor.get(HOME)
    masked = f"{member.email[0]}•••@{member.email.partition('@')[2]}"
    assert f"Sent to {masked} when you log in" in page.text

    other = pages.visitor()
    page = at_second_step(other, pages, member, "/login?next=/transactions%3Fstatus=all")
    assert f"we have sent a code to {masked}" in page.text
    assert member.email not in page.text
    wrong = other.submit("/login/code", code="000000")
    assert (wrong.status, cookies.SESSION in other.cookies) == (422, False)
    assert "Enter the newest that we sent" in wrong.text
    page = other.submit("/login/code", code=mailed_code(pages))
    assert page.location == "/transactions?status=all"
    assert cookies.PENDING_LOGIN not in other.cookies


def test_another_code_is_sent_from_the_page_that_waits(cast: Cast, pages: LoginPages) -> None:
    give_email_codes(cast.ours.customer, now=pages.now, ids=pages.ids)
    visitor = pages.visitor()
    at_second_step(visitor, pages, cast.ours.customer)
    first = mailed_code(pages)
    assert visitor.submit("/login/code/send").location == "/login/code?with=email"
    soon = visitor.follow()
    assert ("error-summary" in soon.html, "You can ask for another in 60 seconds." in soon.text) == (False, True)
    pages.now += timedelta(minutes=9)
    page = visitor.submit("/login/code/send")
    assert page.location == "/login/code?with=email"
    assert [line for line in page.cookies if line.startswith(cookies.PENDING_LOGIN)]  # kept for as long as the code
    visitor.follow()
    pages.now += timedelta(minutes=9)
    newest = mailed_code(pages)
    assert newest != first
    assert visitor.submit("/login/code", code=first).status == 422
    assert visitor.submit("/login/code", code=newest).status == 303
    assert cookies.SESSION in visitor.cookies


def test_who_is_sent_too_many_is_told_and_has_other_ways(cast: Cast, pages: LoginPages) -> None:
    give_email_codes(cast.ours.customer, now=pages.now, ids=pages.ids)
    for _ in range(10):
        at_second_step(pages.visitor(), pages, cast.ours.customer)
    visitor = pages.visitor()
    page = at_second_step(visitor, pages, cast.ours.customer)
    assert "we send a 6-digit code to" in page.text
    page = visitor.submit("/login/code/send")
    assert (page.status, "Try again in about" in page.text) == (429, True)
    assert "Use a recovery code" in page.links


def test_beside_an_app_a_code_by_email_is_another_way(cast: Cast, pages: LoginPages) -> None:
    member = cast.ours.customer
    give_app(member, now=pages.now, ids=pages.ids)
    give_email_codes(member, also=frozenset({FactorKind.APP}), now=pages.now, ids=pages.ids)
    visitor = pages.visitor()
    page = at_second_step(visitor, pages, member, "/login?next=/details")
    assert "Open your authenticator app" in page.text
    page = visitor.get(page.links["Get a code by email"])
    visitor.submit("/login/code/send")
    page = visitor.follow()
    assert "Use your authenticator app" in page.links
    assert visitor.submit("/login/code", code=mailed_code(pages)).location == "/details"


def test_what_is_no_code_is_no_try(cast: Cast, pages: LoginPages) -> None:
    give_email_codes(cast.ours.customer, now=pages.now, ids=pages.ids)
    visitor = pages.visitor()
    at_second_step(visitor, pages, cast.ours.customer)
    for typed in ("12345", "1234567", "my code", "12 34", "O12345", "12345.", "x" * 60):
        page = visitor.submit("/login/code", code=typed)
        assert (page.status, "Enter the 6 digits of the code that we sent." in page.text) == (422, True), typed
    assert visitor.submit("/login/code", code=mailed_code(pages)).status == 303


def test_after_five_wrong_codes_the_page_says_how_long_to_wait_and_sends_none(cast: Cast, pages: LoginPages) -> None:
    recovery, *_ = give_app(cast.ours.customer, now=pages.now, ids=pages.ids)
    give_email_codes(cast.ours.customer, now=pages.now, ids=pages.ids)
    visitor = pages.visitor()
    at_second_step(visitor, pages, cast.ours.customer)
    right = mailed_code(pages)
    pages.now += timedelta(minutes=1)
    for _ in range(5):
        assert visitor.submit("/login/code", code="000000").status == 422
    said = "Too many wrong codes. Wait 4 minutes, then request a new code."
    page = visitor.submit("/login/code", code=right)
    assert (page.status, said in page.text, page.headers["retry-after"]) == (429, True, "240")
    before = len(pages.mail.sent)
    page = visitor.submit("/login/code/send")
    assert (page.status, said in page.text) == (429, True)
    mailed_code(pages)
    assert len(pages.mail.sent) == before
    page = visitor.get(page.links["Use a recovery code"])
    assert visitor.submit("/login/code", code="not one").status == 422
    assert visitor.submit("/login/code", code=recovery).status == 303
    assert cookies.SESSION in visitor.cookies


def test_nobody_is_sent_a_code_who_has_not_turned_it_on(cast: Cast, pages: LoginPages) -> None:
    give_app(cast.ours.customer, now=pages.now, ids=pages.ids)
    visitor = pages.visitor()
    page = at_second_step(visitor, pages, cast.ours.customer)
    assert "Get a code by email" not in page.text
    token = page.form("/login/code").fields["csrf"]
    assert visitor.post("/login/code/send", {"with": "email", "csrf": token}).status == 404
    assert visitor.post("/login/code/send", {"with": "app", "csrf": token}).status == 404


def test_they_are_turned_off_with_a_code_that_the_page_sends(cast: Cast, pages: LoginPages) -> None:
    visitor = pages.logged_in(cast.ours.customer)
    turn_on(visitor, pages)
    visitor.get(f"{HOME}/email/off")
    page = visitor.submit(f"{HOME}/email/off", send_code="email")
    assert "We have just sent one to" in page.text
    page = visitor.submit(f"{HOME}/email/off", current_password=PASSWORD, code="000000")
    assert page.status == 422
    page = visitor.submit(f"{HOME}/email/off", current_password=PASSWORD, code=mailed_code(pages))
    assert page.location == HOME
    assert "Codes by email are turned off" in visitor.follow().text
    visitor.submit("/logout")
    own = f"/d/{cast.ours.dealer.slug}/login"
    assert pages.log_in(visitor, cast.ours.customer.email, path=own).location == "/transactions"


def test_b25_who_must_have_a_second_factor_may_have_codes_by_email(cast: Cast, pages: LoginPages) -> None:
    require(cast.ours, pages, customers_second_factor=True)
    visitor = pages.logged_in(cast.ours.customer)
    assert visitor.get("/transactions").location == "/account/security?due=factor"
    page = visitor.follow()
    assert "Codes by email" in page.text
    turn_on(visitor, pages)
    assert visitor.get("/transactions").status == 200


@pytest.mark.parametrize(("kind", "name"), [("email", "Codes by email"), ("sms", "Codes by text message")])
def test_staff_are_not_offered_them(cast: Cast, pages: LoginPages, kind: str, name: str) -> None:
    require(cast.ours, pages, sms_codes=True)
    assert name in pages.logged_in(cast.ours.customer).get(HOME).text
    visitor = pages.logged_in(cast.ours.user)
    assert name not in visitor.get(HOME).text
    assert visitor.get(f"{HOME}/{kind}").location == HOME


@pytest.mark.parametrize("kind", [FactorKind.EMAIL, FactorKind.SMS])
def test_for_staff_they_are_not_enough(
    cast: Cast, pages: LoginPages, texts: RecordingTextSender, kind: FactorKind
) -> None:
    """A customer who has joined a dealership since: they get in, and set an app up before anything of it opens."""
    require(cast.ours, pages, staff_second_factor=None)
    member = cast.rival.customer
    if kind is FactorKind.EMAIL:
        give_email_codes(member, now=pages.now, ids=pages.ids)
    else:
        give_sms_codes(member, "+447400123458", now=pages.now, ids=pages.ids)

    def code() -> str:
        return mailed_code(pages) if kind is FactorKind.EMAIL else sent(texts)

    held = Membership(cast.ours.dealer.dealer_id, MembershipKind.STAFF, role=Role.USER, active=True)
    repo.commit(SCOPE, [writes.put_membership(member.person_id, held, pages.now)])
    visitor = pages.visitor()
    at_second_step(visitor, pages, member, f"/d/{cast.ours.dealer.slug}/login")
    visitor.submit("/login/code", code=code())
    assert visitor.get("/staff/accounts").location == "/account/security?due=factor"
    assert "a code that we send is not enough" in visitor.follow().text
    visitor.get(f"{HOME}/app")
    visitor.submit(f"{HOME}/app", send_code=kind.value)
    visitor.submit(f"{HOME}/app", current_password=PASSWORD, code=code())
    page = visitor.follow()
    found = re.search(r"<code[^>]*>([A-Z2-7 ]+)</code>", page.html)
    assert found
    visitor.submit(f"{HOME}/app/confirm", code=code_at(pages.now, found[1].replace(" ", "")))
    assert visitor.get("/staff/accounts").status == 200
