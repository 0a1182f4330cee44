"""Staff share documents, and the customer finds what they show, is notified by email, and loses what they hide."""

from pathlib import Path
from random import Random

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from chalicelib.kernel.keys import link_part
from tests.browser.chrome import window
from tests.fixtures.portal import Portal
from tests.journeys.conftest import PATIENCE_MS, printed_login
from tests.journeys.people import Login, complete_my_account, invite, log_in, open_mail
from tests.uploads import made_files

pytestmark = pytest.mark.browser

CLUB = "1102", "Aberdeen Municipal Golf Club", "greens@municipal-golf.example"
"""A customer whom no other journey invites."""
HOME = f"/staff/accounts/{link_part(CLUB[0])}/documents"


def test_what_staff_show_is_with_the_customer_at_once(chromium: Browser, portal: Portal, tmp_path: Path) -> None:
    paper, manual = tmp_path / "Terms.pdf", tmp_path / "baler manual.pdf"
    for path in (paper, manual):
        path.write_bytes(made_files.pdf(Random(path.name)))
    with window(chromium) as staff, window(chromium, width=375) as customer:
        for page in (staff, customer):
            page.set_default_timeout(PATIENCE_MS)
        log_in(staff, portal.url, printed_login(portal.log))
        invite(staff, portal.url, CLUB[0], CLUB[1])
        complete_my_account(customer, portal.url, CLUB[2])
        log_in(customer, portal.url, Login(CLUB[2]))
        upload(staff, portal, [paper, manual])
        switch = staff.get_by_role("switch", name="Terms of business")
        show(switch, customer, portal)
        delete(staff, "baler manual")
        open_mail(customer, portal.url, "has shared a document with you", CLUB[2])
        switch.press("Space")
        expect(switch).to_have_attribute("aria-checked", "false")
        customer.goto(f"{portal.url}/documents")
        expect(customer.get_by_text("Nothing yet. Documents that Moorbeck Machinery shares")).to_be_visible()
    without_scripts(chromium, portal)


def upload(staff: Page, portal: Portal, paths: list[Path]) -> None:
    """Both at once, the first under a title of its own; none is shown yet."""
    staff.goto(portal.url + HOME)
    staff.get_by_label("What kind of document is it?").select_option("Agreement")
    staff.locator("#files").set_input_files(paths)
    staff.get_by_label("Title").locator("visible=true").first.fill("Terms of business")
    staff.get_by_role("button", name="Upload").click()
    expect(staff.get_by_text("2 documents uploaded.")).to_be_visible()
    expect(staff.get_by_text("Being checked")).to_have_count(0)
    expect(staff.get_by_role("switch")).to_have_count(2)
    expect(staff.get_by_role("link", name="baler manual", exact=True)).to_be_visible()


def show(switch: Locator, customer: Page, portal: Portal) -> None:
    """Without a reload of the page; the keyboard stays where it was. The customer finds it."""
    switch.press("Enter")
    expect(switch).to_have_attribute("aria-checked", "true")
    expect(switch).to_be_focused()
    customer.goto(f"{portal.url}/documents")
    expect(customer.get_by_text("baler manual")).to_have_count(0)
    customer.get_by_role("link", name="Terms of business", exact=True).click()
    expect(customer.get_by_text("Page 1 of")).to_be_visible()
    customer.goto(f"{portal.url}/documents")
    expect(customer.get_by_text("New", exact=True)).to_have_count(0)
    with customer.expect_download() as fetched:
        customer.get_by_role("link", name="Download Terms of business").click()
    assert fetched.value.suggested_filename == "Terms of business.pdf"


def delete(staff: Page, title: str) -> None:
    """It is asked for on a page of its own. What waits for the schedule of the outbox is done with it."""
    staff.get_by_role("link", name=f"Delete {title}").click()
    staff.get_by_role("button", name="Delete the document").click()
    expect(staff.get_by_text(f"{title} is deleted")).to_be_visible()


def without_scripts(chromium: Browser, portal: Portal) -> None:
    """The switch is a button of a form."""
    with window(chromium, scripts=False) as staff:
        staff.set_default_timeout(PATIENCE_MS)
        log_in(staff, portal.url, printed_login(portal.log))
        staff.goto(portal.url + HOME)
        staff.get_by_role("switch", name="Terms of business").click()
        expect(staff.get_by_text("The customer can see Terms of business now")).to_be_visible()
        staff.goto(portal.url + HOME)  # without scripts the message stays, and may lie over a button
        delete(staff, "Terms of business")
        expect(staff.get_by_text("Nothing is shared yet")).to_be_visible()
