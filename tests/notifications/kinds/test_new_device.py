"""B25: a person who logs in with a browser that is new to them is sent a notice."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.identity import operations, recovery
from chalicelib.identity.model import ClientInfo
from chalicelib.identity.operations import LoggedIn
from chalicelib.identity.rate_limits import NEW_DEVICE_MAILS
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.notifications.dispatch import send_due
from tests.fixtures.authenticator import Authenticator
from tests.fixtures.cast import PASSWORD, Cast, Member, add_person
from tests.identity.passkeys.made import Ceremonies
from tests.notifications.fakes import NEW_PASSWORD, Post

SCOPE = IdentityScope()
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:126.0) Gecko/20100101 Firefox/126.0"


class Browser:
    """Keeps what the portal gives it."""

    def __init__(self, post: Post) -> None:
        self.post = post
        self.devices: tuple[str, ...] = ()

    @property
    def client(self) -> ClientInfo:
        return ClientInfo(f"2001:db8:{self.post.ids.random_bytes(2).hex()}::7", FIREFOX, devices=self.devices)

    def log_in(self, member: Member, password: str = PASSWORD, **asked: Any) -> LoggedIn:
        done = operations.log_in(
            SCOPE,
            email=member.email,
            password=password,
            client=self.client,
            now=self.post.clock.now,
            ids=self.post.ids,
            **asked,
        )
        self.devices = done.devices
        return done


def notified(post: Post) -> list[str]:
    """To whom a notice was sent, in this order."""
    send_due(SCOPE, deps=post.deps)
    return [mail.to for mail in post.sender.sent if mail.subject.startswith("New login to")]


@pytest.fixture
def member(cast: Cast, post: Post) -> Member:
    """Somebody who has logged in before, elsewhere."""
    Browser(post).log_in(cast.ours.customer)
    send_due(SCOPE, deps=post.deps)
    post.sender.sent.clear()
    return cast.ours.customer


def test_a_login_on_a_new_device_is_told_with_when_where_and_what_to_do(cast: Cast, member: Member, post: Post) -> None:
    assert Browser(post).log_in(member).is_notified
    assert notified(post) == [member.email]
    (mail,) = post.sender.sent
    assert mail.subject == "New login to Moorbeck Machinery"
    assert "When and where: 5 Jun 2024 10:00, 2001:db8:" in mail.text
    assert "Firefox on Windows" in mail.text
    assert f"https://portal.example/d/{cast.ours.dealer.slug}/forgot" in mail.text


def test_the_very_first_login_is_not_told(cast: Cast, post: Post) -> None:
    membership = replace(cast.ours.customer.membership, active=False)
    email = f"{post.ids.dealer_id()}@farm.example"
    newcomer = add_person(post.ids, post.clock.now, email=email, membership=membership)
    assert not Browser(post).log_in(newcomer).is_notified
    assert notified(post) == []
    assert Browser(post).log_in(newcomer).is_notified


def test_a_browser_is_new_once(member: Member, post: Post) -> None:
    browser = Browser(post)
    assert browser.log_in(member).is_notified
    assert not browser.log_in(member).is_notified
    assert notified(post) == [member.email]


def test_two_people_at_one_browser_are_each_told(cast: Cast, member: Member, post: Post) -> None:
    browser = Browser(post)
    browser.log_in(member)
    browser.log_in(cast.ours.other_customer)
    browser.log_in(member)
    assert sorted(notified(post)) == sorted([member.email, cast.ours.other_customer.email])


def test_a_passkey_in_a_new_browser_is_told_too(member: Member, post: Post) -> None:
    at = Ceremonies(post.clock.now, post.ids, Browser(post).client)
    device = Authenticator(credential_id=post.ids.random_bytes(16))
    browser = Browser(post)
    at.passkey(browser.log_in(member).session, device)
    assert notified(post) == [member.email]
    opened = at.logged_in(device.get(at.asked_to_log_in()))
    assert opened.is_notified
    at.client = ClientInfo(at.client.address, FIREFOX, devices=opened.devices)
    assert not at.logged_in(device.get(at.asked_to_log_in())).is_notified
    assert notified(post) == [member.email] * 2


def test_nobody_is_written_to_all_day(member: Member, post: Post) -> None:
    before = len(notified(post))
    for _ in range(NEW_DEVICE_MAILS.maximum + 3):
        Browser(post).log_in(member)
    # one of the day went to the login before
    assert len(notified(post)) - before <= NEW_DEVICE_MAILS.maximum
    post.clock.forward(timedelta(days=1))
    assert Browser(post).log_in(member).is_notified


def test_a_new_password_by_mail_makes_the_browser_known(member: Member, post: Post) -> None:
    made = recovery.create_reset_link(
        SCOPE, email=member.email, request_id=post.ids.ulid(post.clock.now), now=post.clock.now, ids=post.ids
    )
    assert made
    browser = Browser(post)
    done = recovery.reset_password(
        SCOPE,
        secret=made.link.secret,
        password=NEW_PASSWORD,
        client=browser.client,
        now=post.clock.now,
        ids=post.ids,
    )
    browser.devices = done.devices
    assert not browser.log_in(member, NEW_PASSWORD).is_notified
