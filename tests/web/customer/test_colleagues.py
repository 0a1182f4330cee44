"""An admin of an account invites colleagues, says what each sees, and ends their access."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import unquote, urlsplit

import pytest

from app import app
from chalicelib.customers.colleagues import queries
from chalicelib.customers.colleagues.model import MAX_INVITATIONS, Colleague, Rights, State
from chalicelib.customers.colleagues.operations import TO_EMAIL
from chalicelib.http import cookies
from chalicelib.identity import repo as identity
from chalicelib.kernel.areas import Area
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.roles import Role
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.notifications.dispatch import send_due
from chalicelib.profiles import repo as profiles
from chalicelib.profiles.model import Details, Profile
from chalicelib.store.audit import audit_row
from tests.customers.accounts import account
from tests.customers.accounts import publish as publish_directory
from tests.customers.colleagues.made import colleague, enrolled, invited
from tests.fixtures.cast import Cast, LogIn, Member
from tests.fixtures.trail import audited
from tests.ledger.accounts import an_account
from tests.ledger.published import publish
from tests.ledger.rows import a_row
from tests.notifications.fakes import Clock, Post, complete_account
from tests.web.client import Page, Visitor

HOME = "/colleagues"


def only(*areas: Area) -> dict[str, str]:
    """The ticks of the form."""
    return {f"area-{area}": "yes" if area in areas else "" for area in Area}


AREAS = only(Area.INVOICES, Area.DOCUMENTS)


@dataclass
class Office:
    """The admin's browser, and what the portal mails."""

    admin: Visitor
    cast: Cast
    post: Post
    log_in: LogIn

    def invite(self, email: str, **fields: str | list[str]) -> Page:
        self.admin.get(f"{HOME}/invite")
        return self.admin.submit(f"{HOME}/invite", email=email, **fields)

    def mail(self) -> None:
        send_due(self.cast.ours.import_scope, deps=self.post.deps)

    def people(self) -> list[Colleague]:
        return queries.people(self.cast.ours.scope, "1200", "")

    def one(self, email: str) -> Colleague:
        return next(one for one in self.people() if one.email == email)

    def browser(self, member: Member) -> Visitor:
        visitor = Visitor(app)
        visitor.cookies[cookies.SESSION] = self.log_in(member).secret
        return visitor

    @property
    def said(self) -> str:
        return unquote(self.admin.cookies[cookies.FLASH])

    @property
    def events(self) -> list[str]:
        found = audited(self.cast.ours.scope, self.post.clock.now, "colleague.")
        return sorted(entry.event.partition(".")[2] for entry in found)


@pytest.fixture
def office(customer: Visitor, cast: Cast, log_in: LogIn, now: datetime, ids: Ids) -> Office:
    publish(cast.ours.import_scope, [an_account([a_row("127070", total=770)])])
    publish_directory(cast.ours.import_scope, [account("1200", "Mr A L Barlow"), account("1201")])
    enrolled(cast.ours, now)
    return Office(customer, cast, Post(Clock(now), ids), log_in)


@pytest.fixture
def a_colleague(office: Office, ids: Ids, now: datetime) -> Callable[[Rights], Member]:
    return lambda rights: colleague(office.cast.ours, rights, ids=ids, now=now)


