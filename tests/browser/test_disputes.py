"""A customer disputes what is ticked, staff answer and the customer reads it; also without scripts on a phone."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from chalicelib.kernel.ids import Ids
from chalicelib.kernel.keys import link_part
from tests.browser.chrome import audit_looks, audit_phone, window
from tests.browser.served import NOW, logged_in
from tests.fixtures.cast import Dealership, make_dealership
from tests.fixtures.staff import listed
from tests.fixtures.worlds import World
from tests.ledger.accounts import an_account
from tests.ledger.published import publish
from tests.web.customer.barlow import ROWS

pytestmark = [pytest.mark.browser, pytest.mark.long]


@pytest.fixture(scope="module")
def dealership(aws: World, ids: Ids) -> Dealership:
    assert aws.name
    made = make_dealership(ids, NOW, name="Moorbeck Machinery", prefix="moorbeck", phone="01632 960 014")
    listed(made, made.admin, made.user, now=NOW)
    publish(made.import_scope, [an_account(ROWS)])
    return made


@pytest.fixture
def customer(chromium: Browser, served: str, dealership: Dealership, ids: Ids) -> Iterator[Page]:
    with window(chromium, cookies=logged_in(dealership.customer, ids, NOW, served)) as made:
        yield made


@pytest.fixture
def staff(chromium: Browser, served: str, dealership: Dealership, ids: Ids) -> Iterator[Page]:
    with window(chromium, cookies=logged_in(dealership.user, ids, NOW, served)) as made:
        yield made


def look(page: Page) -> None:
    """Nothing is wrong at any width; then it is wide again."""
    audit_looks(page)
    audit_phone(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme="light")


def test_ticked_invoices_are_disputed_answered_and_read_about(customer: Page, staff: Page, served: str) -> None:
    customer.goto(f"{served}/transactions")
    for reference in ("127072", "127073"):
        customer.get_by_role("checkbox", name=f"Select invoice {reference}").check()
    customer.get_by_role("button", name="Dispute", exact=True).click()
    expect(customer.get_by_role("heading", level=1)).to_have_text("Dispute 2 transactions")
    customer.get_by_role("button", name="Send dispute").click()
    expect(customer.get_by_role("alert")).to_contain_text("There are 2 problems")
    look(customer)
    customer.get_by_label("The price is wrong").check()
    customer.get_by_label("In dispute, at most £25.78, Invoice 127073").fill("5.00")
    customer.get_by_label("What is wrong?").fill("We agreed on another price.")
    customer.get_by_role("button", name="Send dispute").click()
    expect(customer.get_by_role("heading", level=1)).to_have_text("Dispute over 2 transactions")
    expect(customer.locator("[aria-current=step]")).to_contain_text("Raised")
    look(customer)

    staff.goto(f"{served}/staff/to-do?kind=dispute")
    staff.get_by_role("link", name="£8.98 of").first.click()
    for button in ("Acknowledge", "Take under review"):
        staff.get_by_role("button", name=button).click()
    look(staff)
    staff.get_by_label("Credit, at most £8.98").fill("8.98")
    staff.get_by_label("Answer to the customer").fill("You are right.")
    staff.get_by_role("button", name="Resolve with this credit").click()
    expect(staff.locator("[aria-current=step]")).to_contain_text("Credited")
    staff.goto(f"{served}/staff/disputes")
    expect(staff.get_by_role("table", name="What disputes are about")).to_contain_text("The price is wrong")
    look(staff)

    customer.reload()
    expect(customer.locator("[aria-current=step]")).to_contain_text("Credited")
    expect(customer.locator("#main")).to_contain_text("You are right.")
    customer.goto(f"{served}/disputes")
    look(customer)


def test_without_scripts_on_a_phone(chromium: Browser, served: str, dealership: Dealership, ids: Ids) -> None:
    cookies = logged_in(dealership.customer, ids, NOW, served)
    with window(chromium, width=375, scripts=False, cookies=cookies) as page:
        page.goto(f"{served}/invoices/{link_part('1200')}/invoice/{link_part('126950')}")
        page.get_by_role("link", name="Dispute this").click()
        page.get_by_label("Goods are missing or wrong").check()
        page.get_by_label("An amount").check()
        page.get_by_label("In dispute, at most £93.50").fill("46.15")
        page.get_by_label("What is wrong?").fill("One hose came, two are on the invoice.")
        page.get_by_role("button", name="Send dispute").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Dispute over invoice 126950")
        page.get_by_role("button", name="Withdraw dispute").click()
        expect(page.locator("[aria-current=step]")).to_contain_text("Withdrawn")
        page.get_by_label("Why do you reopen it?").fill("It came broken.")
        page.get_by_role("button", name="Reopen dispute").click()
        expect(page.locator("[aria-current=step]")).to_contain_text("Raised")
        page.goto(f"{served}/transactions")
        expect(page.get_by_text("Disputed", exact=False).first).to_be_visible()
