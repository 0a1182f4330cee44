"""Passkeys in Chromium, with its virtual authenticator: added, used as the only step, missing, cancelled."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from chalicelib.kernel.ids import Ids
from tests.browser.chrome import WIDTHS, audit, audit_phone, window
from tests.browser.served import NOW, logged_in, serving_portal
from tests.fixtures.cast import PASSWORD, Dealership, make_dealership
from tests.fixtures.worlds import World

pytestmark = pytest.mark.browser
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
"""https://chromedevtools.github.io/devtools-protocol/tot/WebAuthn/"""


@pytest.fixture
def dealership(aws: World, ids: Ids) -> Dealership:
    assert aws.name
    return make_dealership(ids, NOW, name="Moorbeck Machinery", prefix="moorbeck", phone="01632 960 014")


@pytest.fixture
def served(ids: Ids, dealership: Dealership) -> Iterator[str]:  # noqa: ARG001 - what it serves
    with serving_portal(ids, NOW) as at:
        yield at


class Device:
    """The virtual authenticator of a window."""

    def __init__(self, page: Page) -> None:
        self.cdp: CDPSession = page.context.new_cdp_session(page)
        self.cdp.send("WebAuthn.enable")
        self.id: str = self.cdp.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})["authenticatorId"]

    def credentials(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.cdp.send("WebAuthn.getCredentials", {"authenticatorId": self.id})[
            "credentials"
        ]
        return found

    def verifies(self, *, user: bool) -> None:
        """Whether the person who holds it is its owner."""
        self.cdp.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": user})


def add_passkey(page: Page, name: str) -> None:
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Current password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Create the passkey").click()


@pytest.mark.parametrize("width", WIDTHS)
def test_a_passkey_is_added_and_is_the_only_step_of_the_next_login(
    chromium: Browser, served: str, dealership: Dealership, ids: Ids, width: int
) -> None:
    with window(chromium, width=width, cookies=logged_in(dealership.admin, ids, NOW, served)) as page:
        device = Device(page)
        page.goto(f"{served}/account/passkeys")
        audit(page)
        add_passkey(page, "Office laptop")
        expect(page.get_by_text("The passkey “Office laptop” has been added")).to_be_visible()
        assert len(page.locator("#codes").inner_text().split()) == 10
        audit(page)
        page.goto(f"{served}/account/passkeys")
        (credential,) = device.credentials()
        assert (credential["rpId"], credential["isResidentCredential"]) == ("localhost", True)
        audit(page)
        page.get_by_role("link", name="Change Office laptop").click()
        audit(page)
        page.goto(f"{served}/staff/accounts")
        page.get_by_role("button", name="Log out").click()
        expect(page.get_by_role("heading", name="Log in")).to_be_visible()
        audit(page)
        page.goto(f"{served}/login?next=/staff/imports")
        device.verifies(user=False)
        page.get_by_role("button", name="Log in with a passkey").click()
        expect(page.get_by_role("alert").filter(has_text="No passkey was used")).to_be_visible()
        audit(page)
        device.verifies(user=True)
        page.get_by_role("button", name="Log in with a passkey").click()
        expect(page).to_have_url(f"{served}/staff/imports")
        page.goto(f"{served}/account/passkeys")
        expect(page.get_by_text("last used: Today 10:00")).to_be_visible()
        page.get_by_text("Add another passkey").click()
        add_passkey(page, "Office laptop again")
        expect(page.get_by_text("This device already has a passkey for your account")).to_be_visible()
        audit_phone(page)


def enter_password(page: Page, served: str, email: str) -> None:
    page.goto(f"{served}/login")
    page.get_by_label("User Name", exact=True).fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log In", exact=True).click()


@pytest.mark.parametrize("width", WIDTHS)
def test_a_passkey_is_the_second_step_after_the_password(
    chromium: Browser, served: str, dealership: Dealership, ids: Ids, width: int
) -> None:
    with window(chromium, width=width, cookies=logged_in(dealership.admin, ids, NOW, served)) as page:
        device = Device(page)
        page.goto(f"{served}/account/security")
        page.get_by_role("link", name="Set up Passkeys").click()
        add_passkey(page, "Office laptop")
        code = page.locator("#codes").inner_text().split()[0]
        page.get_by_role("link", name="I have saved them").click()
        page.get_by_role("button", name="Log out").click()
        enter_password(page, served, dealership.admin.email)
        expect(page.get_by_role("heading", name="Use your passkey")).to_be_visible()
        audit(page)
        device.verifies(user=False)
        page.get_by_role("button", name="Use a passkey").click()
        expect(page.get_by_role("alert").filter(has_text="No passkey was used")).to_be_visible()
        audit_phone(page)
        device.verifies(user=True)
        page.get_by_role("button", name="Use a passkey").click()
        expect(page.get_by_role("heading", name="Customer Accounts")).to_be_visible()
        page.goto(f"{served}/account/security")
        expect(page.get_by_text("1 passkey", exact=True)).to_be_visible()
        audit(page)
        page.get_by_role("link", name="Change Passkeys").click()
        page.get_by_role("link", name="Change Office laptop").click()
        page.get_by_label("Current password").fill(PASSWORD)
        audit(page)
    with window(chromium, width=width, scripts=False) as page:
        enter_password(page, served, dealership.admin.email)
        expect(page.get_by_text("switch on JavaScript")).to_be_visible()
        expect(page.get_by_role("button", name="Use a passkey")).to_be_hidden()
        page.get_by_role("link", name="Use a recovery code").click()
        page.get_by_label("Recovery code").fill(code)
        page.get_by_role("button", name="Log In", exact=True).click()
        expect(page.get_by_role("heading", name="Customer Accounts")).to_be_visible()


def test_who_has_no_passkey_here_is_told_and_logs_in_with_the_password(
    chromium: Browser, served: str, dealership: Dealership
) -> None:
    with window(chromium, width=375) as page:
        Device(page)
        page.goto(f"{served}/d/{dealership.dealer.slug}/login")
        page.get_by_role("button", name="Log in with a passkey").click()
        expect(page.get_by_role("alert").filter(has_text="No passkey was used")).to_be_visible()
        page.get_by_label("User Name", exact=True).fill(dealership.customer.email)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Log In", exact=True).click()
        expect(page).to_have_url(f"{served}/transactions")


def test_a_browser_without_passkeys_or_scripts_offers_none(
    chromium: Browser, served: str, dealership: Dealership, ids: Ids
) -> None:
    with window(chromium, cookies=logged_in(dealership.admin, ids, NOW, served)) as page:
        page.add_init_script("delete window.PublicKeyCredential")
        page.goto(f"{served}/account/passkeys")
        expect(page.get_by_text("This browser has no passkeys.")).to_be_visible()
        expect(page.get_by_role("button", name="Continue")).to_be_hidden()
        page.context.clear_cookies()
        page.goto(f"{served}/login")
        expect(page.get_by_role("button", name="Log In", exact=True)).to_be_visible()
        expect(page.get_by_role("button", name="Log in with a passkey")).to_be_hidden()
    with window(chromium, scripts=False, cookies=logged_in(dealership.admin, ids, NOW, served)) as page:
        page.goto(f"{served}/account/passkeys")
        expect(page.get_by_text("switch on JavaScript")).to_be_visible()
        expect(page.get_by_role("button", name="Continue")).to_be_hidden()
