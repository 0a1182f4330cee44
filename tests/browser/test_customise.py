"""Customise in a browser: an admin follows the manual, and no brand makes a page unreadable."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request, Route, expect

from app import app
from chalicelib import services, settings
from chalicelib.dealers.branding.model import PINE
from chalicelib.kernel.ids import Ids
from chalicelib.mail.sender import RecordingSender
from chalicelib.services import Services
from chalicelib.store import blobs
from tests.browser.brands import BRANDS, OTHERS, dress, live
from tests.browser.chrome import audit, audit_looks, serving, window
from tests.browser.served import NOW, logged_in
from tests.fixtures.cast import Dealership, make_dealership
from tests.fixtures.worlds import World
from tests.ingest.exports import export, ledger
from tests.ingest.pipeline import ImportPipeline
from tests.rendering.pictures import a_png

pytestmark = pytest.mark.browser
STORAGE = "https://*.amazonaws.com"
YELLOW = "rgb(255, 212, 0)"
SIDEBAR_FROM = 1200


@pytest.fixture(scope="module")
def dealership(aws: World, ids: Ids) -> Dealership:
    made = make_dealership(ids, NOW, name="Moorbeck Machinery", prefix="dressed", phone="01632 960 014")
    imports = ImportPipeline(aws, made, NOW, ids)
    imports.take_in(export(imports, *ledger()))
    return made


@pytest.fixture(scope="module")
def served(ids: Ids, dealership: Dealership) -> Iterator[str]:  # noqa: ARG001 - what it serves
    with serving(app) as at:
        at_storage = settings.load().model_copy(update={"bucket_origins": STORAGE, "base_url": at})
        with services.use(Services(settings=at_storage, mail=RecordingSender(), clock=lambda: NOW, ids=ids)):
            yield at


def expect_bar(page: Page, colour: str) -> None:
    bar = page.locator("body > header.topbar, body > div > header.topbar").first
    expect(bar).to_have_css("background-color", colour)


def storage(dealership: Dealership, served: str) -> Callable[[Route], None]:
    """What the storage does with a posted file: keeps it, and sends the browser back."""

    def store(route: Route) -> None:
        posted = route.request.post_data_buffer or b""
        name, back = (
            posted.partition(b'name="%s"\r\n\r\n' % field)[2].partition(b"\r\n")[0].decode()
            for field in (b"key", b"success_action_redirect")
        )
        own = name.removeprefix(f"d/{dealership.dealer.dealer_id}/")
        blobs.put(dealership.scope, settings.load().files_bucket, own, a_png(), "application/octet-stream")
        parts = urlsplit(back)
        route.fulfill(status=303, headers={"Location": f"{served}{parts.path}?{parts.query}"})

    return store


def choose_colours(page: Page, *, scripts: bool) -> None:
    page.get_by_label("Navigation Bar Colour", exact=True).fill("#ffd400")
    page.get_by_label("Button Colour", exact=True).fill("#0b0b0c")
    if scripts:
        expect(page.get_by_text("Navigation bar: Black text, 14.6:1")).to_be_visible()
        expect(page.get_by_text("2 changes")).to_be_visible()
        expect(page.get_by_label("Navigation Bar Colour, picker")).to_have_value("#ffd400")


def upload_logo(page: Page, *, scripts: bool) -> None:
    look = audit if scripts else lambda _: None  # axe is a script
    look(page)
    page.get_by_role("button", name="Upload Logo").click()
    look(page)
    page.get_by_label("Picture").set_input_files({"name": "logo.png", "mimeType": "image/png", "buffer": a_png()})
    page.get_by_role("button", name="Upload", exact=True).click()
    expect(page.get_by_role("heading", name="Use this logo?")).to_be_visible()
    look(page)
    page.get_by_role("button", name="Use this logo").click()
    expect(page.get_by_label("Navigation Bar Colour", exact=True)).to_have_value("#ffd400")


def look_at_the_preview(page: Page) -> None:
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("Customers do not see this yet.")).to_be_visible()
    expect_bar(page, YELLOW)
    page.wait_for_load_state()
    assert page.locator(".brand img").evaluate("it => it.complete && it.naturalWidth > 0")
    bar = page.get_by_role("navigation", name="Pages of the preview")
    bar.get_by_role("link", name="Invoice").click()
    expect(page.get_by_role("heading", name="History")).to_be_visible()
    bar.get_by_role("link", name="Login").click()
    expect(page.get_by_text("Remember my User Name")).to_be_visible()
    bar.get_by_role("link", name="Back to Customise").click()


def save(page: Page) -> None:
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. Your customers see it now.")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
@pytest.mark.parametrize("width", [1280, 375])
def test_an_admin_follows_the_manual(
    chromium: Browser, served: str, dealership: Dealership, ids: Ids, *, width: int, scripts: bool
) -> None:
    dress(dealership, PINE.brand, now=NOW, ids=ids)
    with window(chromium, width=width, scripts=scripts, cookies=logged_in(dealership.admin, ids, NOW, served)) as page:
        page.route("https://*.amazonaws.com/**", storage(dealership, served))
        page.goto(f"{served}/staff/imports")
        if width < SIDEBAR_FROM:
            page.get_by_role("link", name="Menu", exact=True).click()
        page.get_by_role("link", name="Customise").click()
        expect(page.get_by_role("link", name="Customer Portal")).to_be_visible()
        choose_colours(page, scripts=scripts)
        upload_logo(page, scripts=scripts)
        look_at_the_preview(page)
        assert live(dealership) == PINE.brand
        save(page)
    with window(chromium, width=width) as page:
        page.goto(f"{served}/d/{dealership.dealer.slug}")
        expect_bar(page, YELLOW)
    cookies = logged_in(dealership.admin, ids, NOW, served)
    with window(chromium, width=width, scripts=scripts, cookies=cookies, answer=lambda dialog: dialog.accept()) as page:
        page.goto(f"{served}/staff/customise")
        page.get_by_role("button", name="Use the portal's standard look").click()
        expect(page.get_by_label("Navigation Bar Colour", exact=True)).to_have_value(PINE.brand.nav_bg)
        assert live(dealership).nav_bg == "#ffd400"
        save(page)
    assert live(dealership) == replace(PINE.brand, logo=live(dealership).logo)
    assert live(dealership).logo


def test_a_theme_fills_the_fields_and_a_change_of_one_makes_it_custom(
    chromium: Browser, served: str, dealership: Dealership, ids: Ids
) -> None:
    dress(dealership, PINE.brand, now=NOW, ids=ids)
    with window(chromium, cookies=logged_in(dealership.admin, ids, NOW, served)) as page:
        page.goto(f"{served}/staff/customise")
        page.get_by_text("Harvest").click()
        expect(page.get_by_label("Navigation Bar Colour", exact=True)).to_have_value("#ffd400")
        expect(page.get_by_label("Headings")).to_have_value("figtree")
        expect(page.get_by_text("Buttons: White text, 19.6:1")).to_be_visible()
        expect(page.locator("#sample .h1")).to_have_css("font-family", re.compile("Figtree"))
        page.get_by_label("Text Colour", exact=True).fill("#ffffff")
        expect(page.get_by_text("White has only 1.4:1 on it. Customers see: Black text")).to_be_visible()
        expect(page.get_by_role("radio", name="Custom")).to_be_checked()
        page.keyboard.press("Enter")  # keeps the draft, and publishes nothing
        expect(page.get_by_text("5 changes")).to_be_visible()
        assert live(dealership) == PINE.brand


@pytest.mark.parametrize("brand", OTHERS)
def test_three_brands_have_no_fault_that_axe_knows(
    chromium: Browser, served: str, dealership: Dealership, ids: Ids, brand: str
) -> None:
    dress(dealership, BRANDS[brand], now=NOW, ids=ids)
    visits = (
        (None, f"/d/{dealership.dealer.slug}/login"),
        (dealership.customer, "/transactions"),
        (dealership.admin, "/staff/accounts"),
        (dealership.admin, "/staff/customise"),
        (dealership.admin, "/staff/customise/preview"),
    )
    for member, path in visits:
        known = logged_in(member, ids, NOW, served) if member else ()
        with window(chromium, cookies=known) as page:
            page.goto(served + path)
            audit_looks(page)


def note(fetched: set[str], request: Request) -> None:
    fetched.add(request.url)


def test_a_browser_fetches_only_the_fonts_of_the_brand(
    chromium: Browser, served: str, dealership: Dealership, ids: Ids
) -> None:
    for name, wanted in (("default", {"inter"}), ("near-black", {"inter", "source"})):
        dress(dealership, BRANDS[name], now=NOW, ids=ids)
        fetched: set[str] = set()
        with window(chromium) as page:
            page.on("request", partial(note, fetched))
            page.goto(f"{served}/d/{dealership.dealer.slug}")
            page.wait_for_load_state("networkidle")
        fonts = {url.rpartition("/")[2].partition("-")[0] for url in fetched if "/fonts/" in url}
        assert fonts == wanted


@pytest.mark.parametrize("width", [1280, 375])
def test_an_admin_writes_texts_and_customers_read_them(
    chromium: Browser, served: str, dealership: Dealership, ids: Ids, *, width: int
) -> None:
    words = f"Welcome at {width} pixels."
    mine = logged_in(dealership.admin, ids, NOW, served)
    with window(chromium, width=width, cookies=mine) as page:
        page.goto(f"{served}/staff/customise/texts")
        audit(page)
        page.get_by_label("Introduction").fill(f"{words}\n\nAsk for Maria.")
        page.get_by_label("Privacy statement").fill("We keep little.")
        page.get_by_label("Footer").fill("Registered in England, 123456")
        page.get_by_role("button", name="Preview").click()
        expect(page.get_by_text(words)).to_be_visible()
        audit(page)
        bar = page.get_by_role("navigation", name="Pages of the preview")
        bar.get_by_role("link", name="Privacy statement").click()
        expect(page.get_by_text("We keep little.")).to_be_visible()
        bar.get_by_role("link", name="Back to Customise").click()
        save(page)
        expect(page.get_by_text("Last saved by you on")).to_be_visible()
        page.get_by_role("link", name="Emails", exact=True).click()
        page.get_by_label("Closing").fill("Kind regards")
        page.get_by_role("radio", name="Harvest").check(force=True)
        expect(page.get_by_label("Navigation Bar Colour", exact=True)).to_have_value("#ffd400")
        audit(page)
        page.get_by_role("button", name="Preview").click()
        mail = page.frame_locator(".mail-frame")
        expect(mail.get_by_text("Kind regards")).to_be_visible()
        expect(mail.get_by_text("Registered in England, 123456")).to_be_visible()
        head = mail.locator("td[style*='border-radius:9px']")
        expect(head).to_have_css("background-color", YELLOW)
        audit(page)
        page.get_by_role("button", name="Send a test to").click()
        expect(page.get_by_text("A test is on its way to")).to_be_visible()
    with window(chromium, width=width) as page:
        page.goto(f"{served}/d/{dealership.dealer.slug}")
        expect(page.get_by_text(words)).to_be_visible()
        audit(page)
        page.get_by_role("link", name="Privacy statement").click()
        expect(page.get_by_role("heading", name="Privacy statement")).to_be_visible()
        audit(page)
