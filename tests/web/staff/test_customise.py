"""Customise: an admin chooses a look, sees it alone, and makes it live; everybody else sees it only then."""

import re
from datetime import datetime
from typing import Any
from urllib.parse import unquote

import pytest

from app import app
from chalicelib import settings
from chalicelib.dealers import queries as dealers
from chalicelib.dealers.appearance import Brand
from chalicelib.dealers.branding import operations
from chalicelib.dealers.branding.model import THEMES, Draft
from chalicelib.dealers.drafts.model import fingerprint
from chalicelib.dealers.operations import set_logo
from chalicelib.http import cookies
from chalicelib.kernel.ids import Ids
from chalicelib.notifications.deps import letterhead
from chalicelib.rendering.brand import brand_css
from chalicelib.store import blobs
from tests.fixtures.cast import Cast, LogIn
from tests.fixtures.worlds import World
from tests.ingest.exports import export, ledger
from tests.ingest.pipeline import ImportPipeline
from tests.ledger.accounts import an_account
from tests.ledger.published import publish
from tests.rendering.pictures import a_photo, a_png, bomb
from tests.web.client import Page, Visitor
from tests.web.customer.barlow import ROWS

HOME = "/staff/customise"
LOGO = f"{HOME}/logo"
PREVIEW = f"{HOME}/preview"


@pytest.fixture
def admin(staff: Visitor, cast: Cast, log_in: LogIn) -> Visitor:
    staff.cookies[cookies.SESSION] = log_in(cast.ours.admin).secret
    return staff


def choose(admin: Visitor, do: str, **fields: Any) -> Page:
    """Open the page, fill it in, press a button."""
    admin.get(HOME)
    return admin.submit(HOME, do=do, **fields)


def live(cast: Cast) -> Brand:
    return dealers.dealer(cast.ours.scope, fresh=True).brand


def flash(visitor: Visitor) -> str:
    return unquote(visitor.cookies[cookies.FLASH])


def stylesheet(visitor: Visitor, page: Page) -> str:
    """What the page's last stylesheet is, as its reader gets it."""
    (*_, address) = re.findall(
        r'<link rel="stylesheet" href="([^"]+brand\.css[^"]*)"', page.html.partition("</head>")[0]
    )
    here = visitor.page
    got = visitor.get(address.replace("&amp;", "&"))
    assert got.status == 200
    visitor.page = here
    return got.text


def seen_by_customers(cast: Cast) -> str:
    visitor = Visitor(app)
    dealers.forget_settings(cast.ours.scope)
    return stylesheet(visitor, visitor.get(f"/d/{cast.ours.dealer.slug}/login"))


def test_only_an_admin_finds_it_in_the_menu_and_may_open_it(staff: Visitor, cast: Cast, log_in: LogIn) -> None:
    assert HOME not in staff.get("/staff/imports").html
    for path in (HOME, LOGO, PREVIEW, f"{PREVIEW}/invoice", f"{HOME}/brand.css"):
        assert staff.get(path).status == 403
    staff.cookies[cookies.SESSION] = log_in(cast.ours.admin).secret
    page = staff.get("/staff/imports")
    assert page.links["Customise"] == HOME
    assert "Set up" in page.text
    assert staff.get(HOME).status == 200


def test_colours_are_previewed_by_their_admin_alone_and_live_once_saved(admin: Visitor, cast: Cast) -> None:
    before = seen_by_customers(cast)
    assert choose(admin, "preview", nav_bg="#FFFF00", btn_bg="fff").location == PREVIEW
    page = admin.follow()
    assert "Preview. Customers do not see this yet." in page.text
    drawn = stylesheet(admin, page)
    assert drawn == ":root{--cc-nav-bg:#ffff00;--cc-nav-fg:#000000;--cc-btn-bg:#ffffff;--cc-btn-fg:#000000}"
    assert seen_by_customers(cast) == before
    page = admin.get(HOME)
    assert "2 changes" in page.text
    assert "Not saved: Navigation Bar Colour, Button Colour" in page.text
    admin.submit(HOME, do="save")
    assert flash(admin) == "Saved. Your customers see it now."
    assert seen_by_customers(cast) == drawn
    assert "Customers see these settings." in admin.follow().text
    activity = admin.get("/staff/activity").text
    assert "Look of the portal changed" in activity
    assert "Navigation Bar Colour, Button Colour" in activity


