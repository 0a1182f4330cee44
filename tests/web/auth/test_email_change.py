"""Another email address to log in with: asked for on Profile, proved by a link, said to the old address, carried on."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib import services
from chalicelib.customers import queries as customers
from chalicelib.customers.enrolment import operations as enrolment
from chalicelib.customers.enrolment import queries as enrolments
from chalicelib.customers.enrolment import transitions
from chalicelib.customers.enrolment.model import AccountUser
from chalicelib.dealers.staff import queries as staff
from chalicelib.http import cookies
from chalicelib.identity import devices, email_changes, pending_email_change, queries, recovery
from chalicelib.identity.model import ClientInfo
from chalicelib.identity.rate_limits import Limit
from chalicelib.kernel.ids import Ids
from chalicelib.mail.sender import Mail
from chalicelib.notifications.dispatch import send_due
from chalicelib.web import profile
from tests.customers.accounts import account, publish
from tests.fixtures.cast import PASSWORD, Cast, Member
from tests.fixtures.staff import listed
from tests.identity.second_factors import code_at, give_app, give_email_codes
from tests.web.auth.conftest import SCOPE, LoginPages
from tests.web.client import Page, Visitor

HOME = "/profile"
NEW_PASSWORD = "quiet orchard ladder"
NAMES = {"title": "ms", "first_name": "Anna", "last_name": "Reed"}


@pytest.fixture(autouse=True)
def nothing_waits(pages: LoginPages) -> None:
    """What other tests have left in the outbox, which all of the table share."""
    mailed(pages)


@pytest.fixture
def new(ids: Ids) -> str:
    """An address that nobody has."""
    return f"anna.{ids.dealer_id()}@postgate.example"


def ask(visitor: Visitor, email: str, password: str = PASSWORD) -> Page:
    visitor.get(HOME)
    return visitor.submit(HOME, **NAMES, email=email, current_password=password)


def mailed(pages: LoginPages) -> list[Mail]:
    """What has been sent since, once all that waits is, but for what is said of a new browser."""
    before = len(pages.mail.sent)
    send_due(SCOPE, deps=services.current().mail_deps)
    return [mail for mail in pages.mail.sent[before:] if mail.about.get("kind") != "new_device"]


def link_in(mails: list[Mail]) -> str:
    found = [re.search(r"/email/[\w-]{43}", mail.text) for mail in mails]
    return next(match[0] for match in found if match)


def email_of(member: Member) -> str:
    return queries.email_of(SCOPE, member.person_id)


def test_the_link_makes_the_new_address_count_and_the_old_one_is_told(cast: Cast, pages: LoginPages, new: str) -> None:
    member = cast.ours.user
    listed(cast.ours, cast.ours.admin, member, now=pages.now)
    here, there = pages.logged_in(member), pages.logged_in(member)
    assert ask(here, new).location == HOME
    assert f"We have sent a link to {new}. Until you open it, you log in as before." in here.follow().text
    mails = mailed(pages)
    assert {(mail.to, mail.subject) for mail in mails} == {
        (new, "Confirm your new email address for Moorbeck Machinery"),
        (member.email, "Your email address for Moorbeck Machinery is to change"),
    }
    greeted = {mail.to for mail in mails if "Anna Reed" in mail.text}
    assert greeted == {member.email}  # what a stranger gets has nothing in it that somebody has typed
    assert new in next(mail.text for mail in mails if mail.to == member.email)
    assert email_of(member) == member.email
    path = link_in(mails)
    for _ in range(2):  # as a mail scanner does
        page = here.get(path)
        assert page.status == 200
        assert page.headers["referrer-policy"] == "no-referrer"
    assert "Current password" not in page.text
    assert here.submit(path).location == HOME
    page = here.follow()
    assert f"You log in with {new} from now on." in page.text
    assert page.form(HOME).fields["email"] == new
    assert there.get(HOME).location.startswith("/login")
    assert staff.emails(cast.ours.admin.staff_scope)[member.person_id] == new
    assert "Email address of a colleague changed" in here.get("/staff/activity").text
    told = mailed(pages)
    assert [(mail.to, mail.subject) for mail in told] == [
        (member.email, "Your email address for Moorbeck Machinery was changed")
    ]
    assert pages.log_in(pages.visitor(), member.email).status == 401
    assert pages.log_in(pages.visitor(), new).status == 303
    assert here.get(path).status == 404


def test_an_address_that_waits_shows_on_the_profile_and_is_sent_to_again_or_cancelled(
    cast: Cast, pages: LoginPages, new: str
) -> None:
    member = cast.ours.customer
    here = pages.logged_in(member)
    assert "waits to be confirmed" not in here.get(HOME).text
    ask(here, new)
    page = here.follow()
    assert f"{new} waits to be confirmed: open the link that we sent there." in page.text
    assert f"Until then you log in with {member.email}." in page.text
    first = link_in(mailed(pages))
    pages.now += timedelta(minutes=1)
    here.get(HOME)
    assert here.submit(f"{HOME}/email/resend").location == HOME
    assert f"We have sent a new link to {new}. The one of before no longer works." in here.follow().text
    second = link_in(mailed(pages))
    assert [here.get(one).status for one in (first, second)] == [404, 200]
    assert "Nothing has changed yet." in here.get(second).text
    here.get(HOME)
    stale = here.page
    here.submit(f"{HOME}/email/cancel")
    page = here.follow()
    assert f"Cancelled. You go on logging in with {member.email}." in page.text
    assert "waits to be confirmed" not in page.text
    assert here.get(second).status == 404
    for action in ("resend", "cancel"):
        here.page = stale
        here.submit(f"{HOME}/email/{action}")
        assert "No change of your email address is waiting any longer" in here.follow().text
    activity = here.get("/account/activity").text
    for what in ("Link to another email address sent again", "Change of the email address cancelled"):
        assert what in activity


def test_an_address_waits_no_longer_once_it_counts_or_the_day_is_over(cast: Cast, pages: LoginPages, new: str) -> None:
    here = pages.logged_in(cast.ours.user)
    listed(cast.ours, cast.ours.admin, cast.ours.user, now=pages.now)
    ask(here, new)
    path = link_in(mailed(pages))
    here.get(path)
    here.submit(path)
    assert "waits to be confirmed" not in here.follow().text
    other = pages.logged_in(cast.ours.other_customer)
    ask(other, f"other.{new}")
    assert "waits to be confirmed" in other.follow().text
    other.get(HOME)
    for _ in range(2):
        other.submit(f"{HOME}/email/resend")
        other.follow()
    assert other.submit(f"{HOME}/email/resend").location == HOME
    assert "Too many" in other.follow().text
    pages.now += timedelta(days=1)
    again = pages.visitor()
    pages.log_in(again, cast.ours.other_customer.email)
    assert "waits to be confirmed" not in again.get(HOME).text


def test_an_address_that_is_somebodys_waits_like_any_other(cast: Cast, pages: LoginPages) -> None:
    here = pages.logged_in(cast.ours.customer)
    ask(here, cast.ours.user.email)
    assert f"{cast.ours.user.email} waits to be confirmed" in here.follow().text


def test_the_notices_of_a_change_say_when_and_from_where(cast: Cast, pages: LoginPages, new: str) -> None:
    here = pages.logged_in(cast.ours.customer)
    ask(here, new)
    mails = mailed(pages)
    here.get(link_in(mails))
    here.submit(link_in(mails))
    mails += mailed(pages)
    told = [mail for mail in mails if mail.to == cast.ours.customer.email]
    assert len(told) == 2
    assert all(re.search(r"^When and where: 5 Jun 2024 10:00, [\d.:a-f]{3,}", mail.text, re.MULTILINE) for mail in told)
    assert not [mail for mail in mails if mail.to == new and "When" in mail.text]  # it may be a stranger's


def test_a_browser_is_known_by_the_new_address_alone(cast: Cast, pages: LoginPages, new: str) -> None:
    visitor = pages.logged_in(cast.ours.user)
    (before,) = cookies.devices(visitor.cookies[cookies.DEVICE])
    ask(visitor, new)
    path = link_in(mailed(pages))
    visitor.get(path)
    visitor.submit(path)
    (after,) = cookies.devices(visitor.cookies[cookies.DEVICE])
    assert devices.recognised(SCOPE, new, [after], now=pages.now) == after
    assert devices.recognised(SCOPE, cast.ours.user.email, [before, after], now=pages.now) is None


def test_without_a_session_the_password_is_asked_for(cast: Cast, pages: LoginPages, new: str) -> None:
    member = cast.ours.customer
    ask(pages.logged_in(member), new)
    path = link_in(mailed(pages))
    for visitor in (pages.visitor(), pages.logged_in(cast.ours.other_customer)):
        visitor.get(path)
        page = visitor.submit(path)
        assert page.status == 422
        assert "Enter your current password" in page.text
        page = visitor.submit(path, current_password="not the password")
        assert page.status == 422
        assert email_of(member) == member.email
    visitor = pages.visitor()
    visitor.get(path)
    assert visitor.submit(path, current_password=PASSWORD).location == "/login?done=email"
    page = visitor.follow()
    assert "Your new email address is confirmed. Log in with it." in page.text
    assert page.form("/login").fields["email"] == new
    assert email_of(member) == new


def test_who_is_sent_codes_alone_logs_in_first_and_comes_back(cast: Cast, pages: LoginPages, new: str) -> None:
    """To somebody who is not logged in no code is sent for this page."""
    member = cast.ours.customer
    ask(pages.logged_in(member), new)
    path = link_in(mailed(pages))
    give_email_codes(member, now=pages.now, ids=pages.ids)
    assert "You are logged in as somebody else." in pages.logged_in(cast.ours.other_customer).get(path).text
    visitor = pages.visitor()
    page = visitor.get(path)
    assert "Current password" not in page.text
    visitor.get(page.links["Log in"])
    visitor.submit("/login", email=member.email, password=PASSWORD)
    visitor.follow()
    codes = [re.search(r"^\d{6}$", mail.text, re.MULTILINE) for mail in mailed(pages)]
    code = next(found[0] for found in codes if found)
    assert visitor.submit("/login/code", code=code).location == path
    visitor.follow()
    assert visitor.submit(path).location == HOME
    assert email_of(member) == new


def test_an_account_shows_the_new_address_wherever_it_showed_the_old(cast: Cast, pages: LoginPages, new: str) -> None:
    ours, member = cast.ours, cast.ours.customer
    publish(ours.import_scope, [account("1200", "Mr A L Barlow", email=member.email)])
    enrolment.invite_customers(
        ours.admin.staff_scope, dealer=ours.dealer, refs=["1200"], invited_by="x", now=pages.now, ids=pages.ids
    )
    transitions.activate(
        ours.import_scope, AccountUser(member.person_id, member.email, pages.now), ref="1200", ids=pages.ids
    )
    visitor = pages.logged_in(member)
    ask(visitor, new)
    path = link_in(mailed(pages))
    visitor.get(path)
    visitor.submit(path)
    assert enrolments.enrolments(ours.scope).by_ref["1200"].email == new
    assert [user.email for user in customers.people_of_account(ours.scope, "1200", "")] == [new]
    send_due(SCOPE, deps=services.current().mail_deps, mails=False)
    listed(ours, ours.admin, now=pages.now)
    page = pages.logged_in(ours.admin).get("/staff/accounts?status=active")
    assert new in page.text
    assert member.email not in page.text


def test_an_address_that_is_somebodys_is_answered_alike_and_its_owner_told(
    cast: Cast, pages: LoginPages, new: str
) -> None:
    member, owner = cast.ours.user, cast.ours.other_customer
    visitor = pages.logged_in(member)
    free = ask(visitor, new), visitor.follow().text.replace(new, "")
    mailed(pages)
    taken = ask(visitor, owner.email), visitor.follow().text.replace(owner.email, "")
    assert (taken[0].status, taken[0].location) == (free[0].status, free[0].location)
    assert taken[1] == free[1]
    mails = mailed(pages)
    assert {mail.to for mail in mails} == {owner.email, member.email}
    said = next(mail for mail in mails if mail.to == owner.email)
    assert "It is yours already" in " ".join(said.text.split())
    assert "/email/" not in said.text
    assert member.email not in said.text
    assert (email_of(member), email_of(owner)) == (member.email, owner.email)


@pytest.mark.parametrize(
    ("email", "password", "field", "said"),
    [
        ("", PASSWORD, "email", "Enter an email address"),
        ("anna at postgate", PASSWORD, "email", "Enter an email address"),
        ("{new}", "", "current_password", "Enter your current password"),
        ("{new}", "not the password", "current_password", "Your current password is incorrect"),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_nothing_is_saved(
    cast: Cast, pages: LoginPages, new: str, email: str, password: str, field: str, said: str
) -> None:
    visitor, email = pages.logged_in(cast.ours.user), email.format(new=new)
    page = ask(visitor, email, password)
    assert page.status == 422
    assert said in page.text
    assert f'id="{field}-error"' in page.html
    assert page.form(HOME).fields.get("email", "") == email
    assert visitor.get(HOME).form(HOME).fields.get("first_name", "") == ""
    assert mailed(pages) == []


def test_another_password_ends_a_change_that_waits(cast: Cast, pages: LoginPages, new: str) -> None:
    member = cast.ours.user
    visitor = pages.logged_in(member)
    ask(visitor, new)
    path = link_in(mailed(pages))
    visitor.get("/account/password")
    visitor.submit("/account/password", current_password=PASSWORD, password=NEW_PASSWORD)
    assert visitor.get(path).status == 404
    ask(visitor, new, NEW_PASSWORD)  # its mail is composed after yet another
    pages.now += timedelta(minutes=1)
    visitor.get("/account/password")
    visitor.submit("/account/password", current_password=NEW_PASSWORD, password=PASSWORD)
    assert new not in {mail.to for mail in mailed(pages)}


def test_a_newer_link_ends_an_older_one_and_each_ends_after_a_day(cast: Cast, pages: LoginPages, new: str) -> None:
    visitor = pages.logged_in(cast.ours.user)
    ask(visitor, new)
    old = link_in(mailed(pages))
    pages.now += timedelta(minutes=1)
    ask(visitor, f"other.{new}")
    new = link_in(mailed(pages))
    assert visitor.get(old).status == 404
    assert visitor.get(new).status == 200
    pages.now += timedelta(days=1)
    assert pages.visitor().get(new).status == 404


def test_a_link_for_a_password_that_lies_in_the_old_mailbox_works_no_more(
    cast: Cast, pages: LoginPages, new: str
) -> None:
    member = cast.ours.user
    made = recovery.create_reset_link(
        SCOPE, email=member.email, request_id=pages.ids.ulid(pages.now), now=pages.now, ids=pages.ids
    )
    assert made
    visitor = pages.logged_in(member)
    ask(visitor, new)
    path = link_in(mailed(pages))
    visitor.get(path)
    visitor.submit(path)
    assert pages.visitor().get(f"/reset/{made.link.secret}").status == 404


def test_an_address_that_has_become_somebodys_is_not_taken_from_them(cast: Cast, pages: LoginPages, new: str) -> None:
    one, other = cast.ours.user, cast.ours.admin
    paths = {}
    for member in (one, other):
        ask(pages.logged_in(member), new)
        paths[member] = link_in(mailed(pages))
    confirmed = [
        email_changes.confirm_email_change(
            SCOPE,
            secret=paths[one].removeprefix("/email/"),
            session=None,
            password=PASSWORD,
            client=ClientInfo("::1"),
            now=pages.now,
            ids=pages.ids,
        ).email
    ]
    assert confirmed == [new]
    visitor = pages.visitor()
    visitor.get(paths[other])
    assert visitor.submit(paths[other], current_password=PASSWORD).status == 404
    assert (email_of(one), email_of(other)) == (new, other.email)


def test_nobody_sends_links_all_day(cast: Cast, pages: LoginPages, new: str) -> None:
    visitor = pages.logged_in(cast.ours.user)
    for number in range(pending_email_change.CHANGES.maximum):
        assert ask(visitor, f"{number}{new}").status == 303
    page = ask(visitor, new)
    assert page.status == 429
    assert "Too many attempts." in page.text
    assert page.form(HOME).fields["first_name"] == "Anna"


def test_strangers_who_name_an_address_keep_nobody_from_changing_to_it(cast: Cast, pages: LoginPages, new: str) -> None:
    stranger, owner = pages.logged_in(cast.ours.customer), pages.logged_in(cast.ours.user)
    statuses = [ask(stranger, new).status for _ in range(pending_email_change.TO_ADDRESS.maximum + 1)]
    assert statuses == [303, 303, 303, 429]
    mailed(pages)
    assert ask(owner, new).status == 303
    path = link_in(mailed(pages))
    owner.get(path)
    owner.submit(path)
    assert email_of(cast.ours.user) == new


def test_past_so_many_mails_an_address_is_sent_no_more_and_the_answer_is_the_same(
    cast: Cast, pages: LoginPages, new: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pending_email_change, "ALL_TO_ADDRESS", Limit("email.change_to.all", 1, 86_400))
    first, second = pages.logged_in(cast.ours.user), pages.logged_in(cast.ours.other_customer)
    ask(second, f"other.{new}")
    other = link_in(mailed(pages))
    answers = [(ask(one, new).location, one.follow().text) for one in (first, second)]
    assert [f"We have sent a link to {new}." in text for _, text in answers] == [True, True]
    assert answers[0][0] == answers[1][0]
    mails = mailed(pages)
    assert [mail.to for mail in mails].count(new) == 1
    assert {mail.to for mail in mails} == {new, cast.ours.user.email, cast.ours.other_customer.email}
    assert second.get(other).status == 404, "as if the newer one were on its way"
    mine = link_in(mails)
    first.get(HOME)
    assert first.submit(f"{HOME}/email/resend").location == HOME
    assert new not in {mail.to for mail in mailed(pages)}
    assert first.get(mine).status == 200


def test_my_own_activity_says_it(cast: Cast, pages: LoginPages, new: str) -> None:
    visitor = pages.logged_in(cast.ours.customer)
    ask(visitor, new)
    path = link_in(mailed(pages))
    visitor.get(path)
    visitor.submit(path)
    text = visitor.get("/account/activity").text
    assert "Change of email address requested" in text
    assert "Email address changed" in text


def test_nothing_is_mailed_where_the_profile_may_not_be_saved_today(
    cast: Cast, pages: LoginPages, new: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = pages.logged_in(cast.ours.user)
    monkeypatch.setattr(profile, "SAVED", Limit("profile.person", 0, 86_400))
    page = ask(visitor, new)
    assert page.status == 429
    assert "Nothing was saved." in page.text
    assert page.form(HOME).fields["first_name"] == "Anna"
    assert mailed(pages) == []


@contextmanager
def beside(pages: LoginPages, act: Callable[[], object]) -> Iterator[None]:
    """Something else happens once the next request has read, and before it writes: where it first needs an id."""
    waiting = [act]

    def random_bytes(count: int) -> bytes:
        if waiting:
            waiting.pop()()
        return pages.ids.random_bytes(count)

    with services.use(replace(services.current(), ids=Ids(random_bytes))):
        yield
    assert not waiting


def test_nothing_is_mailed_where_another_window_saves_first(cast: Cast, pages: LoginPages, new: str) -> None:
    here, there = pages.logged_in(cast.ours.user), pages.logged_in(cast.ours.user)
    for visitor in (here, there):
        visitor.get(HOME)
    with beside(pages, lambda: there.submit(HOME, **NAMES, city="York")):
        page = here.submit(HOME, **NAMES, city="Leeds", email=new, current_password=PASSWORD)
    assert page.status == 409
    assert "Nothing was saved." in page.text
    assert mailed(pages) == []
    assert here.get(HOME).form(HOME).fields["city"] == "York"
    for number in range(pending_email_change.CHANGES.maximum):
        assert ask(here, f"{number}{new}").status == 303, "it did not count"


def test_what_is_saved_is_said_where_the_link_cannot_be_sent(cast: Cast, pages: LoginPages, new: str) -> None:
    member = cast.ours.user
    here, there = pages.logged_in(member), pages.logged_in(member)
    give_app(member, now=pages.now, ids=pages.ids)
    asked = {**NAMES, "current_password": PASSWORD, "code": code_at(pages.now)}
    ask_there = {"current_password": PASSWORD, "code": asked["code"], "email": f"other.{new}"}
    there_fields = {**there.get(HOME).form(HOME).fields, **NAMES}
    here_fields = {**here.get(HOME).form(HOME).fields, **asked, "city": "Leeds", "email": new}
    assert there.post(HOME, there_fields).status == 303
    here_fields["seen"] = there.get(HOME).form(HOME).fields["seen"]
    with beside(pages, lambda: there.submit(HOME, **ask_there)):  # the same code, a moment before
        assert here.post(HOME, here_fields).status == 303
    page = here.follow()
    assert "Your email address stays as it is: enter the new one again. The rest is saved." in page.text
    assert page.form(HOME).fields["city"] == "Leeds"
    assert new not in {mail.to for mail in mailed(pages)}


def test_who_has_a_second_factor_shows_it(cast: Cast, pages: LoginPages, new: str) -> None:
    member = cast.ours.user
    visitor = pages.logged_in(member)
    give_app(member, now=pages.now, ids=pages.ids)
    page = ask(visitor, new)
    assert page.status == 422
    assert "Enter a code" in page.text
    for wrong, status in (("000000", 422), (code_at(pages.now), 303)):
        visitor.get(HOME)
        assert visitor.submit(HOME, **NAMES, email=new, current_password=PASSWORD, code=wrong).status == status
    path = link_in(mailed(pages))
    pages.now += timedelta(minutes=1)
    stranger = pages.visitor()
    assert "The 6 digits that the app shows now, or a recovery code." in stranger.get(path).text
    assert stranger.submit(path, current_password=PASSWORD).status == 422
    assert stranger.submit(path, current_password=PASSWORD, code=code_at(pages.now)).location == "/login?done=email"
    assert email_of(member) == new
