"""The login pages as a browser meets them: threats 4 to 8 and 18 at the pages."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import StringIO

import pytest

from chalicelib import services
from chalicelib.http import cookies
from chalicelib.identity import queries, recovery, repo
from chalicelib.identity.memberships import remove_membership
from chalicelib.identity.model import Membership, MembershipKind
from chalicelib.identity.repo import writes
from chalicelib.kernel.roles import Role
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.notifications.dispatch import send_due
from tests.fixtures.calls import counted_calls
from tests.fixtures.cast import PASSWORD, Cast
from tests.fixtures.logs import logged
from tests.identity.second_factors import give_app
from tests.profiles.made import PHOTO, has_profile
from tests.web.auth.conftest import LoginPages
from tests.web.client import Visitor
from tests.web.tricks import HOSTILE_HOSTS, NOT_OURS

SCOPE = IdentityScope()
NEW_PASSWORD = "quiet orchard ladder"


@pytest.fixture
def log() -> Iterator[StringIO]:
    """The lines of the log."""
    with logged() as stream:
        yield stream


@pytest.fixture
def offered(cast: Cast) -> Membership:
    return Membership(cast.ours.dealer.dealer_id, MembershipKind.CUSTOMER, "B/0003#x", "Postgate Farm", role=Role.ADMIN)


def test_staff_and_customers_come_straight_to_their_own_page(cast: Cast, pages: LoginPages) -> None:
    for member, home in ((cast.ours.admin, "/staff/accounts"), (cast.ours.customer, "/transactions")):
        page = pages.log_in(pages.visitor(), member.email)
        assert (page.status, page.location) == (303, home)


def test_the_session_cookie_is_bound_to_this_host_and_hidden_from_scripts(cast: Cast, pages: LoginPages) -> None:
    page = pages.log_in(pages.visitor(), cast.ours.admin.email)
    line = next(line for line in page.cookies if line.startswith("__Host-session="))
    assert {part.strip() for part in line.split(";")[1:]} == {"Path=/", "Secure", "HttpOnly", "SameSite=Lax"}


def test_a_browser_is_known_again_by_a_cookie_that_only_this_host_reads(cast: Cast, pages: LoginPages) -> None:
    visitor = pages.visitor()
    page = pages.log_in(visitor, cast.ours.admin.email)
    line = next(line for line in page.cookies if line.startswith("__Host-device="))
    assert {part.strip() for part in line.split(";")[1:]} == {
        "Path=/",
        "Secure",
        "HttpOnly",
        "SameSite=Lax",
        "Max-Age=15552000",
    }
    visitor.get("/accounts")
    visitor.submit("/logout")
    for _ in range(10):
        pages.log_in(pages.visitor(), cast.ours.admin.email, "not it")
    assert pages.log_in(pages.visitor(), cast.ours.admin.email).status == 429
    assert pages.log_in(visitor, cast.ours.admin.email).status == 303


def test_a_new_password_is_not_made_of_the_dealers_name(cast: Cast, pages: LoginPages) -> None:
    person = cast.ours.customer
    made = recovery.create_reset_link(
        SCOPE, email=person.email, request_id=pages.ids.ulid(pages.now), now=pages.now, ids=pages.ids
    )
    assert made
    visitor, path = pages.visitor(), f"/reset/{made.link.secret}"
    visitor.get(path)
    for word in (cast.ours.dealer.name, person.membership.account_name):
        page = visitor.submit(path, password=f"{word} 2026 {word}!")
        assert (page.status, "easy to guess" in page.text) == (422, True), word
    here = pages.logged_in(person)
    here.get("/account/password")
    typed = f"{person.membership.account_name} 2026!!!!"
    page = here.submit("/account/password", current_password=PASSWORD, password=typed)
    assert (page.status, "easy to guess" in page.text) == (422, True)


def test_a_dealers_log_in_page_bears_its_name_and_colours(cast: Cast, pages: LoginPages) -> None:
    dealer = cast.ours.dealer
    for path in (f"/d/{dealer.slug}/login", f"/d/{dealer.slug.upper()}/login"):
        page = pages.visitor().get(path)
        assert page.status == 200
        assert f"Call {dealer.name} on {dealer.phone} for an invitation." in page.text
        assert f"/d/{dealer.slug}/brand.css" in page.html
        assert cast.rival.dealer.name not in page.html
    assert pages.visitor().get("/d/no-such-dealer").status == 404
    page = pages.log_in(pages.visitor(), cast.ours.customer.email, path=f"/d/{dealer.slug}/login")
    assert page.location == "/transactions"


def test_wrong_and_unknown_get_the_same_bytes_after_the_same_calls(cast: Cast, pages: LoginPages) -> None:
    answers = []
    for email in (cast.ours.customer.email, f"x{cast.ours.customer.email[1:]}"):
        visitor = pages.visitor()
        visitor.get("/login")
        with counted_calls("dynamodb", "sqs") as calls:
            page = visitor.submit("/login", email=email, password="not it")
        answers.append((page.status, page.html_without_tokens.replace(email, ""), sorted(page.headers), list(calls)))
    assert answers[0] == answers[1]
    assert answers[0][0] == 401
    assert "The email address or the password is wrong" in answers[0][1]


def test_forgot_password_says_the_same_to_everybody(cast: Cast, pages: LoginPages) -> None:
    answers = []
    for email in (cast.ours.customer.email, f"x{cast.ours.customer.email[1:]}"):
        visitor = pages.visitor()
        visitor.get("/forgot")
        with counted_calls("dynamodb", "sqs") as calls:
            page = visitor.submit("/forgot", email=email)
        answers.append((page.status, page.html_without_tokens.replace(email, ""), sorted(page.headers), list(calls)))
    assert answers[0] == answers[1]
    assert answers[0][0] == 200
    assert answers[0][3] == ["UpdateItem"] * 6 + ["TransactWriteItems", "SendMessage"]


def test_the_limit_says_the_same_to_everybody(cast: Cast, pages: LoginPages) -> None:
    answers = []
    for email in (cast.ours.customer.email, f"x{cast.ours.customer.email[1:]}"):
        for _ in range(10):
            assert pages.log_in(pages.visitor(), email, "not it").status == 401
        visitor = pages.visitor()
        page = pages.log_in(visitor, email)
        answers.append((page.status, page.text, page.headers["retry-after"]))
    assert answers[0] == answers[1]
    assert answers[0][0] == 429
    pages.now += timedelta(minutes=5)
    assert pages.log_in(pages.visitor(), cast.ours.customer.email).status == 303


def test_whoever_is_turned_away_leaves_one_event_that_names_nobody(
    cast: Cast, pages: LoginPages, log: StringIO
) -> None:
    slug, emails = cast.ours.dealer.slug, (cast.ours.admin.email, cast.outsider_email)
    visitor = pages.visitor()
    for email in emails:
        pages.log_in(visitor, email, "wrong meadow lantern", f"/d/{slug}/login")
    visitor.get(f"/reset/{pages.ids.secret()}")
    visitor.cookies.pop("__Host-dealer")
    for _ in range(9):
        pages.log_in(visitor, cast.outsider_email, "wrong meadow lantern")
    lines = [line for line in map(json.loads, log.getvalue().splitlines()) if line["message"] == "auth.refused"]
    whys = [line["why"] for line in lines]
    assert whys == ["credentials", "credentials", "link", *["credentials"] * 8, "limit"]
    assert [line.get("dealer") for line in lines[:3]] == [cast.ours.dealer.dealer_id] * 2 + [None]
    assert lines[0]["route"] == "/d/{slug}/login"
    assert lines[1]["email_hash"] == lines[3]["email_hash"] == lines[-1]["email_hash"] != lines[0]["email_hash"]
    assert len({line["address_hash"] for line in lines}) == 1
    everything = json.dumps(lines)
    assert not [text for text in (*emails, "meadow", "2001:db8", slug) if text in everything]


def test_a_forged_forwarded_for_does_not_change_who_is_counted(cast: Cast, pages: LoginPages) -> None:
    visitor = pages.visitor()
    statuses = []
    for number in range(11):
        visitor.get("/login")
        form = visitor.page.form("/login") if visitor.page else None
        assert form
        fields = {**form.fields, "email": f"u{number}@{cast.ours.dealer.slug}.example", "password": "not it"}
        statuses.append(visitor.post("/login", fields, headers={"x-forwarded-for": f"198.51.100.{number}"}).status)
    assert statuses == [401] * 10 + [429]


def test_empty_fields_are_named(pages: LoginPages) -> None:
    visitor = pages.visitor()
    visitor.get("/login")
    page = visitor.submit("/login", email="", password="")
    assert page.status == 422
    assert "There are 2 problems" in page.text
    assert page.html.count('aria-invalid="true"') == 2
    visitor.get("/forgot")
    page = visitor.submit("/forgot", email="al.barlow")
    assert page.status == 422
    assert "Enter an email address in the form name@example.com" in page.text


def test_a_form_of_another_site_does_nothing(cast: Cast, pages: LoginPages) -> None:
    fields = {"email": cast.ours.admin.email, "password": PASSWORD}
    visitor = pages.visitor()
    visitor.get("/login")
    good = {**fields, "csrf": visitor.cookies["__Host-csrf"]}
    for sent, headers in (
        (fields, {}),
        ({**fields, "csrf": "x" * 43}, {}),
        (good, {"sec-fetch-site": "cross-site"}),
        (good, {"sec-fetch-site": "same-site"}),
        (good, {"sec-fetch-site": "", "origin": "https://evil.example"}),
    ):
        assert visitor.post("/login", sent, headers=headers).status == 403
    assert "__Host-session" not in visitor.cookies
    assert visitor.post("/login", good).status == 303


def test_the_token_of_one_session_is_no_good_in_another(cast: Cast, pages: LoginPages) -> None:
    mine, theirs = pages.logged_in(cast.ours.admin), pages.logged_in(cast.rival.admin)
    theirs.get("/account/password")
    assert theirs.page
    token = theirs.page.form("/account/password").fields["csrf"]
    fields = {"csrf": token, "current_password": PASSWORD, "password": NEW_PASSWORD}
    assert mine.post("/account/password", fields).status == 403
    assert mine.post("/logout", {"csrf": token}).status == 403
    assert mine.post("/logout").status == 403
    assert mine.get("/account/password").status == 200


@pytest.mark.parametrize("wanted", NOT_OURS)
def test_nobody_is_led_away_after_log_in(cast: Cast, pages: LoginPages, wanted: str) -> None:
    visitor = pages.visitor()
    visitor.get("/login")
    page = visitor.submit("/login", email=cast.ours.customer.email, password=PASSWORD, next=wanted)
    assert (page.status, page.location) == (303, "/transactions")


@pytest.mark.parametrize(
    ("wanted", "customer", "staff"),
    [
        ("/transactions?status=history", "/transactions?status=history", "/staff/accounts"),
        ("/staff/imports", "/transactions", "/staff/imports"),
        ("/staffroom", "/staffroom", "/staff/accounts"),
    ],
)
def test_people_get_where_they_wanted_if_it_is_for_them(
    cast: Cast, pages: LoginPages, wanted: str, customer: str, staff: str
) -> None:
    for member, path in ((cast.ours.customer, customer), (cast.ours.admin, staff)):
        visitor = pages.visitor()
        visitor.get("/login")
        page = visitor.submit("/login", email=member.email, password=PASSWORD, next=wanted)
        assert page.location == path


def test_log_out_ends_the_session_for_every_copy_of_its_cookie(cast: Cast, pages: LoginPages) -> None:
    visitor = pages.logged_in(cast.ours.customer)
    stolen = dict(visitor.cookies)
    visitor.get("/accounts")
    page = visitor.submit("/logout")
    assert page.location == f"/d/{cast.ours.dealer.slug}/login?done=out"
    assert "__Host-session" not in visitor.cookies
    assert "You are logged out." in visitor.follow().text
    thief = pages.visitor()
    thief.cookies.update(stolen)
    assert thief.get("/accounts").location.startswith("/login")


def test_a_planted_session_is_not_the_one_used(cast: Cast, pages: LoginPages) -> None:
    visitor = pages.visitor()
    visitor.cookies["__Host-session"] = "x" * 43
    pages.log_in(visitor, cast.ours.customer.email)
    assert visitor.cookies["__Host-session"] != "x" * 43


def test_complete_my_account(cast: Cast, pages: LoginPages, offered: Membership) -> None:
    email = f"new@{cast.ours.dealer.slug}.example"
    secret = pages.invite(email, offered)
    for _ in range(3):  # a mail scanner opens every link
        scanner = pages.visitor().get(f"/i/{secret}")
        assert scanner.status == 200
    assert "Moorbeck Machinery invited you to account B/0003#x, Postgate Farm." in scanner.text
    assert "The invitation expires on 19 Jun 2024." in scanner.text
    assert scanner.headers["referrer-policy"] == "no-referrer"
    assert scanner.headers["cache-control"] == "no-store"
    visitor, other_tab = pages.visitor(), pages.visitor()
    other_tab.get(f"/i/{secret}")
    page = visitor.get(f"/i/{secret}")
    assert email in page.html
    page = visitor.submit(f"/i/{secret}", password="Moorbeck Machinery!")
    assert (page.status, "easy to guess" in page.text) == (422, True)
    page = visitor.submit(f"/i/{secret}", password=NEW_PASSWORD)
    assert (page.status, page.location) == (303, f"/d/{cast.ours.dealer.slug}/login?done=completed")
    assert "Your password is saved. Log in to finish." in visitor.follow().text
    page = visitor.submit(f"/d/{cast.ours.dealer.slug}/login", email=email, password=NEW_PASSWORD)
    assert page.location == "/transactions"
    assert visitor.get(f"/i/{secret}").links["Go to My Transactions"] == "/transactions"
    for again in (other_tab.submit(f"/i/{secret}", password=NEW_PASSWORD), pages.visitor().get(f"/i/{secret}")):
        assert (again.status, "Your account is complete" in again.text) == (404, True)
        assert again.links["Log in"].endswith("/login")
        assert email not in again.html


def test_a_link_that_was_never_used_does_not_say_that_it_was(pages: LoginPages, offered: Membership) -> None:
    replaced = pages.invite("new@farm.example", offered)
    pages.now += timedelta(seconds=1)
    pages.invite("new@farm.example", offered)
    for secret in (replaced, pages.ids.secret()):
        page = pages.visitor().get(f"/i/{secret}")
        assert (page.status, "This link no longer works" in page.text) == (404, True)


def test_a_link_used_twice_at_once_counts_once(cast: Cast, pages: LoginPages, offered: Membership) -> None:
    secret = pages.invite(f"new@{cast.ours.dealer.slug}.example", offered)
    first, second = pages.visitor(), pages.visitor()
    for visitor in (first, second):
        visitor.get(f"/i/{secret}")
    assert first.submit(f"/i/{secret}", password=NEW_PASSWORD).status == 303
    assert second.submit(f"/i/{secret}", password="another orchard ladder").status == 404


def test_a_known_person_is_asked_to_log_in(cast: Cast, pages: LoginPages, offered: Membership) -> None:
    person = cast.rival.customer
    secret = pages.invite(person.email, offered)
    visitor = pages.visitor()
    page = visitor.get(f"/i/{secret}")
    assert "You already have a login. Use it to accept." in page.text
    assert 'autocomplete="new-password"' not in page.html
    assert visitor.submit(f"/i/{secret}", password=NEW_PASSWORD).status == 401
    page = visitor.submit(f"/i/{secret}", password=PASSWORD)
    assert (page.status, page.location) == (303, "/transactions")
    page = visitor.get("/accounts")
    assert "Account B/0003#x, current account" in page.text
    assert "Quernmore Trucks" in page.text


def test_forgot_password_to_new_password(cast: Cast, pages: LoginPages) -> None:
    person = cast.ours.customer
    elsewhere = pages.logged_in(person)
    made = recovery.create_reset_link(
        SCOPE,
        email=person.email,
        request_id=pages.ids.ulid(pages.now),
        now=pages.now,
        ids=pages.ids,
    )
    assert made
    path = f"/reset/{made.link.secret}"
    for _ in range(3):
        assert pages.visitor().get(path).status == 200
    visitor = pages.visitor()
    page = visitor.get(path)
    assert person.email in page.html
    assert "At least 15 characters" in page.text
    assert page.headers["referrer-policy"] == "no-referrer"
    assert visitor.submit(path, password="short").status == 422
    assert visitor.submit(path, password=NEW_PASSWORD).location == "/login?done=reset"
    assert "Your new password is saved" in visitor.follow().text
    assert elsewhere.get("/accounts").location.startswith("/login")
    again = pages.visitor()
    page = again.get(path)
    assert page.status == 404
    assert page.links["Ask for a new link"] == "/forgot"
    assert pages.log_in(pages.visitor(), person.email, NEW_PASSWORD).status == 303


@pytest.mark.parametrize("headers", HOSTILE_HOSTS)
def test_no_host_of_the_request_gets_into_a_mail_or_a_page(
    cast: Cast, pages: LoginPages, headers: dict[str, str]
) -> None:
    visitor = pages.visitor(**headers)
    forgot = f"/d/{cast.ours.dealer.slug}/forgot"
    for path in ("/login", f"/d/{cast.ours.dealer.slug}/login", "/forgot", forgot):
        assert b"evil.example" not in visitor.get(path).everything
    visitor.submit(forgot, email=cast.ours.customer.email)
    send_due(IdentityScope(), deps=services.current().mail_deps)
    assert cast.ours.customer.email in [mail.to for mail in pages.mail.sent]
    assert not any(b"evil.example" in raw for raw in pages.mail.raw)
    assert all("http://localhost:8000/reset/" in mail.text for mail in pages.mail.sent if "Set a new" in mail.subject)


def test_the_switcher_finds_and_changes_accounts(
    cast: Cast, pages: LoginPages, offered: Membership, now: datetime
) -> None:
    person = cast.rival.customer
    repo.commit(SCOPE, [writes.put_membership(person.person_id, offered, now)])
    visitor = pages.visitor()
    assert pages.log_in(visitor, person.email, path="/login?next=/transactions?status=history").location == (
        "/accounts?next=/transactions%3Fstatus%3Dhistory"
    )
    before = visitor.cookies["__Host-session"]
    page = visitor.get("/accounts")
    assert "Moorbeck Machinery" in page.text
    assert "Quernmore Trucks" in page.text
    page = visitor.get("/accounts?q=p%C3%B3stgate")
    assert "Quernmore Trucks" not in page.text
    assert "Nothing matches “knotter”" in visitor.get("/accounts?q=knotter").text
    token = visitor.get("/accounts").form("/logout").fields["csrf"]
    page = visitor.post("/accounts", {"csrf": token, "membership": offered.key})
    assert (page.status, page.location) == (303, "/transactions")
    assert visitor.cookies["__Host-session"] != before
    token = visitor.get("/accounts").form("/logout").fields["csrf"]
    assert visitor.post("/accounts", {"csrf": token, "membership": cast.ours.customer.membership.key}).status == 404


def test_somebody_without_any_account_is_told_so(cast: Cast, pages: LoginPages, now: datetime) -> None:
    person = cast.ours.user
    dealer_id = cast.ours.dealer.dealer_id
    remove_membership(
        SCOPE, person_id=person.person_id, dealer_id=dealer_id, kind=MembershipKind.STAFF, now=now, ids=pages.ids
    )
    visitor = pages.visitor()
    assert pages.log_in(visitor, person.email).location == "/accounts"
    assert "Ask your dealer for an invitation" in visitor.follow().text


def test_change_password_logs_the_other_browsers_out(cast: Cast, pages: LoginPages) -> None:
    here, there = pages.logged_in(cast.ours.admin), pages.logged_in(cast.ours.admin)
    here.get("/account/password")
    page = here.submit("/account/password", current_password="not it", password=NEW_PASSWORD)
    assert (page.status, "Your current password is incorrect" in page.text) == (422, True)
    page = here.submit("/account/password", current_password=PASSWORD, password=f"{cast.ours.dealer.name}!!")
    assert (page.status, "easy to guess" in page.text) == (422, True)
    assert here.submit("/account/password", current_password=PASSWORD, password=NEW_PASSWORD).status == 303
    done = here.follow()
    assert "Password changed Your new password is saved." in " ".join(
        done.text.replace("changedYour", "changed Your").split()
    )
    assert done.links["Go to Customer Accounts"] == "/staff/accounts"
    assert "password" not in {name for form in done.forms for name in form.fields}
    assert there.get("/account/password").location.startswith("/login")


@pytest.mark.parametrize(
    ("current", "new", "told"),
    [
        ("", "", ["Enter your current password", "Enter a new password"]),
        ("not it", "short", ["Your current password is incorrect", "Enter 15 characters or more"]),
        (PASSWORD, "short", ["Enter 15 characters or more"]),
        ("not it", NEW_PASSWORD, ["Your current password is incorrect"]),
    ],
)
def test_change_password_tells_all_problems_at_once(
    cast: Cast, pages: LoginPages, current: str, new: str, told: list[str]
) -> None:
    visitor = pages.logged_in(cast.ours.admin)
    visitor.get("/account/password")
    page = visitor.submit("/account/password", current_password=current, password=new)
    assert page.status == 422
    assert page.html.count('class="error"') == len(told)
    assert all(text in page.text for text in told)


def test_the_shortest_password_that_is_said_is_the_one_that_counts(
    cast: Cast, pages: LoginPages, now: datetime
) -> None:
    admin = cast.ours.admin
    visitor = pages.logged_in(admin)
    assert "At least 15 characters." in visitor.get("/account/password").text
    give_app(admin, now=now, ids=pages.ids)  # after the login: the session has shown the password alone
    assert "At least 8 characters." in visitor.get("/account/password").text
    page = visitor.submit("/account/password", current_password=PASSWORD, password="k7-vexq")
    assert "Enter 8 characters or more" in page.text
    assert visitor.submit("/account/password", current_password=PASSWORD, password="k7-vexqm").status == 303


def test_sessions_are_shown_and_ended(cast: Cast, pages: LoginPages) -> None:
    here = pages.logged_in(cast.ours.admin)
    there = pages.visitor(user_agent="Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) Version/17.0 Safari/604.1")
    pages.log_in(there, cast.ours.admin.email)
    page = here.get("/account/sessions")
    assert "Safari on iPhone Last seen: Today 10:00" in " ".join(page.text.replace("iPhoneLast", "iPhone Last").split())
    assert "This browser" in page.text
    assert here.submit("/account/sessions").status == 303
    assert "That browser is logged out" in here.follow().text
    assert there.get("/account/sessions").location.startswith("/login")
    assert here.get("/account/sessions").status == 200


def test_all_other_browsers_are_logged_out_at_once_and_nobody_elses(cast: Cast, pages: LoginPages) -> None:
    here, *others = (pages.logged_in(cast.ours.admin) for _ in range(3))
    stranger = pages.logged_in(cast.ours.user)
    page = here.get(here.get("/account/sessions").links["Log out all other browsers"])
    assert "Log out all other browsers?" in page.text
    assert here.submit("/account/sessions/others").location == "/account/sessions"
    page = here.follow()
    assert "Your other browsers are logged out" in page.text
    assert "Log out all other browsers" not in page.links
    for one in others:
        assert one.get("/account/sessions").location.startswith("/login")
    assert stranger.get("/account/sessions").status == 200


def test_pages_of_people_ask_for_a_log_in_first(pages: LoginPages) -> None:
    for path in ("/accounts", "/account/password", "/account/sessions"):
        assert pages.visitor().get(path).location == f"/login?next={path}"


def test_somebody_logged_in_needs_no_door(cast: Cast, pages: LoginPages) -> None:
    visitor = pages.logged_in(cast.ours.admin)
    assert visitor.get("/login").location == "/staff/accounts"
    assert visitor.get(f"/d/{cast.ours.dealer.slug}/login").location == "/staff/accounts"


def test_no_get_changes_anything(cast: Cast, pages: LoginPages, offered: Membership) -> None:
    secret = pages.invite(f"new@{cast.ours.dealer.slug}.example", offered)
    visitor = pages.logged_in(cast.ours.admin)
    paths = ["/login", "/forgot", f"/i/{secret}", "/accounts", "/account/password", "/account/sessions", "/logout"]
    with counted_calls("dynamodb", "sqs") as calls:
        for path in paths:
            visitor.get(path)
    assert set(calls) <= {"GetItem", "Query", "BatchGetItem"}
    queries.invitation(SCOPE, secret, pages.now)


def test_each_page_shows_the_csrf_token_in_other_bytes(pages: LoginPages) -> None:
    visitor = pages.visitor()
    shown = {visitor.get("/login").form("/login").fields["csrf"] for _ in range(3)}
    assert len(shown) == 3
    assert visitor.cookies[cookies.CSRF] not in shown


def choose(visitor: Visitor, membership: Membership) -> None:
    token = next(form.fields["csrf"] for form in visitor.get("/accounts").forms if "csrf" in form.fields)
    assert visitor.post("/accounts", {"csrf": token, "membership": membership.key}).location == "/staff/accounts"


def test_a_new_browser_shows_the_initials_and_the_photo_from_login_on(cast: Cast, pages: LoginPages) -> None:
    ours, rival = cast.ours.user, cast.rival.user
    has_profile(ours.staff_scope, now=pages.now, ids=pages.ids)
    repo.commit(SCOPE, [writes.put_membership(ours.person_id, rival.membership, pages.now)])
    visitor = pages.visitor()
    pages.log_in(visitor, ours.email)
    assert cookies.PROFILE not in visitor.cookies  # they choose for whom they act first
    choose(visitor, ours.membership)
    assert f"/profile/photo.jpg?v={PHOTO.version}" in visitor.get("/staff/accounts").html
    assert "." in visitor.cookies[cookies.PROFILE]
    choose(visitor, rival.membership)
    assert "/profile/photo.jpg" not in visitor.get("/staff/accounts").html  # of the other dealer nothing is known
    assert cookies.PROFILE not in visitor.cookies
    remove_membership(
        SCOPE,
        person_id=ours.person_id,
        dealer_id=cast.rival.dealer.dealer_id,
        kind=rival.membership.kind,
        now=pages.now,
        ids=pages.ids,
    )
    again = pages.visitor()
    with counted_calls("dynamodb") as calls:
        pages.log_in(again, ours.email)
    assert calls.count("BatchGetItem") == 1
    assert ".AR." in again.cookies[cookies.PROFILE]
    assert f"/profile/photo.jpg?v={PHOTO.version}" in again.get("/staff/accounts").html
