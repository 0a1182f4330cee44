"""What was typed is not lost: leaving asks first, Back and a reload bring it back, and nothing is sent twice."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Dialog, expect

from chalicelib.kernel.ids import Ids
from tests.browser.chrome import window
from tests.browser.served import NOW, logged_in, serving_portal
from tests.fixtures.cast import Dealership, make_dealership
from tests.fixtures.staff import listed
from tests.fixtures.worlds import World

pytestmark = pytest.mark.browser


@pytest.fixture
def dealership(aws: World, ids: Ids) -> Dealership:
    assert aws.name
    made = make_dealership(ids, NOW, name="Moorbeck Machinery", prefix="moorbeck", phone="01632 960 014")
    listed(made, made.admin, now=NOW)
    return made


@pytest.fixture
def served(ids: Ids, dealership: Dealership) -> Iterator[str]:  # noqa: ARG001 - what it serves
    with serving_portal(ids, NOW) as at:
        yield at


def test_leaving_asks_first_and_back_brings_back_what_was_typed(
    chromium: Browser, served: str, dealership: Dealership, ids: Ids
) -> None:
    asked: list[str] = []
    stays = True

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        if stays:
            dialog.dismiss()
        else:
            dialog.accept()

    own = logged_in(dealership.admin, ids, NOW, served)
    with window(chromium, width=1280, cookies=own, answer=answer) as page:
        page.goto(f"{served}/staff/accounts")
        page.get_by_role("link", name=f"Profile, {dealership.admin.email}").click()
        page.get_by_role("link", name="Cancel").click()  # nothing was typed
        expect(page).to_have_url(f"{served}/staff/accounts")
        assert asked == []

        page.goto(f"{served}/profile")
        page.get_by_label("City").fill("Castleton")
        page.get_by_role("link", name="Cancel").click(no_wait_after=True)
        expect(page.get_by_label("City")).to_have_value("Castleton")
        assert asked == ["beforeunload"]
        stays = False
        page.get_by_role("link", name="Cancel").click()
        expect(page.get_by_role("heading", name="Customer Accounts")).to_be_visible()
        page.go_back()
        expect(page.get_by_label("City")).to_have_value("Castleton")

        page.get_by_role("button", name="Save Changes").click()  # without a name
        expect(page.get_by_role("alert")).to_contain_text("There are 3 problems")
        reloaded = page.reload()
        assert reloaded
        assert reloaded.request.method == "GET"
        expect(page.get_by_label("City")).to_have_value("Castleton")
        page.go_back()
        expect(page.get_by_label("City")).to_have_value("Castleton")

        page.goto(f"{served}/staff/customise/texts")
        page.get_by_label("Introduction").fill("Welcome")
        stays, before = True, len(asked)
        page.get_by_role("button", name="Cancel").click()
        assert asked[before:] == ["confirm"]
        expect(page.get_by_label("Introduction")).to_have_value("Welcome")
        stays = False
        page.get_by_role("button", name="Cancel").click()
        expect(page.locator(".toast")).to_be_visible()


def test_what_is_pasted_and_does_not_fit_is_said(
    chromium: Browser, served: str, dealership: Dealership, ids: Ids
) -> None:
    with window(chromium, width=375, cookies=logged_in(dealership.admin, ids, NOW, served)) as page:
        page.goto(f"{served}/staff/customise/texts")
        field = page.get_by_label("Send message placeholder")
        field.evaluate(
            """(field) => {
                const data = new DataTransfer();
                data.setData("text", "x".repeat(field.maxLength + 1));
                field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true }));
            }"""
        )
        expect(page.locator(".toast")).to_contain_text("was cut off after")
        page.get_by_label("Introduction").fill("x" * 601)
        expect(page.get_by_text("601 of 600 characters: shorten it by 1")).to_be_visible()
        page.get_by_label("Introduction").fill("x" * 599)
        expect(page.get_by_text("599 of 600 characters")).to_be_visible()
