"""The pages of passkeys, with an authenticator in software: B26."""

import json
from datetime import timedelta
from html import unescape
from typing import Any

import pytest

from chalicelib.http import cookies
from chalicelib.identity import recovery, repo
from chalicelib.identity.passkeys import queries as passkeys
from chalicelib.identity.passkeys.model import Passkey
from chalicelib.identity.repo import writes
from chalicelib.kernel.scopes import IdentityScope
from tests.fixtures.authenticator import Authenticator
from tests.fixtures.cast import PASSWORD, Cast, Member
from tests.identity.second_factors import give_app
from tests.web.auth.conftest import LoginPages
from tests.web.auth.test_second_step import CODE, CODES, at_second_step, require
from tests.web.client import OWN_PAGE, Page, Visitor

SCOPE = IdentityScope()
NEW_PASSWORD = "saddle-fern-eighteen-crates"


def begun(here: Visitor, *, name: str = "Office laptop", password: str = PASSWORD, code: str = "") -> Page:
    page = here.get("/account/passkeys")
    proof = {"code": code} if "code" in page.form("/account/passkeys").fields else {}
    return here.submit("/account/passkeys", name=name, current_password=password, **proof)


def options(page: Page) -> dict[str, Any]:
    """What the page gives its script."""
    found: dict[str, Any] = json.loads(unescape(page.html.partition("data-options='")[2].partition("'")[0]))
    return found


def added(here: Visitor, device: Authenticator, name: str = "Office laptop", code: str = "") -> Page:
    begun(here, name=name, code=code)
    assert here.page
    return here.submit("/account/passkeys/new", credential=device.create(options(here.page)))


def challenge(visitor: Visitor, path: str = "/login", **headers: str) -> Page:
    visitor.get(path)
    assert visitor.page
    token = visitor.page.form("/login" if path == "/login" else path).fields["csrf"]
    sent = {**OWN_PAGE, "content-type": "application/json", "accept": "application/json", "x-csrf-token": token}
    return visitor.call("POST", "/login/passkey/challenge", body="{}", headers={**sent, **headers})


def log_in(visitor: Visitor, device: Authenticator, path: str = "/login", **fields: str) -> Page:
    asked = json.loads(challenge(visitor, path).body)
    visitor.get(path)
    return visitor.submit(f"{path}/passkey", credential=device.get(asked), **fields)


def of(member: Member) -> list[Passkey]:
    return passkeys.passkeys(SCOPE, member.person_id)


@pytest.fixture
def device(pages: LoginPages) -> Authenticator:
    return Authenticator(credential_id=pages.ids.random_bytes(24))


def test_a_passkey_is_added_listed_renamed_and_removed(cast: Cast, pages: LoginPages, device: Authenticator) -> None:
    here = pages.logged_in(cast.ours.customer)
    assert added(here, device).location == f"{CODES}?next=/account/security"
    page = here.follow()
    assert "The passkey “Office laptop” has been added" in page.text
    code, *others = {*CODE.findall(page.text)}
    assert len(others) == 9
    (made,) = of(cast.ours.customer)
    here.get(f"/account/passkeys/{made.passkey_id}")
    assert here.submit(f"/account/passkeys/{made.passkey_id}", name="").status == 422
    assert "Enter a name of 1 to 60 characters" in here.page.text  # type: ignore[union-attr]
    assert here.submit(f"/account/passkeys/{made.passkey_id}", name="Yard tablet").status == 303
    assert "Yard tablet" in here.follow().text
    here.get(f"/account/passkeys/{made.passkey_id}")
    page = here.submit(f"/account/passkeys/{made.passkey_id}/remove", current_password="not it")
    assert page.status == 422
    assert "Your current password is incorrect" in page.text
    page = here.submit(f"/account/passkeys/{made.passkey_id}/remove", current_password=PASSWORD, code="000000")
    assert page.status == 422
    assert "Enter the newest code, or a recovery code." in page.text
    page = here.submit(f"/account/passkeys/{made.passkey_id}/remove", current_password=PASSWORD, code=code)
    assert page.status == 303
    assert "The passkey “Yard tablet” has been removed, and other browsers are logged out" in here.follow().text
    assert of(cast.ours.customer) == []
    assert here.get(f"/account/passkeys/{made.passkey_id}").status == 404


def test_what_is_wrong_is_said_at_its_field_and_the_name_is_kept(cast: Cast, pages: LoginPages) -> None:
    here = pages.logged_in(cast.ours.customer)
    page = begun(here, name="My laptop", password="not it")
    assert page.status == 422
    assert "Your current password is incorrect" in page.text
    assert page.form("/account/passkeys").fields["name"] == "My laptop"
    page = begun(here, name=" ", password="")
    assert page.status == 422
    assert "Enter your current password" in page.text
    assert "Enter a name of 1 to 60 characters" in page.text