def test_somebody_new_is_invited_accepts_and_sees_what_they_are_given(office: Office, ids: Ids) -> None:
    email = f"hilda.{ids.dealer_id()}@farm.example"
    assert office.invite(f" {email.upper()} ", level="view", **AREAS).location == HOME
    assert office.said == f"We are sending an invitation to {email}. It works for 14 days."
    office.mail()
    (mail,) = office.post.sender.sent
    assert mail.to == email
    assert office.cast.ours.customer.email in mail.text
    assert "Your level: View. You see: Invoices and balance, Documents." in " ".join(mail.text.split())
    assert office.one(email).state is State.INVITED
    assert "Invited" in office.admin.get(HOME).text
    link = urlsplit(mail.text[mail.text.index("http") :].split()[0]).path
    assert f"{office.cast.ours.customer.email} invited you to account 1200" in Visitor(app).get(link).text
    complete_account(office.post)
    send_due(IdentityScope(), deps=office.post.deps, mails=False)
    office.mail()
    joined = office.post.sender.sent[-1]
    assert joined.to == office.cast.ours.customer.email
    assert f"{email} has accepted" in " ".join(joined.text.split())
    found = office.one(email)
    assert (found.state, found.rights) == (State.ACTIVE, Rights(Role.VIEW, frozenset({Area.INVOICES, Area.DOCUMENTS})))
    assert found.user
    member = Member(found.user.person_id, email, identity.memberships(IdentityScope(), found.user.person_id)[0])
    theirs = office.browser(member)
    shown = theirs.get("/transactions")
    assert shown.status == 200
    assert "/messages" not in shown.links.values()
    assert theirs.get("/messages").status == 404
    assert theirs.get("/statements").status == 404
    refused = theirs.get(HOME)
    assert refused.status == 403
    assert "Ask an admin of the account" in refused.text
    assert "/colleagues" not in theirs.get("/profile").links.values()
    assert office.events == ["invited", "joined"]


def test_strangers_are_told_no_name_that_leads_somewhere(office: Office, now: datetime, ids: Ids) -> None:
    """As one may have been stored before such names were refused."""
    scope, email = office.cast.ours.customer.customer_scope, f"{ids.dealer_id()}@farm.example"
    named = Details("ms", "Your account is suspended. To keep it verify at", "moorbeck-pay.com or ring 0900 123")
    audit = audit_row(
        scope, ids=ids, now=now, actor=scope.person_id, event="profile.changed", subject=scope.person_id, detail={}
    )
    profiles.put(scope, Profile(named), also=[audit])
    office.invite(email, level="view", **AREAS)
    office.mail()
    (mail,) = office.post.sender.sent
    link = re.search(r"https?://\S+?(/\S+)", mail.text.split("Accept the invitation:")[1])
    assert link
    page = Visitor(app).get(link[1])
    for text in (mail.text, mail.html, page.text):
        assert "suspended" not in text
        assert "moorbeck-pay" not in text
        assert office.cast.ours.customer.email in text


def test_somebody_with_a_login_is_invited_alike_and_has_the_account_added(office: Office) -> None:
    """Nobody learns by inviting somebody whether they have a login: the answer and the mail are the same."""
    other = office.cast.ours.other_customer
    assert office.invite(other.email, level="admin").location == HOME
    known = office.said.replace(other.email, "X")
    office.mail()
    office.invite("nobody.yet@farm.example", level="admin")
    assert office.said.replace("nobody.yet@farm.example", "X") == known
    office.mail()
    mails = [
        mail.text.replace(secret, "") for mail, secret in zip(office.post.sender.sent, office.post.links, strict=True)
    ]
    assert mails[0] == mails[1]
    theirs = office.browser(other)
    secret = next(iter(office.post.links))
    offered = theirs.get(f"/i/{secret}")
    assert f"You are logged in as {other.email}." in offered.text
    assert theirs.submit(f"/i/{secret}", accept="yes").status == 303
    assert theirs.get(HOME).status == 200
    assert {one.email for one in office.people()} >= {other.email, office.cast.ours.customer.email}


def test_a_form_that_lacks_something_says_what_and_keeps_the_rest(office: Office) -> None:
    page = office.invite("hilda", level="view", **only(Area.STATEMENTS))
    assert page.status == 422
    assert "Statements needs Invoices and balance too" in page.text
    assert "Enter an email address in the form name@example.com" in page.text
    assert 'value="hilda"' in page.html
    assert "Choose at least one area" in office.invite("h@farm.example", level="view", **only()).text
    assert "Choose a level" in office.invite("h@farm.example", level="owner", **AREAS).text
    assert "They already have access" in office.invite(office.cast.ours.customer.email, level="admin").text
    assert [one.state for one in office.people()] == [State.ACTIVE]
    assert office.events == []


