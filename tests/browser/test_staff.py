"""The dealer's pages in a browser, for a dealer with a long name and large sums: nothing is wider than its page."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, expect

from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.model import Enrolment, State
from chalicelib.dealers.staff import operations as staff
from chalicelib.ingest.model import RunState
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.keys import link_part
from chalicelib.kernel.roles import Role
from tests.browser.chrome import audit, wait_until, window
from tests.browser.served import NOW, logged_in
from tests.fixtures.cast import Dealership, make_dealership
from tests.fixtures.worlds import World
from tests.ingest.exports import export, ledger
from tests.ingest.pipeline import ImportPipeline

pytestmark = pytest.mark.browser
LONG_NAME = "Landmaschinen Schwarzenberger-Öttinger & Söhne GmbH & Co. KG"
ACCOUNT = f"/staff/accounts/{link_part('1000')}"
PAGES = (
    "/staff/imports/1",
    "/staff/imports/1/accounts",
    "/staff/imports/format",
    "/staff/activity",
    "/staff/users",
    "/staff/users/new",
    "/profile",
    "/profile/photo",
    "/staff/customise/texts",
    "/staff/customise/mails",
    "/staff/customise/mails/preview?mail=documents_shared",
    "/staff/accounts?status=all",
    "/staff/invitations",
    "/staff/invitations/accounts?reason=no_second_name",
    "/staff/invitations/new?per_day=5&first_day=2024-06-06&weekdays=yes&include_no_second_name=yes",
    ACCOUNT,
    f"{ACCOUNT}/transactions?status=all",
    f"{ACCOUNT}/statements?period=2024-06",
    f"/staff/accounts/invite?account={link_part('1000')}",
)


@pytest.fixture(scope="module")
def dealership(aws: World, ids: Ids) -> Dealership:
    """Its export has large sums, rows with errors of several kinds, and totals that cannot be counted."""
    made = make_dealership(ids, NOW, name=LONG_NAME, prefix="long", phone="+49 (0)831 / 555 0100")
    customers, rows = ledger(30, 20)
    customers[0] |= {"name": LONG_NAME, "balance": "123456789.01", "email": f"{'a' * 60}@farm.example"}
    for row in rows[:3]:
        row |= {"total_amount": "123456789.01", "outstanding_amount": "123456789.01"}
    rows[3]["transaction_date"] = "31/09/2024"
    rows[4]["total_amount"] = "1.0.0"
    rows[5]["description"] = "x" * 900
    line = ImportPipeline(aws, made, NOW, ids)
    run = line.take_in(export(line, customers, rows))
    assert (run.number, run.state) == (1, RunState.PUBLISHED), run.reasons
    invited = Enrolment("1002", State.INVITED, f"{'b' * 60}@farm.example", "01HX", "maria", NOW, invited_at=NOW)
    enrolments.put(made.scope, invited, before=None)
    colleague = f"{'c' * 60}@{'landmaschinen' * 4}.example"
    staff.invite_staff(made.scope, email=colleague, role=Role.SERVICE_MANAGER, invited_by="x", now=NOW, ids=ids)
    return made


@pytest.fixture
def page(chromium: Browser, served: str, dealership: Dealership, ids: Ids) -> Iterator[Page]:
    with window(chromium, cookies=logged_in(dealership.admin, ids, NOW, served)) as made:
        yield made


@pytest.mark.parametrize("path", PAGES)
def test_nothing_needs_sideways_scroll(page: Page, served: str, path: str) -> None:
    page.goto(served + path)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    for width in (1280, 1024, 375, 320):
        page.set_viewport_size({"width": width, "height": 900})
        audit(page)
        for table in page.locator(".table-scroll").all():
            wide = table.evaluate("it => it.scrollWidth - it.clientWidth")
            assert wide <= 1, f"{table.get_attribute('aria-label')} is {wide} px too wide at {width}"


def test_a_printed_list_of_accounts_cuts_no_email_and_has_the_balances(page: Page, served: str) -> None:
    page.set_viewport_size({"width": 688, "height": 900})
    page.goto(f"{served}/staff/accounts?status=all")
    page.emulate_media(media="print")
    for email in page.locator(".email > span").all():
        assert email.evaluate("it => it.scrollWidth <= it.clientWidth")
    expect(page.get_by_role("columnheader", name="Balance")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 688


def test_the_menu_at_1024_keeps_its_labels_on_a_line(page: Page, served: str) -> None:
    page.set_viewport_size({"width": 1024, "height": 900})
    page.goto(f"{served}/staff/imports")
    page.get_by_role("link", name="Menu", exact=True).click()
    for link in page.locator(".sidebar a").all():
        box = link.bounding_box()
        assert box
        assert box["height"] < 40
        assert link.evaluate("it => it.scrollWidth <= it.clientWidth")


def test_a_list_that_changes_is_announced_and_keeps_its_order_and_the_focus(page: Page, served: str) -> None:
    page.goto(f"{served}/staff/accounts?status=all")
    announced = page.locator("#announced")
    expect(announced).to_be_empty()
    page.get_by_role("link", name="Customer Name", exact=True).click()
    expect(announced).to_have_text("30 customers, by name")
    expect(page.locator("#sort-name")).to_be_focused()
    page.get_by_label("Search", exact=True).press_sequentially("1002")
    expect(announced).to_have_text("1 customer, by name")
    expect(page).to_have_url(re.compile(r"\?(?=.*sort=name)(?=.*status=all)(?=.*q=1002)"))
    page.get_by_label("Search", exact=True).fill("nobody")
    expect(announced).to_have_text("Nothing matches “nobody”")
    page.goto(f"{served}/staff/activity")
    page.get_by_label("About").select_option(index=1)
    expect(announced).not_to_be_empty()
    page.get_by_label("About").select_option(index=0)
    expect(announced).to_contain_text("shown, newest first")


def test_a_second_click_meets_no_button_that_has_just_come(page: Page, served: str) -> None:
    """Invite may lie where Next was, and mails at once."""
    page.goto(f"{served}/staff/accounts?status=all")
    button = page.locator("#results button[type=submit]").first
    page.evaluate(
        """document.addEventListener("htmx:afterSwap", () => {
          window.met = getComputedStyle(document.querySelector("#results button[type=submit]")).pointerEvents;
        })"""
    )
    page.get_by_role("link", name="Customer Name", exact=True).click()
    wait_until(page, "window.met")
    assert page.evaluate("window.met") == "none"
    expect(button).to_have_css("pointer-events", "auto")


def test_a_mail_that_leaves_is_shown_without_a_reload(page: Page, served: str, dealership: Dealership) -> None:
    page.goto(f"{served}/staff/accounts?status=none")
    page.get_by_label("Select Customer 1001, 1001").check()
    preview = page.get_by_role("link", name="Preview the email")
    expect(preview).to_have_attribute(
        "href", f"/staff/accounts/invite?back=%2Fstaff%2Faccounts%3Fstatus%3Dnone&account={link_part('1001')}"
    )
    page.goto(f"{served}/staff/accounts/{link_part('1001')}")
    page.get_by_role("button", name="Invite").click()
    expect(page.get_by_text("Invitation on its way")).to_be_visible()
    queued = enrolments.enrolment(dealership.scope, "1001")
    assert queued
    assert queued.state is State.QUEUED
    sent = replace(queued, state=State.INVITED, invited_at=NOW)
    enrolments.put(dealership.scope, sent, before=queued)
    expect(page.get_by_text(f"Sent to {queued.email}")).to_be_visible()
    expect(page.get_by_text("Invitation on its way")).to_have_count(0)
