"""The second factor in Chromium: required, set up by its key or by mail, asked for at login, remembered, given up."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from chalicelib import services
from chalicelib.dealers.operations import change_settings, settings_fingerprint
from chalicelib.dealers.queries import dealer as dealer_of
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.mail.texts import RecordingTextSender
from chalicelib.notifications.dispatch import send_due
from tests.browser.chrome import WIDTHS, audit, audit_phone, window
from tests.browser.served import NOW, serving_portal
from tests.fixtures.cast import PASSWORD, Dealership, make_dealership
from tests.fixtures.worlds import World
from tests.identity.second_factors import code_at

pytestmark = pytest.mark.browser


@pytest.fixture
def dealership(aws: World, ids: Ids) -> Dealership:
    assert aws.name
    return make_dealership(
        ids, NOW, name="Moorbeck Machinery", prefix="moorbeck", phone="01632 960 014", staff_second_factor=None
    )


@pytest.fixture
def served(ids: Ids, dealership: Dealership) -> Iterator[str]:  # noqa: ARG001 - what it serves
    with serving_portal(ids, NOW) as at:
        yield at


def enter_password(page: Page, address: str, email: str) -> None:
    page.goto(address)
    page.get_by_label("User Name", exact=True).fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log In", exact=True).click()


def check(page: Page, width: int) -> None:
    """Nothing that axe knows, and on a phone nothing too small or too wide."""
    audit(page)
    if width < 400:
        audit_phone(page)


def mailed_code() -> str:
    """That of the newest mail with one."""
    deps = services.current().mail_deps
    send_due(IdentityScope(), deps=deps)
    newest = [mail for mail in deps.sender.sent if mail.about["kind"] == "security_code"][-1]  # type: ignore[attr-defined]
    (code,) = re.findall(r"^\d{6}$", newest.text, re.MULTILINE)
    return str(code)


def set_up(page: Page, width: int) -> tuple[str, list[str]]:
    """From Security to the recovery codes: the secret of the app, and the codes."""
    page.get_by_role("link", name="Set up Authenticator app").click()
    page.get_by_label("Current password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("img", name="QR code for the authenticator app")).to_be_visible()
    check(page, width)
    secret = page.locator("code").inner_text().replace(" ", "")
    page.get_by_label("6-digit code").fill("000000")
    page.get_by_role("button", name="Turn on").click()
    expect(page.get_by_role("alert")).to_contain_text("This code is wrong")
    page.get_by_label("6-digit code").fill(code_at(NOW, secret))
    page.get_by_role("button", name="Turn on").click()
    codes = page.locator("#codes").inner_text().split()
    assert len(codes) == 10
    check(page, width)
    return secret, codes


@pytest.mark.parametrize("width", WIDTHS)
def test_staff_set_up_an_app_and_log_in_with_its_code(
    chromium: Browser, served: str, dealership: Dealership, width: int
) -> None:
    address = f"{served}/d/{dealership.dealer.slug}/login"
    with window(chromium, width=width) as page:
        enter_password(page, address, dealership.user.email)
        expect(page.get_by_text("Set up an extra check when you log in to continue.")).to_be_visible()
        check(page, width)
        secret, codes = set_up(page, width)
        with page.expect_download() as saved:
            page.get_by_role("link", name="Download").click()
        assert saved.value.suggested_filename == "recovery-codes.txt"
        assert codes[0] in saved.value.path().read_text()
        page.get_by_role("link", name="I have saved them").click()
        expect(page.get_by_role("heading", name="Customer Accounts")).to_be_visible()

    with window(chromium, width=width) as page:
        enter_password(page, address, dealership.user.email)
        expect(page.get_by_label("6-digit code")).to_be_focused()
        check(page, width)
        page.get_by_label("6-digit code").fill(code_at(NOW + timedelta(seconds=30), secret))
        page.get_by_label("Do not ask for a code in this browser for 30 days").check()
        page.get_by_role("button", name="Log In", exact=True).click()
        expect(page.get_by_role("heading", name="Customer Accounts")).to_be_visible()
        page.goto(f"{served}/account/security")
        expect(page.get_by_text("10 of 10 left")).to_be_visible()
        check(page, width)
        page.get_by_role("button", name="Log out").click()
        enter_password(page, address, dealership.user.email)
        expect(page.get_by_role("heading", name="Customer Accounts")).to_be_visible()
        page.goto(f"{served}/account/security/app/off")
        page.get_by_label("Current password").fill(PASSWORD)
        page.get_by_label("Code from your authenticator app").fill(codes[1].upper())
        check(page, width)
        page.get_by_role("button", name="Turn off").click()
        expect(page.get_by_text("The authenticator app is turned off.")).to_be_visible()
        page.goto(f"{served}/staff/accounts")
        expect(page.get_by_text("Set up an extra check when you log in to continue.")).to_be_visible()


def test_b25_codes_by_email_at_a_phone(chromium: Browser, served: str, dealership: Dealership) -> None:
    width, customer = 375, dealership.customer
    address = f"{served}/d/{dealership.dealer.slug}/login"
    with window(chromium, width=width) as page:
        enter_password(page, address, customer.email)
        expect(page.get_by_role("heading", name="My Transactions")).to_be_visible()
        page.goto(f"{served}/account/security")
        check(page, width)
        page.get_by_role("link", name="Set up Codes by email").click()
        check(page, width)
        page.get_by_label("Current password").fill(PASSWORD)
        page.get_by_role("button", name="Send me a code").click()
        expect(page.get_by_label("6-digit code")).to_be_focused()
        check(page, width)
        page.get_by_label("6-digit code").fill(mailed_code())
        page.get_by_role("button", name="Turn on").click()
        assert len(page.locator("#codes").inner_text().split()) == 10
        page.get_by_role("link", name="I have saved them").click()

    with window(chromium, width=width) as page:
        enter_password(page, address, customer.email)
        expect(page.get_by_text("we have sent a code to")).to_be_visible()
        check(page, width)
        expect(page.get_by_role("button", name="Send again in")).to_be_disabled()  # and counts down
        check(page, width)
        page.get_by_label("6-digit code").fill(mailed_code())
        page.get_by_role("button", name="Log In", exact=True).click()
        expect(page.get_by_role("heading", name="My Transactions")).to_be_visible()
        page.goto(f"{served}/account/security/email/off")
        page.get_by_role("button", name="Send a code to").click()
        expect(page.get_by_text("We have just sent one to")).to_be_visible()
        check(page, width)
        page.get_by_label("Code from your email").fill(mailed_code())
        page.get_by_label("Current password").fill(PASSWORD)
        page.get_by_label("Current password").press("Enter")
        expect(page.get_by_text("Codes by email are turned off.")).to_be_visible()


def test_b25_codes_by_text_message_at_a_desk(chromium: Browser, served: str, dealership: Dealership, ids: Ids) -> None:
    width, texts, wanted = 1280, RecordingTextSender(), {"sms_codes": True}
    address, scope = f"{served}/d/{dealership.dealer.slug}/login", dealership.admin.staff_scope
    seen = settings_fingerprint(dealer_of(scope, fresh=True), wanted)
    change_settings(scope, wanted, seen=seen, now=NOW, ids=ids)

    def sent() -> str:
        send_due(IdentityScope(), deps=services.current().mail_deps)
        return texts.sent[-1].text[:6]

    with services.use(replace(services.current(), texts=texts)):
        with window(chromium, width=width) as page:
            enter_password(page, address, dealership.customer.email)
            expect(page.get_by_role("heading", name="My Transactions")).to_be_visible()
            page.goto(f"{served}/account/security")
            check(page, width)
            page.get_by_role("link", name="Set up Codes by text message").click()
            page.get_by_label("Mobile number").fill("01632 960 114")
            page.get_by_label("Current password").fill(PASSWORD)
            page.get_by_role("button", name="Send me a code").click()
            expect(page.get_by_role("alert")).to_contain_text("We cannot send text messages to this number")
            check(page, width)
            page.get_by_label("Mobile number").fill("07400 123456")
            page.get_by_label("Current password").fill(PASSWORD)
            page.get_by_role("button", name="Send me a code").click()
            page.get_by_label("6-digit code").fill(sent())
            page.get_by_role("button", name="Turn on").click()
            expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
        with window(chromium, width=width) as page:
            enter_password(page, address, dealership.customer.email)
            expect(page.get_by_text("we have sent a code to •••456")).to_be_visible()
            check(page, width)
            page.get_by_label("6-digit code").fill(sent())
            page.get_by_role("button", name="Log In", exact=True).click()
            expect(page.get_by_role("heading", name="My Transactions")).to_be_visible()