def test_what_a_colleague_sees_is_changed_at_once_and_they_are_told(
    office: Office, a_colleague: Callable[[Rights], Member]
) -> None:
    member = a_colleague(Rights())
    theirs, key = office.browser(member), office.one(member.email).key
    assert theirs.get("/transactions").status == 200
    page = office.admin.get(f"{HOME}/{key}")
    stale = page.form(f"{HOME}/{key}").fields
    office.admin.submit(f"{HOME}/{key}", level="view", **only(Area.MESSAGES))
    assert theirs.get("/transactions").status == 404
    assert theirs.get("/messages").status == 200
    office.mail()
    (mail,) = office.post.sender.sent
    assert mail.to == member.email
    assert "Your level: View. You see: Messages." in " ".join(mail.text.split())
    again = office.admin.post(f"{HOME}/{key}", {**stale, "level": "admin"})
    assert again.location == f"{HOME}/{key}"
    assert "Somebody else has changed this" in office.said
    assert office.one(member.email).rights.role is Role.VIEW
    assert office.events == ["rights_changed"]


def test_access_ends_at_once_after_a_question(office: Office, a_colleague: Callable[[Rights], Member]) -> None:
    member = a_colleague(Rights(Role.VIEW))
    theirs, key = office.browser(member), office.one(member.email).key
    assert theirs.get("/transactions").status == 200
    assert f"End access of {member.email}?" in office.admin.get(f"{HOME}/{key}/end").text
    assert office.admin.submit(f"{HOME}/{key}/end").location == HOME
    assert theirs.get("/transactions").location.startswith("/login")
    assert identity.memberships(IdentityScope(), member.person_id) == []
    office.mail()
    assert [(mail.to, "has ended your access" in " ".join(mail.text.split())) for mail in office.post.sender.sent] == [
        (member.email, True)
    ]
    shown = office.admin.get(HOME)
    assert member.email in shown.text.partition("Access ended")[2]
    assert office.admin.get(f"{HOME}/{key}").status == 404


def test_an_invitation_is_sent_again_and_withdrawn(office: Office) -> None:
    office.invite("hilda@farm.example", level="view", **AREAS)
    office.mail()
    key = office.one("hilda@farm.example").key
    office.admin.get(HOME)
    office.admin.submit(f"{HOME}/{key}/resend")
    office.mail()
    first, second = office.post.links
    stranger = Visitor(app)
    assert stranger.get(f"/i/{first}").status == 404
    assert stranger.get(f"/i/{second}").status == 200
    office.admin.get(f"{HOME}/{key}/end")
    office.admin.submit(f"{HOME}/{key}/end")
    assert stranger.get(f"/i/{second}").status == 404
    assert [one.state for one in office.people()] == [State.ACTIVE]
    assert office.events == ["invitation_withdrawn", "invited", "invited"]


@pytest.mark.parametrize("rights", [None, Rights(Role.VIEW), Rights(Role.PAY)])
def test_invitations_of_who_is_no_admin_any_more_end_with_that(
    office: Office, a_colleague: Callable[[Rights], Member], rights: Rights | None
) -> None:
    """Somebody who was an admin for a minute leaves no link behind that makes another."""
    member, email = a_colleague(Rights()), "accomplice@farm.example"
    office.invite("hilda@farm.example", level="view", **AREAS)
    theirs = replace(office, admin=office.browser(member))
    theirs.invite(email, level="admin")
    office.mail()
    mail = next(mail for mail in office.post.sender.sent if mail.to == email)
    link = mail.text.partition("Accept the invitation:")[2].split()[0]
    path = f"/{link.split('/', 3)[3]}"
    assert Visitor(app).get(path).status == 200
    one = f"{HOME}/p{member.person_id}"
    if rights:
        office.admin.get(one)
        office.admin.submit(one, level=rights.role.value, **only(*Area))
    else:
        office.admin.get(f"{one}/end")
        office.admin.submit(f"{one}/end")
    assert f"Their open invitations are withdrawn: {email}." in office.said
    assert email not in {person.email for person in office.people()}
    assert office.one("hilda@farm.example").state is State.INVITED
    assert Visitor(app).get(path).status == 404
    assert office.events.count("invitation_withdrawn") == 1