def test_a_saved_look_reaches_pages_mails_the_tab_and_the_bar_of_phones(
    admin: Visitor, cast: Cast, log_in: LogIn
) -> None:
    publish(cast.ours.import_scope, [an_account(ROWS)])
    choose(admin, "save", nav_bg="#ffff00", nav_fg="#ffffff", btn_bg="#0b0b0c", font_body="figtree")
    dealers.forget_settings(cast.ours.scope)
    visitor = Visitor(app)
    before_login = [visitor.get(f"/d/{cast.ours.dealer.slug}{path}") for path in ("/login", "/forgot")]
    visitor.cookies[cookies.SESSION] = log_in(cast.ours.customer).secret
    for page in (*before_login, visitor.get("/transactions"), admin.get("/staff/imports")):
        assert '<meta name="theme-color" content="#ffff00">' in page.html
        assert "fill%3D%22%23ffff00%22" in page.html
        assert "--cc-font-body:Figtree" in stylesheet(visitor, page)
    head = letterhead(dealers.dealer(cast.ours.scope), base_url="https://portal.example")
    assert (head.nav_bg, head.nav_fg, head.btn_bg, head.btn_fg) == ("#ffff00", "#000000", "#0b0b0c", "#ffffff")


def test_a_text_that_cannot_be_read_gives_way_and_the_page_says_so(admin: Visitor) -> None:
    choose(admin, "keep", nav_bg="#777777", nav_fg="#888888", btn_bg="#16324f", btn_fg="#ffd400")
    page = admin.follow()
    assert "Navigation bar: #888888 has only 1.2:1 on it. Customers see: Black text, 4.6:1" in page.text
    assert "Buttons: #ffd400 text, 9.1:1" in page.text
    fragment = admin.get(f"{HOME}?nav_bg=%23777777&btn_bg=x&nav_fg=", htmx=True)
    assert "Navigation bar: Black text, 4.6:1" in fragment.text
    assert "hx-swap-oob" in fragment.html


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_a_theme_fills_the_fields_without_scripts(admin: Visitor, cast: Cast, theme: Any) -> None:
    choose(admin, "save", theme=theme.name)
    assert live(cast) == theme.brand
    assert f'value="{theme.name}" checked' in admin.follow().html
    choose(admin, "save", nav_bg="#123456")  # the theme that was shown is no new choice
    assert live(cast).nav_bg == "#123456"
    assert 'id="custom" type="radio" name="theme" value="custom" checked' in admin.follow().html


def test_without_scripts_a_picker_that_was_moved_counts(admin: Visitor, cast: Cast) -> None:
    choose(admin, "save", **{"nav_bg-picker": "#123456", "btn_fg-picker": "#fffffe"})
    assert (live(cast).nav_bg, live(cast).btn_fg) == ("#123456", "#fffffe")


@pytest.mark.parametrize("wrong", ["", "red", "#12345", "#1234567", "url(x)", "#ggg", "#12345٣", "};x{"])
def test_what_is_no_colour_is_named_with_what_to_enter(admin: Visitor, cast: Cast, wrong: str) -> None:
    before = live(cast)
    page = choose(admin, "save", nav_bg=wrong, btn_bg="#123456")
    assert page.status == 422
    assert page.text.count("Enter a colour as # and six digits") == 2  # above the form, and at its field
    assert page.form(HOME).fields["nav_bg"] == wrong
    assert page.form(HOME).fields["btn_bg"] == "#123456"
    assert live(cast) == before
    assert admin.get(f"{HOME}/brand.css", headers={}).status == 200
    assert choose(admin, "save", font_head="comic").status == 422


