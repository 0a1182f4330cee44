"""The main journey: a dealer invites a customer, who finds an invoice, prints it and keeps it."""

import io
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from pypdf import PdfReader

from tests.browser.chrome import window
from tests.fixtures.portal import Portal
from tests.journeys.conftest import PATIENCE_MS, printed_login
from tests.journeys.people import Login, complete_my_account, find_customer, invite, log_in, log_out

pytestmark = [pytest.mark.browser, pytest.mark.long]

BARLOW = "1200", "Mr A L Barlow", "al.barlow@postgate.example"
SMYTHE = "1100", "Major C Smythe", "c.smythe@highfarm.example"


def test_a_customer_finds_prints_and_keeps_an_invoice(
    chromium: Browser, each_portal: Portal, dealer: Page, tmp_path: Path
) -> None:
    ref, name, email = BARLOW
    url = each_portal.url
    invite(dealer, url, ref, name)
    with window(chromium) as customer:
        customer.set_default_timeout(PATIENCE_MS)
        complete_my_account(customer, url, email)
        log_in(customer, url, Login(email))
        expect(customer).to_have_url(f"{url}/transactions")
        search(customer, "127070")
        with customer.expect_response(is_pdf) as fetched:
            customer.get_by_role("link", name="127070").first.click()
        assert_is_the_invoice(fetched.value.body())
        overlay = customer.get_by_role("dialog", name="Invoice 127070")
        expect(overlay.locator("canvas").first).to_be_visible()
        expect(overlay).to_contain_text("£7.32 if paid by")
        assert is_printed(overlay)
        assert_is_the_invoice(downloaded(customer, overlay, tmp_path))
        overlay.get_by_role("link", name="Close").click()
        expect(overlay).to_have_count(0)
        log_out(customer)
    find_customer(dealer, url, ref)
    expect(dealer.get_by_role("row").filter(has_text=name)).to_contain_text("Active")


def test_the_same_without_scripts(chromium: Browser, each_portal: Portal) -> None:
    ref, name, email = SMYTHE
    url = each_portal.url
    with window(chromium, scripts=False) as staff, window(chromium, scripts=False) as customer:
        staff.set_default_timeout(PATIENCE_MS)
        customer.set_default_timeout(PATIENCE_MS)
        log_in(staff, url, printed_login(each_portal.log))
        invite(staff, url, ref, name)
        complete_my_account(customer, url, email, scripts=False)
        log_in(customer, url, Login(email))
        customer.get_by_label("Type").select_option("Invoice")
        customer.get_by_label("Status").select_option("all")
        customer.get_by_role("button", name="Filter").click()
        first = customer.get_by_role("table", name="Transactions").get_by_role("link", name=re.compile(r"^\d+$")).first
        number = first.inner_text()
        first.click()
        expect(customer.get_by_role("heading", level=1)).to_have_text(f"Invoice {number}")
        link = customer.get_by_role("link", name="Open the PDF").get_attribute("href")
        answer = customer.request.get(f"{url}{link}")
        assert number in text_of(answer.body())
        log_out(customer)
        find_customer(staff, url, ref)
        expect(staff.get_by_role("row").filter(has_text=name)).to_contain_text("Active")


def search(page: Page, text: str) -> None:
    """Type into the search of My Transactions until only one row is left."""
    page.get_by_label("Search", exact=True).fill(text)
    expect(page.locator("#results").get_by_text("1 transaction,")).to_be_visible()


def is_pdf(response: object) -> bool:
    headers: dict[str, str] = getattr(response, "headers", {})
    return headers.get("content-type") == "application/pdf"


def is_printed(overlay: Locator) -> bool:
    """Press Print: whether a frame with the PDF itself is made for the printer."""
    overlay.get_by_role("link", name="Print").click()
    expect(overlay.locator("iframe[src^='blob:']")).to_have_count(1)
    return True


def downloaded(page: Page, overlay: Locator, folder: Path) -> bytes:
    """What Download saves."""
    with page.expect_download() as download:
        overlay.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename == "Invoice-127070.pdf"
    download.value.save_as(folder / "invoice.pdf")
    return (folder / "invoice.pdf").read_bytes()


def assert_is_the_invoice(data: bytes) -> None:
    text = text_of(data)
    assert "127070" in text
    assert "7.70" in text


def text_of(pdf: bytes) -> str:
    """The words of a PDF."""
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
