"""Customer Landing Page in a browser: an admin follows the manual, and everybody reads the page that comes of it."""

import gzip
from collections.abc import Callable, Iterator
from itertools import product
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Response, Route, expect

from app import app
from chalicelib import services, settings
from chalicelib.dealers.landing import queries
from chalicelib.dealers.landing.model import PAGE_BYTES, TILES, Landing, Slot, picture_bytes
from chalicelib.kernel.ids import Ids
from chalicelib.mail.sender import RecordingSender
from chalicelib.services import Services
from chalicelib.store import blobs
from chalicelib.web.staff.landing_page import PAGE_WITHOUT_PICTURES
from tests.browser.brands import BRANDS, OTHERS, dress
from tests.browser.chrome import audit, audit_looks, audit_phone, serving, window
from tests.browser.served import NOW, logged_in
from tests.dealers.landing.made import a_picture, save, with_picture
from tests.fixtures.cast import Dealership, make_dealership
from tests.fixtures.worlds import World

pytestmark = pytest.mark.browser
STORAGE = "https://*.amazonaws.com"
YELLOW, BLACK = "rgb(255, 212, 0)", "rgb(11, 11, 12)"
SIDEBAR_FROM = 1200
SHOP = "https://shop.moorbeck.example/"


@pytest.fixture(scope="module")
def dealership(aws: World, ids: Ids) -> Dealership:  # noqa: ARG001 - the world must stand
    return make_dealership(ids, NOW, name="Moorbeck Machinery", prefix="landing", phone="01632 960 014")


@pytest.fixture(scope="module")
def served(ids: Ids, dealership: Dealership) -> Iterator[str]:  # noqa: ARG001 - what it serves
    at_storage = settings.load().model_copy(update={"bucket_origins": STORAGE})
    with (
        services.use(Services(settings=at_storage, mail=RecordingSender(), clock=lambda: NOW, ids=ids)),
        serving(app) as at,
    ):
        yield at


def storage(dealership: Dealership, served: str) -> Callable[[Route], None]:
    """What the storage does: it keeps a posted file and sends the browser back, and gives a picture by its link."""

    def answer(route: Route) -> None:
        if route.request.method == "GET":
            route.fulfill(status=200, headers={"Content-Type": "image/jpeg"}, body=a_picture())
            return
        posted = route.request.post_data_buffer or b""
        name, back = (
            posted.partition(b'name="%s"\r\n\r\n' % field)[2].partition(b"\r\n")[0].decode()
            for field in (b"key", b"success_action_redirect")
        )
        own = name.removeprefix(f"d/{dealership.dealer.dealer_id}/")
        blobs.put(dealership.scope, settings.load().files_bucket, own, a_picture(), "application/octet-stream")
        parts = urlsplit(back)
        route.fulfill(status=303, headers={"Location": f"{served}{parts.path}?{parts.query}"})

    return answer


def landing(dealership: Dealership) -> Landing | None:
    found = queries.published(dealership.admin.staff_scope)
    return found.landing if found else None


def expect_background(page: Page, selector: str, colour: str) -> None:
    expect(page.locator(selector).first).to_have_css("background-color", colour)


def edit_colours(page: Page, *, scripts: bool) -> None:
    page.get_by_role("link", name="Edit the header and Log In colours").click()
    if scripts:
        expect(page.get_by_label("Header Colour", exact=True)).to_be_focused()
    page.get_by_label("Header Colour", exact=True).fill("#ffd400")
    page.get_by_label("Log In Button Colour", exact=True).fill("#0b0b0c")
    if scripts:
        expect(page.get_by_text("Navigation bar: Black text, 14.6:1")).to_be_visible()
        expect_background(page, "#sample .topbar", YELLOW)
        expect(page.get_by_label("Header Colour, picker")).to_have_value("#ffd400")


def upload_image(page: Page, where: str, *, scripts: bool) -> None:
    look = audit if scripts else lambda _: None  # axe is a script
    page.get_by_role("button", name=f"Upload Image {where}").click()
    look(page)
    page.get_by_label("Picture").set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": a_picture()})
    page.get_by_role("button", name="Upload", exact=True).click()
    expect(page.get_by_role("heading", name="Which part is shown?")).to_be_visible()
    look(page)
    if scripts:
        choose_part(page)
    page.get_by_role("button", name="Use this picture").click()
    expect(page.get_by_role("heading", name="Customer Landing Page")).to_be_visible()


def choose_part(page: Page) -> None:
    """By the slider, by the keyboard and by the mouse."""
    frame = page.locator("[data-crop][data-ready]")
    page.get_by_label("Larger").fill("120")
    page.get_by_label("Larger").press("ArrowRight")
    page.get_by_label("Left or right").fill("100")
    box, before = frame.bounding_box(), frame.locator("img").bounding_box()
    assert box
    assert before
    assert before["x"] + before["width"] == pytest.approx(box["x"] + box["width"], abs=2)
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 40, box["y"] + 20, steps=4)
    page.mouse.up()
    after = frame.locator("img").bounding_box()
    assert after
    assert after["x"] == pytest.approx(before["x"] + 20, abs=2)


def fill_slots(page: Page, *, scripts: bool) -> None:
    banner = page.get_by_role("group", name="Banner")
    banner.get_by_label("Upload URL").fill(SHOP)
    banner.get_by_label("What it says").fill("Autumn service offer")
    upload_image(page, "Banner", scripts=scripts)
    expect(page.get_by_role("group", name="Banner").get_by_label("Upload URL")).to_have_value(SHOP)
    upload_image(page, "Picture 1", scripts=scripts)
    first = page.get_by_role("group", name="Picture 1")
    first.get_by_label("Words under it").fill("Buy parts online")
    first.get_by_label("Upload URL").fill(f"{SHOP}parts")


