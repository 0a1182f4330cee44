"""A dealer's public page: the same for everybody, kept by caches, readable without pictures."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from html import unescape
from io import BytesIO

import pytest
from PIL import Image

from app import app
from chalicelib import services
from chalicelib.dealers import queries as dealers
from chalicelib.dealers.landing import operations, queries
from chalicelib.dealers.landing.model import Landing, Slot, fingerprint
from chalicelib.dealers.lifecycle import suspend
from chalicelib.dealers.operations import set_logo
from chalicelib.http import cookies
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import OperatorScope
from chalicelib.mail.sender import RecordingSender
from chalicelib.services import Services
from tests.dealers.landing.made import LINK, save, with_picture
from tests.fixtures.cast import Cast, LogIn
from tests.fixtures.worlds import World
from tests.rendering.pictures import a_png
from tests.web.client import Page, Visitor

BROWSERS = {"accept": "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"}


@pytest.fixture
def visitor(aws: World, now: datetime, ids: Ids) -> Iterator[Visitor]:
    made = Services(settings=aws.settings, mail=RecordingSender(), clock=lambda: now, ids=ids)
    with services.use(made):
        yield Visitor(app)


@pytest.fixture
def shown(cast: Cast, now: datetime, ids: Ids) -> Landing:
    """The page with a banner and two smaller pictures, the second of which leads nowhere."""
    scope = cast.ours.admin.staff_scope
    landing = with_picture(scope, Landing(), Slot.BANNER, now, ids, words="Autumn service offer")
    landing = with_picture(scope, landing, Slot.FIRST, now, ids, words="Buy parts online")
    landing = with_picture(scope, landing, Slot.THIRD, now, ids, words="Hay & straw <season>")
    return save(scope, landing.with_slot(Slot.THIRD, replace(landing.third, link="")), now, ids)


def at(cast: Cast) -> str:
    return f"/d/{cast.ours.dealer.slug}"


def metas(page: Page) -> dict[str, str]:
    return {
        name: unescape(text)
        for name, text in re.findall(r'<meta (?:property|name)="([^"]+)" content="([^"]*)"', page.html)
    }


def test_a1_27_the_dealers_address_leads_to_the_log_in_page_until_a_page_is_saved(
    visitor: Visitor, cast: Cast, log_in: LogIn, now: datetime, ids: Ids
) -> None:
    assert visitor.get(at(cast)).location == f"{at(cast)}/login"
    save(cast.ours.admin.staff_scope, Landing(title="Welcome"), now, ids)
    page = visitor.get(at(cast).upper().replace("/D/", "/d/"))
    assert page.status == 200
    assert page.links["Log In"] == f"{at(cast)}/login"
    visitor.cookies[cookies.SESSION] = log_in(cast.ours.customer).secret
    assert visitor.get(at(cast)).html == page.html  # also for somebody who is logged in
    assert visitor.get(page.links["Log In"]).location == "/transactions"
    scope = cast.ours.admin.staff_scope
    operations.withdraw(scope, seen=fingerprint(queries.published(scope)), now=now, ids=ids)
    assert visitor.get(at(cast)).location == f"{at(cast)}/login"


def test_a1_27_looking_at_it_sets_no_cookie_and_starts_no_session(visitor: Visitor, cast: Cast, shown: Landing) -> None:
    visitor.cookies[cookies.DEALER] = cast.rival.dealer.slug
    page = visitor.get(at(cast))
    assert page.cookies == []
    assert "csrf" not in page.html
    assert cast.rival.dealer.name not in page.html
    assert "<script" not in page.html
    assert shown.banner.picture
    for path in (f"{at(cast)}/landing.css", f"{at(cast)}/landing/{shown.banner.picture.share_name}"):
        assert visitor.get(path, headers=BROWSERS).cookies == []


def test_a1_27_the_page_is_kept_for_a_minute_and_saving_changes_its_tag(
    visitor: Visitor, cast: Cast, shown: Landing, now: datetime, ids: Ids
) -> None:
    first = visitor.get(at(cast))
    assert first.headers["cache-control"] == "public, max-age=60"
    tag = first.headers["etag"]
    for known in (tag, f'W/{tag}, "x"', f'"x",{tag}'):
        again = visitor.get(at(cast), headers={"if-none-match": known})
        assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
    assert visitor.get(at(cast), headers={"if-none-match": '"0123456789abcdef"'}).status == 200
    save(cast.ours.admin.staff_scope, replace(shown, title="Spring"), now, ids)
    changed = visitor.get(at(cast), headers={"if-none-match": tag})
    assert (changed.status, changed.headers["etag"] != tag) == (200, True)
    assert visitor.call("HEAD", at(cast)).status == 200


def test_a1_27_pictures_are_kept_for_a_year_under_names_with_their_hash(
    visitor: Visitor, cast: Cast, shown: Landing
) -> None:
    page = visitor.get(at(cast))
    files = sorted(set(re.findall(rf"{at(cast)}/landing/[^\s\"]+\.webp", page.html)))
    assert len(files) == 6  # a banner of 640 and 800 pixels, two pictures of 300 and 500
    for path in files:
        got = visitor.get(path, headers=BROWSERS)
        assert (got.status, got.headers["content-type"]) == (200, "image/webp")
        assert got.headers["cache-control"] == "public, max-age=31536000, immutable, s-maxage=600"
        width = int(path.removesuffix(".webp").rpartition("-")[2])
        assert Image.open(BytesIO(got.body), formats=("WEBP",)).width == width
    assert visitor.call("HEAD", files[0], headers=BROWSERS).body == b""
    for wrong in ("x", "..%2Flogo", files[0].rpartition("/")[2].replace("-", "_")):
        assert visitor.get(f"{at(cast)}/landing/{wrong}").status == 404
    assert visitor.get(files[0].replace(cast.ours.dealer.slug, cast.rival.dealer.slug)).status == 404
    assert shown.banner.picture


def test_a1_28_its_colours_are_its_own_and_can_be_read(visitor: Visitor, cast: Cast, now: datetime, ids: Ids) -> None:
    save(cast.ours.admin.staff_scope, Landing(header="#ffff00", button="#777777"), now, ids)
    page = visitor.get(at(cast))
    (address,) = re.findall(rf'href="({at(cast)}/landing\.css\?v=[^"]+)"', page.html)
    got = visitor.get(address)
    assert "--cc-nav-bg:#ffff00;--cc-nav-fg:#000000;--cc-btn-bg:#777777;--cc-btn-fg:#000000" in got.text
    assert got.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert metas(page)["theme-color"] == "#ffff00"
    assert visitor.get(f"{at(cast)}/landing.css?v=old").headers["cache-control"] == "public, max-age=60"
    assert "--cc-nav-bg:#ffff00" not in visitor.get(f"{at(cast)}/brand.css").text  # the portal keeps its own


def test_a1_29_each_slot_has_its_words_and_its_link(visitor: Visitor, cast: Cast, shown: Landing) -> None:
    page = visitor.get(at(cast))
    assert shown.banner.picture
    assert f'<a class="banner-link" href="{LINK}" rel="noopener">' in page.html
    assert 'alt="Autumn service offer"' in page.html
    assert page.html.count(f'href="{LINK}" rel="noopener"') == 2
    assert "target=" not in page.html
    assert page.links["Buy parts online"] == LINK
    assert "Hay &amp; straw &lt;season&gt;" in page.html
    assert page.html.count('loading="lazy"') == 2  # an empty place closes up
    assert re.search(r'srcset="[^"]+-640\.webp 640w, [^"]+-800\.webp 800w" sizes="[^"]+"', page.html)


def test_a1_29_a_page_without_pictures_says_all_the_same(visitor: Visitor, cast: Cast, now: datetime, ids: Ids) -> None:
    set_logo(cast.ours.scope, data=a_png(), actor="tests", now=now, ids=ids)
    dealers.forget_settings(cast.ours.scope)
    save(cast.ours.admin.staff_scope, Landing(title="Welcome", description="All in one place"), now, ids)
    page = visitor.get(at(cast))
    for words in ("Log In", "Welcome", "All in one place", "First time here?", cast.ours.dealer.name):
        assert words in page.text
    assert re.findall(r"<img[^>]*>", page.html) == re.findall(r"<img[^>]*logo\.png[^>]*>", page.html)


def test_a1_27_what_is_shared_has_a_title_a_description_and_a_picture(
    visitor: Visitor, cast: Cast, shown: Landing, now: datetime, ids: Ids
) -> None:
    base, name = services.current().settings.base_url, cast.ours.dealer.name
    found = metas(visitor.get(at(cast)))
    assert shown.banner.picture
    assert found["og:title"] == f"Your account with {name}"
    assert found["og:url"] == f"{base}{at(cast)}"
    assert found["og:image"] == f"{base}{at(cast)}/landing/{shown.banner.picture.share_name}"
    assert found["og:image:alt"] == "Autumn service offer"
    assert found["twitter:card"] == "summary_large_image"
    got = visitor.get(found["og:image"].removeprefix(base), headers={"accept": "image/png"})
    assert got.headers["cross-origin-resource-policy"] == "cross-origin"
    image = Image.open(BytesIO(got.body), formats=("JPEG",))
    assert (str(image.width), str(image.height)) == (found["og:image:width"], found["og:image:height"])
    save(cast.ours.admin.staff_scope, replace(shown, share=None, title='"Hi" & <b>'), now, ids)
    found = metas(visitor.get(at(cast)))
    assert found["og:title"] == '"Hi" & <b>'
    assert "og:image" not in found


def test_a1_27_a_suspended_dealer_has_no_page(
    visitor: Visitor, cast: Cast, shown: Landing, now: datetime, ids: Ids
) -> None:
    assert shown.banner.picture
    paths = ("", "/landing.css", f"/landing/{shown.banner.picture.share_name}")
    assert [visitor.get(f"{at(cast)}{path}", headers=BROWSERS).status for path in paths] == [200] * 3
    suspend(OperatorScope("tests"), cast.ours.scope, reason="unpaid", contact="help@portal.example", now=now, ids=ids)
    dealers.forget_settings(cast.ours.scope)
    for path in paths:
        got = visitor.get(f"{at(cast)}{path}", headers=BROWSERS)
        assert got.status in {403, 404, 503}
        assert got.headers["cache-control"] == "no-store"
        assert b"Autumn service offer" not in got.body


def test_a1_27_nobodys_address_has_no_page(visitor: Visitor, cast: Cast, shown: Landing) -> None:
    assert shown.banner.picture
    for path in ("", "/landing.css", f"/landing/{shown.banner.picture.share_name}"):
        assert visitor.get(f"/d/nobody-is-here{path}").status == 404
    assert visitor.get(at(cast)).status == 200
