"""Every part and state in every shell: no fault that axe knows; light and dark, wide and narrow, without scripts."""

from collections.abc import Iterator
from itertools import product

import pytest
from playwright.sync_api import Browser, Page, expect

from chalicelib import services
from chalicelib.identity.model import Membership
from chalicelib.kernel.scopes import CustomerScope
from chalicelib.services import Services
from chalicelib.settings import Settings
from tests.browser import gallery
from tests.browser.chrome import EVERY_LOOK, audit, audit_looks, serving, window
from tests.http.conftest import MEMBERSHIPS, a_dealer, a_session

pytestmark = pytest.mark.browser
WHO = {"/show/staff": "staff", "/show/states": "staff", "/show/auth": "nobody", "/show/choose": "undecided"}


def reaching_all(person_id: str, membership: Membership) -> CustomerScope:
    ref = str(membership.account_ref)
    return CustomerScope(membership.dealer_id, person_id, frozenset({ref}), membership.role, ref)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    made = Services(
        settings=Settings(),
        mail=None,  # type: ignore[arg-type]  # nothing here sends mail
        clock=lambda: gallery.NOW,
        render=gallery.render,
        session_of=lambda secret, now: a_session(secret, now) if secret in MEMBERSHIPS else None,
        dealer_of=lambda _: a_dealer(),
        customer_scope_of=reaching_all,
    )
    with services.use(made), serving(gallery.gallery()) as served:
        yield served


def open_as(page: Page, address: str, path: str, who: str = "") -> None:
    page.goto(f"{address}/enter/{who or WHO.get(path, 'customer')}")
    answer = page.goto(f"{address}{path}")
    assert answer
    assert (answer.status == 200) == path.startswith("/show/")


@pytest.mark.parametrize("path", gallery.PAGES)
def test_the_parts_have_no_fault(chromium: Browser, address: str, path: str) -> None:
    with window(chromium) as page:
        open_as(page, address, path)
        audit_looks(page, EVERY_LOOK)


@pytest.mark.parametrize(("status", "who"), list(product(gallery.FAILURES, ("nobody", "customer", "staff"))))
def test_error_pages_have_no_fault(chromium: Browser, address: str, status: str, who: str) -> None:
    with window(chromium, width=375) as page:
        open_as(page, address, f"/fail/{status}", who)
        expect(page.locator("h1")).to_have_count(1)
        audit(page)


@pytest.mark.parametrize("path", gallery.PAGES)
def test_nothing_needs_sideways_scroll_at_320(chromium: Browser, address: str, path: str) -> None:
    with window(chromium, width=320) as page:
        open_as(page, address, path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_dark_needs_no_script(chromium: Browser, address: str) -> None:
    with window(chromium, scheme="dark", scripts=False) as page:
        open_as(page, address, "/show/auth")
        expect(page.locator("body")).to_have_css("background-color", "rgb(15, 18, 21)")
        expect(page.get_by_role("button", name="Show")).to_be_hidden()


def test_a_selection_adds_up_and_says_so(chromium: Browser, address: str) -> None:
    with window(chromium) as page:
        open_as(page, address, "/show/customer")
        bar = page.get_by_role("region", name="Selected transactions")
        expect(bar).to_be_hidden()
        page.get_by_label("Select 127118").check()
        page.get_by_label("Select R30981").check()
        expect(bar.locator("[data-total]")).to_have_text("£538.19")
        page.get_by_label("Select all rows shown").check()
        expect(bar).to_contain_text("£896.16 4 selected")
        bar.get_by_role("button", name="Clear").click()
        expect(bar).to_be_hidden()


@pytest.mark.parametrize(
    ("pattern", "minor", "text"),
    [
        ("£1,234,567.89", -4820, "−£48.20"),
        ("1.234.567,89 €", 123456, "1.234,56 €"),
        ("₹12,34,567.89", 123456789, "₹12,34,567.89"),
        ("¥123,456,789", 1000, "¥1,000"),
        ("KWD 123,456.789", 5, "KWD 0.005"),
    ],
)
def test_the_running_total_is_written_as_the_page_writes_money(
    chromium: Browser, address: str, pattern: str, minor: int, text: str
) -> None:
    with window(chromium) as page:
        open_as(page, address, "/show/customer")
        page.evaluate(
            """([pattern, minor]) => {
              document.querySelector("[data-selection]").dataset.pattern = pattern;
              document.querySelector("tbody input").dataset.outstanding = minor;
            }""",
            [pattern, minor],
        )
        page.get_by_label("Select 127118").check()
        expect(page.locator("[data-total]")).to_have_text(text)


def test_a_dialog_opens_and_its_safe_button_closes_it(chromium: Browser, address: str) -> None:
    with window(chromium) as page:
        open_as(page, address, "/show/staff")
        page.get_by_role("button", name="Cancel the invitation").click()
        dialog = page.get_by_role("alertdialog")
        expect(dialog).to_be_visible()
        audit(page)
        dialog.get_by_role("button", name="Keep it").click()
        expect(dialog).to_be_hidden()


def test_a_password_can_be_shown(chromium: Browser, address: str) -> None:
    with window(chromium) as page:
        open_as(page, address, "/show/auth")
        page.get_by_label("Password").fill("four plain words here")
        page.get_by_role("button", name="Show").click()
        expect(page.get_by_label("Password")).to_have_attribute("type", "text")
        page.get_by_role("button", name="Hide").click()
        expect(page.get_by_label("Password")).to_have_attribute("type", "password")


def test_success_goes_and_failure_stays(chromium: Browser, address: str) -> None:
    with window(chromium) as page:
        page.clock.install()
        open_as(page, address, "/show/staff")
        for text, bad in (("It worked", False), ("It failed", True)):
            page.evaluate(
                "detail => document.dispatchEvent(new CustomEvent('toast', {detail}))", {"text": text, "bad": bad}
            )
        expect(page.get_by_text("It worked")).to_be_visible()
        audit(page)
        page.clock.run_for(7000)
        expect(page.get_by_text("It worked")).to_have_count(0)
        expect(page.get_by_text("It failed")).to_be_visible()


def test_the_menu_opens_without_a_script_on_a_phone(chromium: Browser, address: str) -> None:
    with window(chromium, width=375, scripts=False) as page:
        open_as(page, address, "/show/staff")
        page.get_by_role("link", name="Menu", exact=True).click()
        expect(page.get_by_role("link", name="Imports")).to_be_visible()
        page.get_by_role("link", name="Close menu").click()
        expect(page.get_by_role("link", name="Imports")).to_be_hidden()


def test_a_form_with_errors_puts_the_summary_first(chromium: Browser, address: str) -> None:
    with window(chromium) as page:
        open_as(page, address, "/show/form")
        expect(page.locator(".error-summary")).to_be_focused()
        page.get_by_role("link", name="Use 15 characters or more").click()
        expect(page.get_by_label("New password")).to_be_focused()


def test_a_missing_page_of_htmx_is_a_toast(chromium: Browser, address: str) -> None:
    with window(chromium) as page:
        open_as(page, address, "/show/customer")
        page.evaluate("htmx.ajax('GET', '/fail/409', 'main')")
        expect(page.get_by_role("alert")).to_contain_text("Josh Hobday approved this export")