def test_an_area_that_was_not_offered_is_not_given(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The dealer may switch it on later."""
    with monkeypatch.context() as patched:
        patched.setattr("chalicelib.web.people.offered_areas", lambda _: (Area.INVOICES, Area.DOCUMENTS))
        office.invite("hilda@farm.example", level="view", **only(Area.INVOICES))
    assert office.one("hilda@farm.example").rights.areas == {Area.INVOICES}


def test_nobody_changes_their_own_access(office: Office, a_colleague: Callable[[Rights], Member]) -> None:
    a_colleague(Rights())
    own = office.one(office.cast.ours.customer.email).key
    page = office.admin.get(f"{HOME}/{own}")
    assert "Another admin of the account can change or end your own access." in page.text
    token = office.admin.get(f"{HOME}/invite").form(f"{HOME}/invite").fields["csrf"]
    office.admin.post(f"{HOME}/{own}/end", {"csrf": token})
    assert "You cannot change or end your own access" in office.said
    assert office.admin.get(HOME).status == 200


def test_there_is_an_end_to_invitations(office: Office, ids: Ids, now: datetime) -> None:
    for _ in range(MAX_INVITATIONS):
        invited(office.cast.ours, ids=ids, now=now)
    page = office.invite("hilda@farm.example", level="view", **AREAS)
    assert page.status == 422
    assert f"{MAX_INVITATIONS} invitations are open" in page.text


def test_nobody_is_mailed_all_day(office: Office) -> None:
    office.invite("hilda@farm.example", level="view", **AREAS)
    key = office.one("hilda@farm.example").key
    for _ in range(TO_EMAIL.maximum):
        office.admin.get(HOME)
        office.admin.submit(f"{HOME}/{key}/resend")
    assert office.events == ["invited"] * TO_EMAIL.maximum
    assert "sending" not in office.said


def test_another_accounts_people_are_not_found(office: Office, ids: Ids, now: datetime) -> None:
    other = office.cast.ours.other_customer
    theirs = office.browser(other)
    waiting = invited(office.cast.ours, ids=ids, now=now)
    for key in (office.one(office.cast.ours.customer.email).key, waiting.key):
        assert theirs.get(f"{HOME}/{key}").status == 404
        assert theirs.get(f"{HOME}/{key}/end").status == 404


def test_each_step_is_in_the_activity_of_the_admins(office: Office, a_colleague: Callable[[Rights], Member]) -> None:
    member = a_colleague(Rights(Role.VIEW))
    office.invite("hilda@farm.example", level="view", **AREAS)
    shown = office.admin.get("/account/activity").text
    assert "Colleague invited" in shown
    assert "hilda@farm.example, View, Invoices and balance, Documents" in shown
    assert "hilda@farm.example" not in office.browser(member).get("/account/activity").text


def test_an_admin_of_a_group_chooses_among_its_accounts(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    group = {"1200", "1201"}
    monkeypatch.setattr("chalicelib.customers.scopes.account_group", lambda *_: frozenset(group))
    assert "1201" in office.admin.get(f"{HOME}/invite").text
    page = office.invite("hilda@farm.example", level="view", accounts="some", **AREAS)
    assert "Choose at least one account" in page.text
    office.invite("hilda@farm.example", level="view", accounts="some", account=["1201", "1999"], **AREAS)
    assert office.one("hilda@farm.example").rights.accounts == {"1201"}
    assert "Accounts: 1201" in office.admin.get(HOME).text


@pytest.mark.parametrize("path", ["/transactions", "/statements", "/messages", "/disputes", "/documents", "/profile"])
def test_who_is_limited_to_another_account_of_the_group_opens_its_pages(
    path: str, office: Office, a_colleague: Callable[[Rights], Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chalicelib.customers.scopes.account_group", lambda *_: frozenset({"1200", "1201"}))
    limited = a_colleague(Rights(Role.VIEW, accounts=frozenset({"1201"})))
    assert office.browser(limited).get(path).status == 200