def test_what_the_browser_did_not_make_is_not_added(cast: Cast, pages: LoginPages, device: Authenticator) -> None:
    here = pages.logged_in(cast.ours.customer)
    page = begun(here)
    device.origin = "https://evil.example"
    for answer in ("", "{}", device.create(options(page))):
        begun(here)
        page = here.submit("/account/passkeys/new", credential=answer)
        assert page.status == 422
        assert "The passkey was not added" in page.text
    assert of(cast.ours.customer) == []


def test_a_passkey_logs_in_alone_and_leads_on(cast: Cast, pages: LoginPages, device: Authenticator) -> None:
    added(pages.logged_in(cast.ours.admin), device)
    visitor = pages.visitor()
    page = log_in(visitor, device, next="/staff/imports")
    assert (page.status, page.location) == (303, "/staff/imports")
    assert any(line.startswith("__Host-session=") for line in page.cookies)
    assert any(line.startswith("__Host-device=") for line in page.cookies)
    assert visitor.get("/account/sessions").status == 200
    at_dealer = pages.visitor()
    page = log_in(at_dealer, device, f"/d/{cast.ours.dealer.slug}/login")
    assert (page.status, page.location) == (303, "/staff/accounts")


def take_factors(member: Member, pages: LoginPages) -> None:
    """Their passkeys are no second factor, as those that were added before passkeys could be."""
    person = repo.person(SCOPE, member.person_id)
    assert person
    repo.commit(SCOPE, [writes.set_factors(person, (), version=pages.ids.ulid(pages.now))])


def test_after_a_reset_by_mail_the_page_and_the_login_say_what_a_passkey_does(
    cast: Cast, pages: LoginPages, device: Authenticator
) -> None:
    person = cast.ours.customer
    here = pages.logged_in(person)
    added(here, device)
    code, *_ = CODE.findall(here.follow().text)
    pages.now += timedelta(hours=1)
    made = recovery.create_reset_link(
        SCOPE, email=person.email, request_id=pages.ids.ulid(pages.now), now=pages.now, ids=pages.ids
    )
    assert made
    visitor = pages.visitor()
    visitor.get(f"/reset/{made.link.secret}")
    assert visitor.submit(f"/reset/{made.link.secret}", password=NEW_PASSWORD).location == "/login?done=reset"
    page = log_in(pages.visitor(), device)
    assert page.status == 401
    assert "Log in with your new password once, and then with the passkey" in page.text
    pages.now += timedelta(minutes=1)
    assert pages.log_in(visitor, person.email, NEW_PASSWORD).location == "/login/code"
    visitor.get(visitor.follow().links["Use a recovery code"])
    visitor.submit("/login/code", code=code)
    assert (
        "It does not log you in on its own until you have used it once with the new password."
        in visitor.get("/account/passkeys").text
    )
    take_factors(person, pages)
    visitor = pages.visitor()
    pages.log_in(visitor, person.email, NEW_PASSWORD)
    assert "Remove it and add it again." in visitor.get("/account/passkeys").text
    assert "add it again" in log_in(pages.visitor(), device).text


def test_a_passkey_leads_nowhere_outside_the_portal(cast: Cast, pages: LoginPages, device: Authenticator) -> None:
    added(pages.logged_in(cast.ours.admin), device)
    assert log_in(pages.visitor(), device, next="//evil.example").location == "/staff/accounts"


def test_a_passkey_that_does_not_fit_is_refused_in_plain_words(
    cast: Cast, pages: LoginPages, device: Authenticator
) -> None:
    added(pages.logged_in(cast.ours.admin), device)
    stranger = Authenticator(credential_id=pages.ids.random_bytes(24), user_handle=device.user_handle)
    known, unknown = (
        log_in(pages.visitor(), Authenticator(credential_id=device.credential_id)),
        log_in(pages.visitor(), stranger),
    )
    assert known.status == unknown.status == 401
    for page in (known, unknown):
        assert "That passkey does not work here" in page.text
        assert "__Host-session" not in str(page.cookies)
    assert known.text == unknown.text


def test_the_answer_to_anothers_challenge_logs_nobody_in(cast: Cast, pages: LoginPages, device: Authenticator) -> None:
    """Nobody is logged in as somebody else, either: an answer made in one browser is worth nothing in another."""
    added(pages.logged_in(cast.ours.admin), device)
    attacker, victim = pages.visitor(), pages.visitor()
    asked = json.loads(challenge(attacker).body)
    victim.get("/login")
    assert victim.submit("/login/passkey", credential=device.get(asked)).status == 401


def test_a_challenge_needs_the_token_of_the_page_and_a_call_from_here(pages: LoginPages) -> None:
    assert challenge(pages.visitor()).status == 200
    for wrong in ({"x-csrf-token": ""}, {"x-csrf-token": "A" * 43}, {"sec-fetch-site": "cross-site"}):
        page = challenge(pages.visitor(), **wrong)
        assert page.status == 403
        assert "challenge" not in json.loads(page.body)