def test_cancel_leaves_and_reset_only_fills_the_draft(admin: Visitor, cast: Cast, now: datetime, ids: Ids) -> None:
    logo = set_logo(cast.ours.scope, data=a_png(), actor="tests", now=now, ids=ids)
    choose(admin, "save", theme="plum")
    choose(admin, "reset", nav_bg="nonsense")
    assert live(cast).nav_bg == "#4d2a5e"
    page = admin.follow()
    assert 'value="pine" checked' in page.html
    assert page.form(HOME).fields["logo"] == logo.version
    assert choose(admin, "cancel", nav_bg="#123456").location == "/staff"
    assert "Customers see these settings." in admin.get(HOME).text
    assert live(cast).nav_bg == "#4d2a5e"
    choose(admin, "reset")
    admin.follow()
    admin.submit(HOME, do="save")
    assert (live(cast).nav_bg, live(cast).font_head, live(cast).logo) == ("#10302a", None, logo)


def test_somebody_elses_change_is_not_overwritten_unseen(admin: Visitor, cast: Cast, now: datetime, ids: Ids) -> None:
    admin.get(HOME)
    shown = admin.page
    operations.publish(
        cast.ours.user.staff_scope, Draft(Brand(nav_bg="#0b0b0c"), ""), seen=fingerprint(live(cast)), now=now, ids=ids
    )
    admin.page = shown
    admin.submit(HOME, do="save", nav_bg="#ffff00")
    assert flash(admin).startswith("!Somebody else changed the look since you opened this page.")
    assert live(cast).nav_bg == "#0b0b0c"
    page = admin.follow()
    assert "Somebody else has changed the look since you began." in page.text
    assert page.form(HOME).fields["nav_bg"] == "#ffff00"
    admin.submit(HOME, do="save")
    assert live(cast).nav_bg == "#ffff00"


def test_two_clicks_save_once(admin: Visitor, cast: Cast) -> None:
    admin.get(HOME)
    shown = admin.page
    for _ in range(2):
        admin.page = shown
        admin.submit(HOME, do="save", nav_bg="#ffff00")
        assert flash(admin) == "Saved. Your customers see it now."
    assert admin.get("/staff/activity").text.count("Look of the portal changed") == 1
    assert live(cast).nav_bg == "#ffff00"


def upload(admin: Visitor, cast: Cast, data: bytes) -> Page:
    """What a browser does: post the file to the storage, which sends it back here."""
    form = next(form for form in admin.get(LOGO).forms if "key" in form.fields)
    name = form.fields["key"].removeprefix(f"d/{cast.ours.dealer.dealer_id}/")
    blobs.put(cast.ours.scope, settings.load().files_bucket, name, data, form.fields["Content-Type"])
    return admin.get(form.fields["success_action_redirect"].removeprefix(settings.load().base_url))


def test_a_logo_is_uploaded_seen_on_the_bar_used_saved_and_removed(admin: Visitor, cast: Cast) -> None:
    slug = cast.ours.dealer.slug
    assert choose(admin, "logo", nav_bg="#ffffff").location == LOGO
    page = upload(admin, cast, a_png())
    assert "Use this logo?" in page.text
    assert 'src="data:image/png;base64,' in page.html
    sent = admin.page
    admin.submit(LOGO, shows_name="yes")
    assert flash(admin) == "The logo is in your draft. Save to show it to your customers."
    page = admin.follow()
    logo = page.form(HOME).fields["logo"]
    assert f'src="{LOGO}.png?v={logo}"' in page.html
    assert page.form(HOME).fields["nav_bg"] == "#ffffff"  # what was chosen before stays
    picture = admin.get(f"{LOGO}.png?v={logo}")
    assert (picture.headers["content-type"], picture.headers["cache-control"]) == ("image/png", "no-store")
    assert Visitor(app).get(f"/d/{slug}/logo.png").status == 404
    admin.page = sent
    admin.submit(LOGO, shows_name="yes")  # the second of two clicks
    assert admin.follow().form(HOME).fields["logo"] == logo
    assert f"{LOGO}.png?v={logo}" in admin.get(PREVIEW).html
    choose(admin, "save")
    dealers.forget_settings(cast.ours.scope)
    assert Visitor(app).get(f"/d/{slug}/logo.png?v={logo}").body == picture.body
    assert live(cast).logo
    page = admin.get(HOME)
    assert f'src="/d/{slug}/logo.png?v={logo}"' in page.html  # in the bar of the page itself
    assert admin.get(f"{LOGO}.png").body == picture.body
    fields = {name: value for name, value in admin.get(HOME).form(HOME).fields.items() if name != "shows_name"}
    admin.post(HOME, {**fields, "do": "save"})
    assert live(cast).logo
    assert not live(cast).logo.shows_name  # type: ignore[union-attr]  # asserted above
    choose(admin, "remove_logo")
    assert live(cast).logo
    choose(admin, "save")
    assert live(cast).logo is None
    assert admin.get(f"{LOGO}.png").status == 404


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "Export it as PNG"),
        (b"MZ\x90\x00" + bytes(500), "not a PNG, JPEG or WebP picture, whatever its name says"),
        (bomb(30_000, 30_000), "more than 40 megapixels"),
        (a_png()[:200], "damaged or cut off"),
        (b"", "not a PNG, JPEG or WebP picture"),
        (b"\x89PNG\r\n\x1a\n" + bytes(1_000_000), "larger than 1 MB"),
    ],
    ids=["script", "renamed", "bomb", "cut", "empty", "large"],
)
def test_what_is_no_logo_is_answered_with_what_to_send(admin: Visitor, cast: Cast, data: bytes, words: str) -> None:
    page = upload(admin, cast, data)
    assert page.status == 422
    assert words in page.text
    assert any("key" in form.fields for form in page.forms)  # another can be chosen here
    assert live(cast).logo is None


