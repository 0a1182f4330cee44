"""A customer chooses a statement and reads it, wide and on a phone, there without scripts."""

import pytest
from playwright.sync_api import Browser, expect

from chalicelib.kernel.ids import Ids
from tests.browser.chrome import audit_looks, audit_phone, window
from tests.browser.served import NOW, logged_in
from tests.fixtures.cast import Dealership, make_dealership
from tests.fixtures.worlds import World
from tests.ledger.accounts import an_account
from tests.ledger.published import publish
from tests.web.customer.barlow import ROWS

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def dealership(aws: World, ids: Ids) -> Dealership:
    assert aws.name
    made = make_dealership(ids, NOW, name="Moorbeck Machinery", prefix="moorbeck", phone="01632 960 014")
    publish(made.import_scope, [an_account(ROWS)])
    return made


def test_a_statement_is_chosen_and_read(chromium: Browser, served: str, dealership: Dealership, ids: Ids) -> None:
    cookies = logged_in(dealership.customer, ids, NOW, served)
    with window(chromium, cookies=cookies) as page:
        page.goto(f"{served}/transactions")
        page.get_by_role("navigation", name="Main").get_by_role("link", name="Statements").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Statement, May 2024")
        expect(page.get_by_role("table", name="Movements")).to_contain_text("£209.60")
        expect(page.get_by_label("From", exact=True)).to_be_hidden()
        page.get_by_label("Statement", exact=True).select_option("Custom period")
        page.get_by_label("From", exact=True).fill("2024-04-01")
        page.get_by_label("To", exact=True).fill("2024-04-30")
        page.get_by_label("Shows").select_option("Open items only")
        page.get_by_role("button", name="Show").click()
        expect(page.get_by_role("table", name="Open items")).to_contain_text("126950")
        audit_looks(page)
        audit_phone(page)
    with window(chromium, width=375, scripts=False, cookies=cookies) as page:
        page.goto(f"{served}/transactions")
        page.get_by_role("link", name="Statements").last.click()
        page.get_by_label("Payments").uncheck()
        page.get_by_role("button", name="Show").click()
        expect(page.get_by_label("Payments")).not_to_be_checked()
        expect(page.get_by_role("link", name="Download this statement as CSV")).to_be_visible()
        expect(page.locator("#main")).to_contain_text("£247.06")
