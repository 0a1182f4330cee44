"""Every page before login bears the dealer's name and phone, once this browser or a mailed link has named it."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest

from chalicelib import services
from chalicelib.dealers.operations import change_settings, settings_fingerprint
from chalicelib.identity.model import Membership, MembershipKind
from chalicelib.identity.sessions import IDLE
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.roles import Role
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.mail.sender import Mail
from chalicelib.notifications.dispatch import send_due
from tests.fixtures.cast import PASSWORD, Cast
from tests.web.auth.conftest import LoginPages
from tests.web.client import Page, Visitor

NEW_PASSWORD = "quiet orchard ladder"


def bears(page: Page, cast: Cast) -> bool:
    """Name, phone and colours of our dealer, and nothing of the product's own."""
    dealer = cast.ours.dealer
    return (
        f"/d/{dealer.slug}/brand.css" in page.html
        and dealer.name in page.text
        and dealer.phone in page.text
        and "Customer Connect" not in page.text
    )


def reset_mail(pages: LoginPages) -> Mail:
    """The newest; mails of other kinds may wait in the same outbox."""
    send_due(IdentityScope(), deps=services.current().mail_deps)
    return next(mail for mail in reversed(pages.mail.sent) if "/reset/" in mail.text)


def reset_link(pages: LoginPages) -> str:
    address = urlsplit(next(line for line in reset_mail(pages).text.splitlines() if "/reset/" in line))
    return f"{address.path}?{address.query}"


def test_forgot_password_stays_the_dealers_from_the_log_in_page_to_the_next_log_in(
    cast: Cast, pages: LoginPages
) -> None:
    visitor, dealer = pages.visitor(), cast.ours.dealer
    log_in = visitor.get(f"/d/{dealer.slug}/login")
    assert bears(log_in, cast)
    assert bears(visitor.get(log_in.links["Forgot Password"]), cast)
    sent = visitor.submit(f"/d/{dealer.slug}/forgot", email=cast.ours.customer.email)
    assert bears(sent, cast)
    assert sent.links["Back to login"] == f"/d/{dealer.slug}/login"
    link = reset_link(pages)
    phone = pages.visitor()  # the mail is read on another device
    assert bears(phone.get(link), cast)
    assert bears(phone.submit(link.partition("?")[0], password="short"), cast)
    phone.get(link)
    done = phone.submit(link.partition("?")[0], password=NEW_PASSWORD)
    assert done.location == f"/d/{dealer.slug}/login?done=reset"
    assert bears(phone.follow(), cast)
    assert phone.page is not None
    assert phone.page.form(f"/d/{dealer.slug}/login").fields["email"] == cast.ours.customer.email
    again = pages.visitor().get(link)
    assert again.status == 404
    assert bears(again, cast)
    assert again.links["Ask for a new link"] == f"/d/{dealer.slug}/forgot"


def test_the_mail_of_a_reset_is_the_dealers_where_it_was_asked_for(cast: Cast, pages: LoginPages) -> None:
    for slug, name in ((cast.ours.dealer.slug, cast.ours.dealer.name), (cast.rival.dealer.slug, cast.ours.dealer.name)):
        visitor = pages.visitor()
        visitor.get(f"/d/{slug}/forgot")
        visitor.submit(f"/d/{slug}/forgot", email=cast.ours.customer.email)
        assert reset_link(pages).endswith(f"?at={cast.ours.dealer.slug}")  # the rival knows nobody of that name
        assert reset_mail(pages).subject == f"Set a new password for {name}"
        pages.now += timedelta(seconds=1)


