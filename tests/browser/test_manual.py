"""The first steps of the dealer's manual (2.1, 2.2 and 2.5) in Chromium, in its order and its words.

2.4 and 2.6 are followed in `test_users.py` and `test_customise.py`.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from chalicelib.dealers import queries as dealers
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import ImportScope, OperatorScope
from chalicelib.mail.sender import RecordingSender
from chalicelib.notifications.deps import MailDeps
from chalicelib.notifications.dispatch import send_due
from chalicelib.rendering.templates import render
from infra.operator_commands.cli import main
from tests.browser.chrome import WIDTHS, audit, window
from tests.browser.served import NOW, logged_in, serving_portal
from tests.fixtures.cast import Dealership, make_dealership
from tests.fixtures.worlds import World
from tests.ingest.exports import export, ledger
from tests.ingest.pipeline import ImportPipeline

pytestmark = pytest.mark.browser
NEW_PASSWORD = "copper lantern meadow"


@pytest.fixture
def served(aws: World, ids: Ids) -> Iterator[str]:  # noqa: ARG001 - the world must stand
    with serving_portal(ids, NOW) as at:
        yield at


@pytest.fixture
def dealership(aws: World, ids: Ids) -> Dealership:
    """The customer list extracted from the dealer's system: 1000 to 1011 have an email address, 1001 has none."""
    made = make_dealership(ids, NOW, name="Moorbeck Machinery", prefix="moorbeck", phone="01632 960 014")
    customers, rows = ledger(12, 1)
    customers[1]["email"] = ""
    line = ImportPipeline(aws, made, NOW, ids)
    line.take_in(export(line, customers, rows))
    return made


def open_mail(page: Page, at: str, dealer_id: str, ids: Ids) -> str:
    """The one mail that is due, as its reader's program shows it; whom it is to."""
    sender = RecordingSender()
    assert send_due(ImportScope(dealer_id), deps=MailDeps(sender, render, at, lambda: NOW, ids)) == 1
    page.goto("about:blank")  # a mail program has not the CSP of the portal
    page.set_content(sender.sent[0].html)
    return sender.sent[0].to


def choose_from_menu(page: Page, entry: str) -> None:
    """The hamburger menu on the top left, which a wide window has open."""
    if (page.viewport_size or {"width": 0})["width"] < 1200:
        page.get_by_role("link", name="Menu", exact=True).click()
    page.get_by_role("link", name=entry, exact=True).click()


@pytest.mark.parametrize("width", WIDTHS)
def test_a1_2_to_a1_5_the_main_contact_creates_an_account_and_logs_in(
    chromium: Browser, served: str, ids: Ids, width: int
) -> None:
    tail = ids.dealer_id()
    contact = f"owner@moor-{tail}.example"
    given = {
        "name": "Moorbeck Machinery",
        "slug": f"moor-{tail}",
        "code": f"moor_{tail}",
        "contact-email": contact,
        "address": "Beck Lane, Castleton, Whitby YO21 6XX",
        "user-allowance": "5",
        "invite-allowance": "500",
        "locale": "en-GB",
        "time-zone": "Europe/London",
        "currency": "GBP",
        "phone": "01632 960 014",
        "actor": "operator:test",
    }
    options = [part for name, value in given.items() for part in (f"--{name}", value)]
    assert main(["create-dealer", *options], ids=ids, now=NOW) == 0
    dealer_id = dealers.by_slug(OperatorScope("test"), f"moor-{tail}")
    assert dealer_id
    with window(chromium, width=width) as page:
        assert open_mail(page, served, dealer_id, ids) == contact
        expect(page.get_by_role("heading", name="Create Your Account")).to_be_visible()
        page.get_by_role("link", name="Complete My Account").click()
        audit(page)
        page.get_by_label("New password").fill(NEW_PASSWORD)
        page.get_by_role("button", name="Save password and continue").click()
        expect(page.get_by_text("Your password is saved. Log in to finish.")).to_be_visible()
        page.get_by_label("User Name", exact=True).fill(contact)
        page.get_by_label("Password", exact=True).fill(NEW_PASSWORD)
        page.get_by_role("button", name="Log In", exact=True).click()
        expect(page.get_by_role("heading", name="Customer Accounts")).to_be_visible()
        audit(page)


@pytest.mark.parametrize("width", WIDTHS)
def test_a1_6_to_a1_13_and_a1_24_customers_are_located_and_invited_on_the_dashboard(
    chromium: Browser, served: str, dealership: Dealership, ids: Ids, width: int
) -> None:
    with window(chromium, width=width, cookies=logged_in(dealership.admin, ids, NOW, served)) as page:
        page.goto(served)
        for figure in ("Active", "Invited, pending activation", "Not invited"):
            expect(page.get_by_role("link", name=figure).first).to_be_visible()
        expect(page.get_by_role("button", name="Log out")).to_be_visible()
        for entry in ("Dealership Users", "Customise", "Customer Accounts"):
            choose_from_menu(page, entry)
            expect(page.get_by_role("heading", level=1)).to_contain_text(entry)
        page.get_by_label("Search", exact=True).fill("1001")
        page.get_by_label("Search", exact=True).press("Enter")
        row = page.locator("#results").get_by_role("row").filter(has_text="1001")
        expect(row).to_have_count(1)
        expect(row.get_by_role("button", name="Invite")).to_have_count(0)
        page.get_by_label("Search", exact=True).fill("1002")
        page.get_by_label("Search", exact=True).press("Enter")
        row = page.locator("#results").get_by_role("row").filter(has_text="1002")
        expect(row).to_have_count(1)
        row.get_by_role("button", name="Invite").click()
        expect(page.get_by_text("An invitation is on its way to")).to_be_visible()
        open_mail(page, served, dealership.dealer.dealer_id, ids)
        expect(page.get_by_role("link", name="Complete My Account")).to_be_visible()
        page.goto(f"{served}/staff/accounts?status=all")
        expect(page.locator("#results").get_by_role("row").filter(has_text="1002")).to_contain_text("Invited 5 Jun")
        audit(page)
