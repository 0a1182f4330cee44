"""Dealership Users in Chromium, in the steps of the manual: the menu, + Add, Invite, the bin."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from chalicelib.dealers.staff import operations as staff
from chalicelib.dealers.staff import repo
from chalicelib.kernel.ids import Ids
from tests.browser.chrome import WIDTHS, audit, window
from tests.browser.served import NOW, logged_in, serving_portal
from tests.fixtures.cast import Dealership, make_dealership
from tests.fixtures.worlds import World

pytestmark = pytest.mark.browser
NEW = "rob.swainby@moorbeck.example"


@pytest.fixture
def dealership(aws: World, ids: Ids) -> Dealership:
    assert aws.name
    made = make_dealership(ids, NOW, name="Moorbeck Machinery", prefix="moorbeck", phone="01632 960 014")
    for one in (made.admin, made.user):
        role = one.membership.role
        staff.join_staff(made.import_scope, person_id=one.person_id, email=one.email, role=role, now=NOW, ids=ids)
    return made


@pytest.fixture
def served(ids: Ids, dealership: Dealership) -> Iterator[str]:  # noqa: ARG001 - what it serves
    with serving_portal(ids, NOW) as at:
        yield at


@pytest.mark.parametrize("width", WIDTHS)
def test_a_colleague_is_added_in_the_dialog_and_deleted_with_the_bin(
    chromium: Browser, served: str, dealership: Dealership, ids: Ids, width: int
) -> None:
    with window(chromium, width=width, cookies=logged_in(dealership.admin, ids, NOW, served)) as page:
        page.goto(f"{served}/staff/accounts")
        if width < 1200:
            page.get_by_role("link", name="Menu", exact=True).click()
        page.get_by_role("link", name="Dealership Users").click()
        page.get_by_role("button", name="Add").click()
        dialog = page.get_by_role("dialog", name="Dealership User - Add")
        audit(page)
        dialog.get_by_role("button", name="Cancel").click()
        expect(dialog).to_be_hidden()
        page.get_by_role("button", name="Add").click()
        dialog.get_by_label("Email address").fill(NEW)
        dialog.get_by_label("Role").select_option(label="Service manager")
        dialog.get_by_role("button", name="Invite").click()
        expect(page.get_by_role("alert")).to_contain_text("None of your users has an address at moorbeck.example yet.")
        audit(page)
        page.get_by_role("button", name="Invite anyway").click()
        expect(page.locator(".toast")).to_contain_text(f"{NEW} is invited")
        row = page.get_by_role("row").filter(has_text=NEW)
        expect(row).to_contain_text("Pending")
        expect(page.get_by_text("1 of 1 pages (3 items)")).to_be_visible()
        audit(page)
        page.reload()
        row.get_by_role("button", name=f"Delete {NEW}").click()
        asked = page.get_by_role("alertdialog")
        expect(asked).to_contain_text(f"Delete {NEW}?")
        asked.get_by_role("button", name="Keep it").click()
        expect(asked).to_be_hidden()
        row.get_by_role("button", name=f"Delete {NEW}").click()
        asked.get_by_role("button", name="Delete").click()
        expect(page.locator(".toast")).to_contain_text(f"{NEW} is deleted")
        expect(page.get_by_role("row").filter(has_text=NEW)).to_have_count(0)
        assert len(repo.members(dealership.scope)) == 2