def test_a_session_that_ended_a_limit_and_a_dead_link_show_the_dealer(cast: Cast, pages: LoginPages) -> None:
    visitor = pages.logged_in(cast.ours.customer)
    visitor.get("/transactions")
    pages.now += timedelta(minutes=31)
    ended = visitor.get("/transactions?type=invoice")
    assert ended.location == "/login?done=ended&next=/transactions%3Ftype%3Dinvoice"
    page = visitor.follow()
    assert bears(page, cast)
    assert f"You were logged out: {IDLE // timedelta(minutes=1)} minutes went by" in page.text
    assert bears(visitor.get("/i/nothing"), cast)
    slug = cast.ours.dealer.slug
    for _ in range(11):
        visitor.get(f"/d/{slug}/login")
        page = visitor.submit(f"/d/{slug}/login", email="nobody@x.example", password="x")
    assert page.status == 429
    assert bears(page, cast)


@pytest.mark.parametrize("cookie", ["no-such-dealer", "../x", "A", "", "x" * 300])
def test_a_cookie_of_no_dealer_shows_the_product(pages: LoginPages, cookie: str) -> None:
    visitor = pages.visitor()
    visitor.cookies["__Host-dealer"] = cookie
    page = visitor.get("/login")
    assert page.status == 200
    assert "Customer Connect" in page.text


def test_the_cookie_gives_a_look_and_nothing_else(cast: Cast, pages: LoginPages) -> None:
    visitor = pages.logged_in(cast.ours.customer)
    visitor.cookies["__Host-dealer"] = cast.rival.dealer.slug
    page = visitor.get("/transactions")
    assert cast.rival.dealer.name not in page.text
    assert visitor.cookies["__Host-dealer"] == cast.ours.dealer.slug
    stranger = pages.visitor()
    stranger.cookies["__Host-dealer"] = cast.ours.dealer.slug
    assert stranger.get("/transactions").location.startswith("/login")


def test_an_invitation_that_ended_shows_whose_it_was(cast: Cast, pages: LoginPages) -> None:
    offered = Membership(cast.ours.dealer.dealer_id, MembershipKind.CUSTOMER, "1300", "Postgate Farm", role=Role.ADMIN)
    secret = pages.invite("new@postgate.example", offered)
    visitor = pages.visitor()
    visitor.get(f"/i/{secret}")
    done = visitor.submit(f"/i/{secret}", password=NEW_PASSWORD)
    assert done.location == f"/d/{cast.ours.dealer.slug}/login?done=completed"
    page = visitor.follow()
    assert page.form(f"/d/{cast.ours.dealer.slug}/login").fields["email"] == "new@postgate.example"
    ended = pages.visitor().get(f"/i/{secret}?at={cast.ours.dealer.slug}")
    assert ended.status == 404
    assert bears(ended, cast)
    assert ended.links["Log in"] == f"/d/{cast.ours.dealer.slug}/login"


def test_after_the_dealers_own_idle_time_the_page_says_its_minutes(
    cast: Cast, pages: LoginPages, now: datetime, ids: Ids
) -> None:
    names = {"idle_minutes": 12}
    seen = settings_fingerprint(cast.ours.dealer, names)
    change_settings(cast.ours.admin.staff_scope, names, seen=seen, now=now, ids=ids)
    visitor = pages.logged_in(cast.ours.customer)
    for minutes in (11, 11):
        pages.now += timedelta(minutes=minutes)
        assert visitor.get("/transactions").status == 200
    pages.now += timedelta(minutes=12)
    visitor.get("/transactions")
    assert "You were logged out: 12 minutes went by" in visitor.follow().text
    page = visitor.get("/login?done=file")
    assert "12 minutes went by, or your password or access changed. Nothing was downloaded." in page.text


def test_a_search_is_kept_over_an_ended_session(cast: Cast, pages: LoginPages) -> None:
    visitor = pages.logged_in(cast.ours.customer)
    visitor.get("/transactions")
    pages.now += timedelta(minutes=31)
    typed = visitor.get(
        "/transactions?q=oil", headers={"hx-current-url": "http://localhost:8000/transactions"}, htmx=True
    )
    assert typed.headers["hx-redirect"] == "/login?done=ended&next=/transactions%3Fq%3Doil"
    fetched = visitor.get("/transactions?q=oil", headers={"sec-fetch-mode": "cors"})
    assert not fetched.cookies  # a script's calls leave it to the next page to say that there was a session
    page = visitor.get(typed.headers["hx-redirect"])
    assert "You were logged out: 30 minutes went by" in page.text
    action = f"/d/{cast.ours.dealer.slug}/login"
    back = visitor.submit(action, email=cast.ours.customer.email, password=PASSWORD)
    assert back.location == "/transactions?q=oil"


