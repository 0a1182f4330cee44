"""The customer's part of the dealer's manual (3.1 to 3.4) and the customers' own (2.1 to 2.3), in order and in words.

At a desk, at a phone, and without scripts.
"""

import re
from collections.abc import Iterator
from random import Random

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from chalicelib.customers.enrolment import operations as enrolment
from chalicelib.kernel.ids import Ids
from tests.browser.chrome import window
from tests.browser.served import NOW, serving_portal
from tests.browser.test_manual import open_mail
from tests.bundles import customer, document, transaction
from tests.fixtures.cast import Dealership, make_dealership
from tests.fixtures.worlds import World
from tests.ingest.exports import export
from tests.ingest.pipeline import ImportPipeline
from tests.uploads import made_files

pytestmark = pytest.mark.browser
PASSWORD = "copper lantern meadow"
REF = "1250"
PHONE = 375
PAPER = made_files.pdf(Random(127070))


@pytest.fixture
def served(aws: World, ids: Ids) -> Iterator[str]:  # noqa: ARG001 - the world must stand
    with serving_portal(ids, NOW) as at:
        yield at


@pytest.fixture
def dealership(aws: World, ids: Ids) -> Dealership:
    """Whose customer has the invoices of the manuals, one that is settled, a credit note and an invoice in dispute."""
    made = make_dealership(ids, NOW, name="Moorbeck Machinery", prefix="moorbeck", phone="01632 960 014")
    line = ImportPipeline(aws, made, NOW, ids)
    rows = [
        transaction(
            *(REF, "127070", "7.70"),
            description="General Parts Sale",
            discount_date="2024-06-06",
            settlement_amount="7.32",
            document_id="paper",
        ),
        transaction(REF, "126867", "728.20", transaction_date="2024-03-01", description="Workshop Invoice"),
        transaction(REF, "126828", "1093.50", dispute_flag="true", description="Workshop Invoice"),
        transaction(REF, "C20417", "-48.20", type="credit_note", description="Parts returned"),
        transaction(REF, "126001", "61.00", outstanding_amount="0.00", settled_date="2024-05-20"),
    ]
    person = customer(REF, name="Mr A L Barlow", email=address(made))
    paper = document(REF, "paper", PAPER, transaction_id="127070")
    line.take_in(export(line, [person], rows, documents=[paper], contents={"paper": PAPER}))
    return made


def address(dealership: Dealership) -> str:
    """The customer's, in which the case of letters means nothing."""
    return f"al.barlow@{dealership.dealer.slug}.example"


@pytest.mark.parametrize(("width", "scripts"), [(1280, True), (375, True), (375, False)])
def test_a2_a_customer_follows_the_manuals(
    chromium: Browser, served: str, dealership: Dealership, ids: Ids, width: int, *, scripts: bool
) -> None:
    enrolment.invite_customers(
        dealership.admin.staff_scope,
        dealer=dealership.dealer,
        refs=[REF],
        invited_by=dealership.admin.email,
        now=NOW,
        ids=ids,
    )
    with window(chromium, width=width, scripts=scripts) as page:
        page.route("**/pdf?*", lambda route: route.fulfill(content_type="application/pdf", body=PAPER))
        create_an_account_and_log_in(page, served, dealership, ids)
        read_the_dashboard(page)
        manage_the_profile(page)
        locate_an_invoice(page, scripts=scripts)
        view_print_and_download(page, overlaid=scripts and width > PHONE)


def create_an_account_and_log_in(page: Page, at: str, dealership: Dealership, ids: Ids) -> None:
    """3.1 of the one, 2.1 of the other."""
    assert open_mail(page, at, dealership.dealer.dealer_id, ids) == address(dealership)
    expect(page.get_by_role("heading", name="Create Your Account")).to_be_visible()
    page.get_by_role("link", name="Complete My Account").click()
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_role("button", name="Save password and continue").click()
    page.get_by_label("User Name", exact=True).fill(address(dealership).title())
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log In", exact=True).click()


