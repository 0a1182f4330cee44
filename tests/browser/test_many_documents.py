"""A customer has the documents of ticked invoices prepared, and sends one on to somebody without a login."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from chalicelib import settings
from chalicelib.documents.model import document_name
from chalicelib.kernel.ids import Ids
from chalicelib.notifications.dispatch import send_due
from chalicelib.store import blobs
from tests.browser.chrome import audit_looks, audit_phone, window
from tests.browser.served import NOW, logged_in
from tests.fixtures.cast import Dealership, make_dealership
from tests.fixtures.worlds import World
from tests.ledger.accounts import an_account
from tests.ledger.published import publish
from tests.notifications.fakes import Clock, Post
from tests.rendering.test_merged_pdf import of_pages
from tests.web.background import work
from tests.web.customer.barlow import ROWS

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def dealership(aws: World, ids: Ids) -> Dealership:
    assert aws.name
    made = make_dealership(ids, NOW, name="Moorbeck Machinery", prefix="moorbeck", phone="01632 960 014")
    publish(made.import_scope, [an_account(ROWS)])
    name = document_name(run=1, ref="1200", document_id="cda4b51f")
    blobs.put(made.import_scope, settings.load().files_bucket, name, of_pages((595, 842)), "application/pdf")
    return made


def look(page: Page) -> None:
    """Nothing is wrong at any width; then it is wide again."""
    audit_looks(page)
    audit_phone(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme="light")


def test_documents_are_prepared_and_one_is_sent_on(
    chromium: Browser, served: str, dealership: Dealership, aws: World, ids: Ids
) -> None:
    with window(chromium, cookies=logged_in(dealership.customer, ids, NOW, served)) as page:
        page.goto(f"{served}/transactions")
        for reference in ("127070", "126950"):
            page.get_by_role("checkbox", name=f"Select invoice {reference}").check()
        page.get_by_role("button", name="Documents").click()
        expect(page.locator("#main")).to_contain_text("1 document is here. 1 has not arrived yet")
        look(page)
        page.get_by_role("button", name="Prepare download").click()
        expect(page.locator("#main")).to_contain_text("0 of 2 documents")
        look(page)
        work(aws)
        expect(page.get_by_role("heading", name="Your file is ready")).to_be_visible()
        expect(page.locator("#main")).to_contain_text("Invoice 126950: The PDF has not arrived yet")
        look(page)

        page.set_viewport_size({"width": 375, "height": 800})
        page.goto(f"{served}/transactions")
        page.get_by_role("link", name="127070").first.click()
        page.get_by_role("link", name="Forward").first.click()
        page.get_by_role("button", name="Send", exact=True).click()
        expect(page.get_by_role("alert")).to_contain_text("Enter an email address")
        look(page)
        page.get_by_label("Recipient", exact=False).first.fill(f"{ids.dealer_id()}@accountant.example")
        page.get_by_label("Message").fill("For May.")
        page.get_by_role("button", name="Send", exact=True).click()
        expect(page.locator("#main")).to_contain_text("Not opened yet")
        look(page)

        post = Post(Clock(NOW), ids)
        send_due(dealership.import_scope, deps=post.deps)
        link = re.findall(r"https://portal\.example(/f/\S+)", post.sender.sent[-1].text)[0]
        with window(chromium) as stranger:
            stranger.goto(served + link)
            expect(stranger.get_by_role("heading", level=1)).to_have_text("Invoice 127070")
            expect(stranger.get_by_role("button", name="Open the PDF")).to_be_visible()
            look(stranger)
            page.get_by_role("button", name="Revoke link").click()
            expect(page.locator("#main")).to_contain_text("Link ended")
            stranger.reload()
            expect(stranger.get_by_role("heading", level=1)).to_have_text("This link no longer works")