def test_after_login_the_token_of_the_page_before_is_worth_nothing(
    cast: Cast, pages: LoginPages, device: Authenticator
) -> None:
    added(pages.logged_in(cast.ours.admin), device)
    visitor = pages.visitor()
    answer = device.get(json.loads(challenge(visitor).body))
    visitor.get("/login")
    assert visitor.page
    token = visitor.page.form("/login").fields["csrf"]
    assert visitor.submit("/login/passkey", credential=answer).status == 303
    assert visitor.post("/login/passkey", {"credential": answer, "csrf": token}).status == 403


def signed_at_second_step(visitor: Visitor, device: Authenticator, **fields: str) -> Page:
    assert visitor.page
    token = visitor.page.form("/login/code/passkey").fields["csrf"]
    sent = {**OWN_PAGE, "content-type": "application/json", "accept": "application/json", "x-csrf-token": token}
    asked = visitor.call("POST", "/login/code/passkey/challenge", body="{}", headers=sent)
    assert asked.status == 200
    visitor.get("/login/code")
    return visitor.submit("/login/code/passkey", credential=device.get(json.loads(asked.body)), **fields)


def test_b26_a_passkey_is_the_second_step_after_the_password(
    cast: Cast, pages: LoginPages, device: Authenticator
) -> None:
    member = cast.ours.customer
    here = pages.logged_in(member)
    added(here, device)
    code = CODE.findall(here.follow().text)[0]
    assert "1 passkey" in here.get("/account/security").text
    visitor = pages.visitor()
    page = at_second_step(visitor, pages, member)
    assert "6-digit code" not in page.text
    assert "Use a recovery code" in page.links
    page = signed_at_second_step(visitor, device, next="/details")
    assert (page.status, page.location) == (303, "/details")
    assert cookies.PENDING_LOGIN not in visitor.cookies
    assert visitor.get("/account/security").status == 200
    other = pages.visitor()
    other.get(at_second_step(other, pages, member).links["Use a recovery code"])
    assert "Use your passkey" in other.page.links  # type: ignore[union-attr]
    assert other.submit("/login/code", code=code).status == 303


def test_a_passkey_that_does_not_fit_the_second_step_is_refused_there(
    cast: Cast, pages: LoginPages, device: Authenticator
) -> None:
    member = cast.ours.customer
    added(pages.logged_in(member), device)
    visitor = pages.visitor()
    at_second_step(visitor, pages, member)
    page = signed_at_second_step(visitor, Authenticator(credential_id=device.credential_id))
    assert page.status == 422
    assert "That passkey does not work here" in page.text
    assert cookies.SESSION not in visitor.cookies
    token = page.form("/login/code/passkey").fields["csrf"]
    pages.now += timedelta(minutes=10)
    assert visitor.submit("/login/code/passkey", credential="{}").location == "/login?done=late"
    sent = {**OWN_PAGE, "content-type": "application/json", "accept": "application/json", "x-csrf-token": token}
    late = visitor.call("POST", "/login/code/passkey/challenge", body="{}", headers=sent)
    assert late.status == 409
    assert "Log in again" in json.loads(late.body)["message"]


def test_with_an_app_and_a_passkey_either_is_offered(cast: Cast, pages: LoginPages, device: Authenticator) -> None:
    member = cast.ours.customer
    here = pages.logged_in(member)
    code, *_ = give_app(member, now=pages.now, ids=pages.ids)
    assert begun(here).status == 422
    assert added(here, device, code=code).location == "/account/passkeys"
    visitor = pages.visitor()
    page = at_second_step(visitor, pages, member)
    assert "6-digit code" in page.text
    assert signed_at_second_step(visitor, device, remember_browser="yes").status == 303
    assert any(line.startswith(cookies.TRUSTED) for line in visitor.page.cookies)  # type: ignore[union-attr]


def test_b26_who_must_have_a_second_factor_sets_a_passkey_up_and_goes_on(
    cast: Cast, pages: LoginPages, device: Authenticator
) -> None:
    require(cast.ours, pages, staff_second_factor=None)
    here = pages.logged_in(cast.ours.user)
    assert here.get("/staff/accounts").location == "/account/security?due=factor"
    assert "Set up Passkeys" in here.get("/account/security?due=factor").links
    assert added(here, device).location == CODES
    assert here.get("/staff/accounts").status == 200
    alone = pages.visitor()
    log_in(alone, device)
    assert alone.get("/staff/accounts").status == 200


def test_a_passkey_of_before_shows_recovery_codes_at_its_next_login(
    cast: Cast, pages: LoginPages, device: Authenticator
) -> None:
    member = cast.ours.customer
    added(pages.logged_in(member), device)
    take_factors(member, pages)
    visitor = pages.visitor()
    assert log_in(visitor, device, next="/details").location == f"{CODES}?next=/details"
    page = visitor.follow()
    assert page.links["I have saved them"] == "/details"
    assert len({*CODE.findall(page.text)}) == 10
    assert "Your passkeys are a second factor now." in page.text
    assert visitor.get("/account/security").status == 200
    at_second_step(pages.visitor(), pages, member)