def test_a_photo_loses_where_it_was_taken(admin: Visitor, cast: Cast) -> None:
    upload(admin, cast, a_photo())
    admin.submit(LOGO)
    assert b"Jo" not in admin.get(f"{LOGO}.png").body


def test_a_file_that_has_not_come_can_be_chosen_again(admin: Visitor, now: datetime, ids: Ids) -> None:
    for upload_id in (ids.ulid(now), "x", "../../x"):
        page = admin.get(f"{LOGO}?upload={upload_id}")
        assert "The file has not arrived. Choose it again." in page.text
    token = admin.get(HOME).form(HOME).fields["csrf"]
    assert "has not arrived" in admin.post(LOGO, {"csrf": token, "upload": ids.ulid(now)}).text


def test_a_preview_shows_the_customers_own_pages_and_nothing_on_them_works(
    admin: Visitor, aws: World, cast: Cast, now: datetime, ids: Ids
) -> None:
    imports = ImportPipeline(aws, cast.ours, now, ids)
    imports.take_in(export(imports, *ledger()))
    dealers.forget_published(cast.ours.scope)
    choose(admin, "preview", theme="harvest")
    page = admin.follow()
    assert "What you owe, less your credits" in page.text
    assert "History" in admin.get(f"{PREVIEW}/invoice").text
    for path in (PREVIEW, f"{PREVIEW}/invoice", f"{PREVIEW}/login"):
        page = admin.get(path)
        assert page.status == 200
        assert "<script" not in page.html
        assert page.html.count("<div inert>") == 1
        assert "form-action 'none'; script-src 'none'" in page.headers["content-security-policy"]
        assert page.headers["cache-control"] == "no-store"
        assert "--cc-nav-bg:#ffd400" in stylesheet(admin, page)
        assert "Back to Customise" in page.text
    assert "Remember my User Name" in page.text


def test_before_the_first_export_a_preview_says_what_customers_read_then(admin: Visitor) -> None:
    for path in (PREVIEW, f"{PREVIEW}/invoice"):
        assert "No figures yet" in admin.get(path).text


def test_the_drafts_stylesheet_takes_colours_and_fonts_alone(admin: Visitor) -> None:
    got = admin.get(f"{HOME}/brand.css?nav_bg=%23123456&font_head=figtree&sample=1")
    assert got.text.startswith("[data-brand=draft]{--cc-nav-bg:#123456;")
    assert got.headers["cache-control"] == "no-store"
    for wrong in ("nav_bg=red", "nav_bg=%23123456%3B%7D", "font_head=x%3B", "nav_bg="):
        assert admin.get(f"{HOME}/brand.css?{wrong}").status == 422
    assert admin.get(f"{HOME}/brand.css").text == brand_css(Brand()).strip()