def look_at_the_preview(page: Page) -> None:
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("Customers do not see this yet.")).to_be_visible()
    page.wait_for_load_state()
    expect_background(page, "header.topbar", YELLOW)
    assert page.locator("img.banner").evaluate("it => it.complete && it.naturalWidth > 0")
    page.get_by_role("link", name="Back to Customer Landing Page").click()


def read_the_page(page: Page, address: str) -> None:
    page.goto(address)
    expect_background(page, "header.topbar", YELLOW)
    expect_background(page, "header.topbar .btn", BLACK)
    assert page.locator("img.banner").evaluate("it => it.complete && it.naturalWidth > 0")
    expect(page.get_by_role("link", name="Autumn service offer")).to_have_attribute("href", SHOP)
    expect(page.get_by_role("link", name="Buy parts online")).to_have_attribute("href", f"{SHOP}parts")
    assert page.context.cookies() == []
    page.get_by_role("link", name="Log In").click()
    expect(page.get_by_label("User Name", exact=True)).to_be_visible()


@pytest.mark.parametrize(("width", "scripts"), [(1280, True), (375, True), (375, False)])
def test_a1_28_an_admin_follows_the_manual(
    chromium: Browser, served: str, dealership: Dealership, ids: Ids, *, width: int, scripts: bool
) -> None:
    save(dealership.admin.staff_scope, Landing(), NOW, ids)
    with window(chromium, width=width, scripts=scripts, cookies=logged_in(dealership.admin, ids, NOW, served)) as page:
        page.route("https://*.amazonaws.com/**", storage(dealership, served))
        page.goto(f"{served}/staff/imports")
        if width < SIDEBAR_FROM:
            page.get_by_role("link", name="Menu", exact=True).click()
        page.get_by_role("link", name="Customer Landing Page").click()
        edit_colours(page, scripts=scripts)
        fill_slots(page, scripts=scripts)
        look_at_the_preview(page)
        assert landing(dealership) == Landing()
        group = page.get_by_role("group", name="Picture 1")
        expect(group.get_by_label("Words under it")).to_have_value("Buy parts online")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Saved. Everybody sees it within a minute.")).to_be_visible()
    with window(chromium, width=width, scripts=scripts) as page:
        read_the_page(page, f"{served}/d/{dealership.dealer.slug}")


@pytest.fixture
def full(dealership: Dealership, ids: Ids) -> Landing:
    """All four places in use."""
    scope, made = dealership.admin.staff_scope, Landing()
    for slot in Slot:
        made = with_picture(scope, made, slot, NOW, ids, words=f"Offers for the {slot} season")
    return save(scope, made, NOW, ids)


def test_a1_28_three_brands_have_no_fault_that_axe_knows(
    chromium: Browser, served: str, dealership: Dealership, ids: Ids, full: Landing
) -> None:
    assert len(full.pictures) == len(Slot)
    cookies = logged_in(dealership.admin, ids, NOW, served)
    paths = (f"/d/{dealership.dealer.slug}", "/staff/landing-page", "/staff/landing-page/preview")
    for brand, path in product(OTHERS, paths):
        dress(dealership, BRANDS[brand], now=NOW, ids=ids)
        with window(chromium, cookies=cookies) as page:
            page.goto(served + path)
            audit_looks(page)
            audit_phone(page)


def test_a1_27_the_page_keeps_its_budget_of_bytes(
    chromium: Browser, served: str, dealership: Dealership, ids: Ids, full: Landing
) -> None:
    """Text as a distribution sends it, compressed; at a width at which the largest pictures are asked for."""
    dress(dealership, BRANDS["near-black"], now=NOW, ids=ids)  # its two fonts weigh most
    sent: list[Response] = []
    with window(chromium, width=1920) as page:
        page.on("response", lambda response: sent.append(response))  # noqa: PLW0108 - a method of a list will not do
        page.goto(f"{served}/d/{dealership.dealer.slug}")
        page.wait_for_load_state("networkidle")
        weights = {
            one.url: len(
                one.body()
                if one.header_value("content-type") in {"image/webp", "font/woff2"}
                else gzip.compress(one.body())
            )
            for one in sent
        }
    pictures = {url: size for url, size in weights.items() if url.endswith(".webp")}
    assert len(pictures) == 1 + len(TILES)
    assert not [url for url in weights if url.endswith(".js")]
    assert 50_000 < sum(weights.values()) - sum(pictures.values()) <= PAGE_WITHOUT_PICTURES
    assert sum(weights.values()) <= PAGE_BYTES
    assert sum(pictures.values()) == picture_bytes(full)  # what its admin is told


def test_a1_29_a_phone_fetches_smaller_pictures_and_keeps_the_side_that_was_chosen(
    chromium: Browser, served: str, dealership: Dealership, full: Landing
) -> None:
    assert full.first.picture
    with window(chromium, width=375) as page:
        page.goto(f"{served}/d/{dealership.dealer.slug}")
        first = page.locator(".tile img").first
        first.scroll_into_view_if_needed()
        expect(first).to_have_js_property("complete", value=True)
        height = page.locator("img.banner").evaluate("it => it.getBoundingClientRect().height")
        assert height >= 150
        assert "keeps-middle" in (page.locator("img.banner").get_attribute("class") or "")