def test_a_download_that_met_an_ended_session_leads_back_to_its_page(cast: Cast, pages: LoginPages) -> None:
    visitor = pages.logged_in(cast.ours.customer)
    visitor.get("/transactions")
    pages.now += timedelta(minutes=31)
    ended = visitor.get("/transactions.csv?q=oil&row=invoice:MQ")
    assert ended.location == "/login?done=file&next=/transactions%3Fq%3Doil"
    assert "Nothing was downloaded. Log in and download it again." in visitor.follow().text
    action = f"/d/{cast.ours.dealer.slug}/login"
    fields = {"email": cast.ours.customer.email, "password": PASSWORD}
    assert visitor.submit(action, **fields, next="/transactions.csv?q=oil").location == "/transactions?q=oil"


def test_whoever_follows_a_link_is_told_that_it_takes_a_log_in(pages: LoginPages) -> None:
    visitor = pages.visitor()
    visitor.get("/transactions?q=oil")
    assert "Log in to continue to the page that you asked for." in visitor.follow().text
    for elsewhere in ("//evil.example", "https://evil.example/"):
        page = visitor.get(f"/login?next={elsewhere}")
        assert "evil" not in page.html
        assert "Log in to continue" not in page.text


def expired(pages: LoginPages, visitor: Visitor) -> None:
    pages.now += timedelta(minutes=31)
    assert visitor.page is not None


def test_a_form_that_met_an_ended_session_says_so_and_leads_back(cast: Cast, pages: LoginPages) -> None:
    visitor = pages.logged_in(cast.ours.admin)
    visitor.get("/account/password")
    expired(pages, visitor)
    page = visitor.post(
        "/account/password",
        {**visitor.page.form("/account/password").fields, "password": NEW_PASSWORD},  # type: ignore[union-attr]
        headers={"referer": "http://localhost:8000/account/password"},
    )
    assert page.location == "/login?done=unsent&next=/account/password"
    page = visitor.follow()
    assert "You were logged out, so nothing was sent" in page.text
    action = f"/d/{cast.ours.dealer.slug}/login"
    assert visitor.submit(action, email=cast.ours.admin.email, password=PASSWORD).location == "/account/password"


def test_logging_out_of_an_ended_session_is_logging_out(cast: Cast, pages: LoginPages) -> None:
    visitor = pages.logged_in(cast.ours.customer)
    visitor.get("/transactions")
    expired(pages, visitor)
    assert visitor.submit("/logout").location == "/login?done=out"
    assert "You are logged out" in visitor.follow().text


def test_an_old_page_says_that_it_has_expired_and_leads_back_to_itself(cast: Cast, pages: LoginPages) -> None:
    visitor = pages.logged_in(cast.ours.customer)
    page = visitor.post(
        "/account/password",
        {"csrf": "of an older session"},
        headers={"referer": "http://localhost:8000/account/password"},
    )
    assert page.status == 403
    assert "This page has expired" in page.text
    assert page.links["Reload the page"] == "/account/password"


def test_a_refused_log_in_marks_both_fields_and_points_to_forgot_password(cast: Cast, pages: LoginPages) -> None:
    page = pages.log_in(pages.visitor(), cast.ours.customer.email, "not it")
    assert page.status == 401
    assert page.html.count('aria-invalid="true"') == 2
    assert page.text.count("The email address or the password is wrong") == 1
    assert "Check both and try again. Forgot Password" in page.text