def read_the_dashboard(page: Page) -> None:
    """3.2 and 2.2: the list with its columns, its filters, and what is at the top right."""
    expect(page.get_by_role("heading", level=1)).to_have_text("My Transactions")
    row = row_of(page, "127070")
    for shown in ("7.70", "7.32", "General Parts Sale"):
        expect(row).to_contain_text(shown)
    kinds = page.get_by_label("Type").get_by_role("option").all_inner_texts()
    assert kinds[:3] == ["Show All", "Invoice", "Credit Note"]
    assert {"Current", "History"} <= set(page.get_by_label("Status").get_by_role("option").all_inner_texts())
    expect(
        row_of(page, "126828")
        .get_by_role("img", name=re.compile("dispute", re.IGNORECASE))
        .or_(row_of(page, "126828").get_by_text("Disputed"))
        .first
    ).to_be_visible()
    bar = page.get_by_role("banner")
    expect(bar.get_by_role("button", name="Log out")).to_be_visible()
    expect(bar.get_by_text("Notifications").first).to_be_attached()


def row_of(page: Page, reference: str) -> Locator:
    return page.get_by_role("table", name="Transactions").get_by_role("row").filter(has_text=reference)


def manage_the_profile(page: Page) -> None:
    """3.3: by the icon at the top right; Save Changes, then Cancel, which leads back."""
    home = page.url
    page.get_by_role("link", name=re.compile("^Profile, ")).click()
    expect(page.get_by_role("link", name="Change Password")).to_be_visible()
    expect(page.get_by_role("link", name="Upload Photo")).to_be_visible()
    page.get_by_label("First Name").fill("Albert")
    page.get_by_label("Last Name").fill("Barlow")
    page.get_by_role("button", name="Save Changes").click()
    expect(page.get_by_label("First Name")).to_have_value("Albert")
    page.get_by_role("link", name="Cancel").click()
    expect(page).to_have_url(home)


def locate_an_invoice(page: Page, *, scripts: bool) -> None:
    """3.4 and 2.3, 1: by the search, and settled ones by History."""
    filtered(page, scripts=scripts, status="History")
    expect(row_of(page, "126001")).to_be_visible()
    expect(row_of(page, "127070")).to_have_count(0)
    filtered(page, scripts=scripts, status="Current", kind="Credit Note")
    expect(row_of(page, "C20417")).to_be_visible()
    filtered(page, scripts=scripts, status="Current", kind="Show All", search="127070")
    expect(row_of(page, "126867")).to_have_count(0)


def filtered(page: Page, *, scripts: bool, status: str, kind: str = "Show All", search: str = "") -> None:
    page.get_by_label("Status").select_option(status)
    page.get_by_label("Type").select_option(kind)
    page.get_by_label("Search", exact=True).fill(search)
    if not scripts:
        page.get_by_role("button", name="Filter").click()


def view_print_and_download(page: Page, *, overlaid: bool) -> None:
    """2 to 4: the document icon, the printer and the download icon, and a click on the list to return to it.

    On a phone and without scripts the document has a page of its own.
    """
    row_of(page, "127070").get_by_role("link", name="127070", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="Invoice 127070")).to_be_visible()
    page.wait_for_load_state()  # until the styles are there, what a phone does not show is there twice
    if not overlaid:
        expect(page.get_by_role("link", name="Open the PDF")).to_have_attribute("href", re.compile(r"/(pdf|view)\?"))
        with page.expect_download():
            page.get_by_role("link", name="Download").click()
        page.get_by_role("main").get_by_role("link", name="My Transactions").click()
        expect(row_of(page, "127070")).to_be_visible()
        return
    overlay = page.get_by_role("dialog", name="Invoice 127070")
    expect(overlay).to_contain_text("Page 1 of ")
    overlay.get_by_role("link", name="Print").click()
    expect(overlay.locator("iframe[src^='blob:']")).to_have_count(1)
    with page.expect_download():
        overlay.get_by_role("link", name="Download").click()
    page.mouse.click(5, 300)
    expect(overlay).to_have_count(0)
    expect(row_of(page, "127070")).to_be_visible()
