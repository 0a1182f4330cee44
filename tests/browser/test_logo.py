"""The bar with a logo in a browser: what only layout can show."""

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page

from chalicelib.dealers.operations import set_logo
from chalicelib.kernel.ids import Ids
from tests.browser.chrome import audit, window
from tests.browser.served import NOW, logged_in
from tests.fixtures.cast import Dealership, make_dealership
from tests.fixtures.worlds import World
from tests.ledger.accounts import an_account
from tests.ledger.published import publish
from tests.rendering.pictures import file_of
from tests.web.customer.barlow import ROWS

pytestmark = pytest.mark.browser
LONG_NAME = "Landmaschinen Schwarzenberger-Öttinger & Söhne GmbH & Co. KG"
# Whether the picture has come, is whole within the bar, keeps its proportions, and touches nothing beside it.
STANDS = """() => {
    const picture = document.querySelector('.brand img'), box = picture.getBoundingClientRect();
    const bar = document.querySelector('.topbar').getBoundingClientRect();
    const brand = document.querySelector('.brand').getBoundingClientRect();
    const ground = picture.parentElement.getBoundingClientRect();
    const name = document.querySelector('.brand-name')?.getBoundingClientRect();
    const end = document.querySelector('.topbar-end')?.getBoundingClientRect();
    return {
        loaded: picture.complete && picture.naturalWidth > 0,
        inside: box.left >= 0 && box.right <= bar.right && box.top >= bar.top && box.bottom <= bar.bottom,
        high: box.height >= 12 && box.height <= 28.5 && box.width >= 40,
        undistorted: getComputedStyle(picture).objectFit === 'contain',
        besideName: !name || (name.left >= box.right && name.width >= 60 && name.bottom <= bar.bottom),
        beforeEnd: !end || Math.max(brand.right, ground.right) <= end.left,
        fits: document.documentElement.scrollWidth <= innerWidth,
    };
}"""


def dark(width: int, height: int) -> bytes:
    """It needs a plate on the default bar."""
    drawn = Image.new("RGBA", (width, height))
    ImageDraw.Draw(drawn).rectangle((0, 0, width, height), fill="#14301f")
    return file_of(drawn)


@pytest.fixture(scope="module")
def dealership(aws: World, ids: Ids) -> Dealership:
    assert aws.name
    made = make_dealership(ids, NOW, name=LONG_NAME, prefix="marked", phone="+49 (0)831 / 555 0100")
    publish(made.import_scope, [an_account(ROWS)])
    return made


def stands(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_load_state("networkidle")
    found = page.evaluate(STANDS)
    assert all(found.values()), (address, found)


@pytest.mark.parametrize("shows_name", [False, True])
@pytest.mark.parametrize("width", [320, 375, 1024, 1280])
def test_a_logo_and_a_name_of_60_characters_fit_the_bar(
    chromium: Browser, served: str, dealership: Dealership, ids: Ids, *, width: int, shows_name: bool
) -> None:
    assert len(LONG_NAME) == 60
    set_logo(
        dealership.scope,
        data=dark(480, 60 if shows_name else 160),
        shows_name=shows_name,
        actor="tests",
        now=NOW,
        ids=ids,
    )
    with window(chromium, width=width) as page:
        stands(page, f"{served}/d/{dealership.dealer.slug}")
        audit(page)
    for member, path in ((dealership.customer, "/transactions"), (dealership.user, "/staff/imports")):
        with window(chromium, width=width, cookies=logged_in(member, ids, NOW, served)) as page:
            stands(page, served + path)
            audit(page)


def test_on_paper_the_logo_is_printed_without_the_bar(
    chromium: Browser, served: str, dealership: Dealership, ids: Ids
) -> None:
    set_logo(dealership.scope, data=dark(480, 160), actor="tests", now=NOW, ids=ids)
    with window(chromium, cookies=logged_in(dealership.customer, ids, NOW, served)) as page:
        page.goto(f"{served}/transactions")
        page.emulate_media(media="print")
        assert page.locator(".brand img").is_visible()
        assert page.locator(".topbar").evaluate("it => getComputedStyle(it).backgroundColor") == "rgba(0, 0, 0, 0)"
