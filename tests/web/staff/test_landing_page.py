"""Customer Landing Page: an admin drafts the public page, sees it alone, and saves it for everybody."""

import re
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import pytest
from PIL import Image

from app import app
from chalicelib import services, settings
from chalicelib.dealers.landing import queries
from chalicelib.dealers.landing.model import Landing, Slot
from chalicelib.http import cookies
from chalicelib.identity.rate_limits import Limit
from chalicelib.kernel.ids import Ids
from chalicelib.store import blobs
from chalicelib.web.staff import landing_picture
from tests.dealers.landing.made import LINK, a_picture, save
from tests.fixtures.cast import Cast, LogIn
from tests.rendering.pictures import a_png, bomb
from tests.web.client import Page, Visitor

HOME = "/staff/landing-page"
TAKE_DOWN = f"{HOME}/take-down"
UPLOAD = f"{HOME}/picture"
PREVIEW = f"{HOME}/preview"


@pytest.fixture
def admin(staff: Visitor, cast: Cast, log_in: LogIn) -> Visitor:
    staff.cookies[cookies.SESSION] = log_in(cast.ours.admin).secret
    return staff


def choose(admin: Visitor, do: str, **fields: Any) -> Page:
    """Open the page, fill it in, press a button."""
    admin.get(HOME)
    return admin.submit(HOME, do=do, **fields)


def live(cast: Cast) -> Landing | None:
    found = queries.published(cast.ours.admin.staff_scope)
    return found.landing if found and found.is_shown else None


def flash(visitor: Visitor) -> str:
    return unquote(visitor.cookies[cookies.FLASH])


def upload(admin: Visitor, cast: Cast, data: bytes, slot: str = "banner") -> Page:
    """What a browser does: post the file to the storage, which sends it back here."""
    form = next(form for form in admin.get(f"{UPLOAD}?slot={slot}").forms if "key" in form.fields)
    name = form.fields["key"].removeprefix(f"d/{cast.ours.dealer.dealer_id}/")
    blobs.put(cast.ours.scope, settings.load().files_bucket, name, data, form.fields["Content-Type"])
    return admin.get(form.fields["success_action_redirect"].removeprefix(settings.load().base_url))


def test_a1_27_only_an_admin_finds_it_in_the_menu_and_may_open_it(staff: Visitor, cast: Cast, log_in: LogIn) -> None:
    assert HOME not in staff.get("/staff/imports").html
    for path in (HOME, PREVIEW, f"{UPLOAD}?slot=banner", f"{HOME}/qr.svg", f"{HOME}/qr.png"):
        assert staff.get(path).status == 403
    staff.cookies[cookies.SESSION] = log_in(cast.ours.admin).secret
    assert staff.get("/staff/imports").links["Customer Landing Page"] == HOME
    assert staff.get("/staff/customise").links["Customer Landing Page"] == HOME
    page = staff.get(HOME)
    assert "Your address shows the login page until you save a landing page." in page.text


def test_a1_31_colours_and_texts_are_previewed_by_their_admin_alone_and_live_once_saved(
    admin: Visitor, cast: Cast
) -> None:
    assert choose(admin, "preview", header="#FFFF00", button="fff", title="Welcome").location == PREVIEW
    page = admin.follow()
    assert "Preview. Customers do not see this yet." in page.text
    assert page.links["Back to Customer Landing Page"] == HOME
    assert "<title>Welcome</title>" in page.html
    assert "<script" not in page.html
    assert page.html.count("<div inert>") == 1
    assert "form-action 'none'; script-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"
    (*_, sheet) = re.findall(r'<link rel="stylesheet" href="([^"]+)"', page.html)
    assert "--cc-nav-bg:#ffff00;--cc-nav-fg:#000000;--cc-btn-bg:#ffffff" in admin.get(sheet.replace("&amp;", "&")).text
    assert live(cast) is None
    page = admin.get(HOME)
    assert "3 changes" in page.text
    assert "Not saved: Header Colour, Log In Button Colour, Title" in page.text
    admin.submit(HOME, do="save")
    assert flash(admin) == "Saved. Everybody sees it within a minute."
    assert live(cast) == Landing(header="#ffff00", button="#ffffff", title="Welcome")
    assert "Last saved" in admin.follow().text
    activity = admin.get("/staff/activity?kind=settings").text
    assert "Customer Landing Page changed" in activity
    assert "Header Colour, Log In Button Colour, Title" in activity


def test_a1_28_the_sample_follows_the_colours_and_says_what_can_be_read(admin: Visitor) -> None:
    fragment = admin.get(f"{HOME}?header=%23777777&button=x", htmx=True)
    assert "Navigation bar: Black text, 4.6:1" in fragment.text
    assert "<html" not in fragment.html
    assert choose(admin, "keep", **{"header-picker": "#123456"}).status == 303  # a picker without scripts
    assert admin.follow().form(HOME).fields["header"] == "#123456"


def test_a1_29_an_image_is_uploaded_cut_previewed_saved_and_removed(admin: Visitor, cast: Cast) -> None:
    typed = {"banner_words": "Autumn offers", "banner_link": LINK, "banner_side": "left"}
    assert choose(admin, "upload:banner", **typed).location == f"{UPLOAD}?slot=banner"
    page = upload(admin, cast, a_picture())
    assert "Which part is shown?" in page.text
    assert re.search(r'<img src="https://[^"]+response-content-type=image%2Fjpeg', page.html)
    sent = admin.page
    admin.submit(UPLOAD, zoom="120", across="0", down="100")
    assert flash(admin) == "The picture is in your draft. Save to show it to everybody."
    page = admin.follow()
    assert page.form(HOME).fields["banner_words"] == "Autumn offers"  # what was typed before stays
    assert "667 × 143" in page.text
    assert "of 300" in page.text
    (address,) = set(re.findall(rf'src="({HOME}/pictures/[^"]+)"', page.html))
    picture = admin.get(address, headers={"accept": "image/webp"})
    assert (picture.headers["content-type"], picture.headers["cache-control"]) == ("image/webp", "no-store")
    assert Image.open(BytesIO(picture.body), formats=("WEBP",)).size == (667, 143)
    admin.page = sent
    assert admin.submit(UPLOAD).location == HOME  # the second of two clicks
    assert address in admin.get(PREVIEW).html
    choose(admin, "save")
    saved = live(cast)
    assert saved
    assert (saved.banner.words, saved.banner.link, saved.banner.side) == ("Autumn offers", LINK, "left")
    assert admin.get(address).status == 404  # it is public now
    page = admin.get(HOME)
    assert f'src="/d/{cast.ours.dealer.slug}/landing/' in page.html
    choose(admin, "remove:banner")
    assert live(cast) == saved
    choose(admin, "save")
    assert live(cast) == Landing().with_slot(Slot.BANNER, type(saved.banner)(None, "Autumn offers", LINK, "left"))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "not a PNG, JPEG or WebP picture"),
        (b"MZ\x90\x00" + bytes(500), "whatever its name says"),
        (bomb(30_000, 30_000), "more than 40 megapixels"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "damaged or cut off"),
        (a_png(), "at least 640 by 138 pixels"),
        (b"", "not a PNG, JPEG or WebP picture"),
    ],
    ids=["script", "renamed", "bomb", "cut", "small", "empty"],
)
def test_a1_29_what_is_no_picture_is_answered_with_what_to_send(
    admin: Visitor, cast: Cast, data: bytes, words: str
) -> None:
    page = upload(admin, cast, data)
    assert page.status == 422
    assert words in page.text
    assert any("key" in form.fields for form in page.forms)  # another can be chosen here


def test_a1_29_a_part_that_cannot_be_used_is_chosen_again(admin: Visitor, cast: Cast) -> None:
    upload(admin, cast, a_picture())
    page = admin.submit(UPLOAD, zoom="400")
    assert page.status == 422
    assert "would look blurred" in page.text
    assert page.form(UPLOAD).fields["zoom"] == "400"
    admin.submit(UPLOAD, zoom="x", across="-5", down="99999")  # as an old browser might
    assert flash(admin).startswith("The picture is in your draft.")


def test_a1_29_a_file_that_has_not_come_can_be_chosen_again(admin: Visitor, now: datetime, ids: Ids) -> None:
    for upload_id in (ids.ulid(now), "x", "../../x"):
        page = admin.get(f"{UPLOAD}?slot=first&upload={upload_id}")
        assert "The file has not arrived. Choose it again." in page.text
    token = admin.get(HOME).form(HOME).fields["csrf"]
    sent = {"csrf": token, "slot": "first", "upload": ids.ulid(now)}
    assert "has not arrived" in admin.post(UPLOAD, sent).text
    assert admin.post(UPLOAD, {**sent, "slot": "fourth"}).status == 404
    for path in (f"{UPLOAD}?slot=fourth", f"{HOME}/pictures/x", f"{HOME}/pictures/..%2Fx"):
        assert admin.get(path).status == 404
    assert choose(admin, "upload:fourth").status == 404
    assert choose(admin, "remove:fourth").status == 404


@pytest.mark.parametrize(
    ("name", "typed", "words"),
    [
        ("banner_link", "http://www.example.com", "Enter a web address that begins with https://"),
        ("first_link", "javascript:alert(1)", "Enter a web address that begins with https://"),
        ("second_link", "https://user:secret@example.com/", "Leave out the user name and the password"),
        ("third_words", "x" * 121, "121 of 120 characters: shorten it by 1"),
        ("title", "x" * 71, "71 of 70 characters: shorten it by 1"),
        ("header", "red", "Enter a colour as # and six digits"),
        ("banner_side", "top", "Choose one of the list"),
        ("share", "fourth", "Choose one of the list"),
    ],
)
def test_a1_29_what_cannot_be_used_is_said_at_its_field_and_kept(
    admin: Visitor, cast: Cast, name: str, typed: str, words: str
) -> None:
    page = choose(admin, "save", **{"description": "Kept", name: typed})
    assert page.status == 422
    assert page.text.count(words) == 2  # above the form, and at its field
    assert page.form(HOME).fields["description"] == "Kept"
    if name not in {"banner_side", "share"}:
        assert page.form(HOME).fields[name] == typed
    assert live(cast) is None


def test_a1_30_a_picture_without_words_is_not_saved(admin: Visitor, cast: Cast) -> None:
    for slot in ("banner", "second"):
        upload(admin, cast, a_picture(), slot)
        admin.submit(UPLOAD)
    page = choose(admin, "save")
    assert page.status == 422
    assert "Say what the picture shows, for people who do not see it" in page.text
    assert "Enter the words under the picture" in page.text
    assert choose(admin, "preview").location == PREVIEW  # a draft may be unfinished
    choose(admin, "save", banner_words="Offers", second_words="Book the workshop")
    saved = live(cast)
    assert saved
    assert list(saved.pictures) == [Slot.BANNER, Slot.SECOND]


def test_a1_31_cancel_leaves_and_reset_only_fills_the_draft(admin: Visitor, cast: Cast) -> None:
    choose(admin, "save", title="Welcome", header="#123456")
    saved = live(cast)
    choose(admin, "reset", header="nonsense")
    assert live(cast) == saved
    assert admin.follow().form(HOME).fields["title"] == ""
    assert choose(admin, "cancel", title="Spring").location == "/staff"
    page = admin.get(HOME)
    assert page.form(HOME).fields["title"] == "Welcome"
    assert "Not saved" not in page.text
    choose(admin, "reset")
    admin.follow()
    admin.submit(HOME, do="save")
    assert live(cast) == Landing()


def test_a1_27_the_page_can_be_taken_down(admin: Visitor, cast: Cast) -> None:
    assert "Take the page down" not in admin.get(HOME).text
    choose(admin, "save", title="Welcome")
    assert "Take the page down" in admin.follow().text
    assert admin.submit(HOME, do="withdraw").location == TAKE_DOWN
    page = admin.follow()
    assert "Take the landing page down?" in page.text
    assert page.links["Keep it"] == HOME
    assert live(cast), "nothing has happened yet"
    admin.submit(TAKE_DOWN)
    assert flash(admin).startswith("Taken down.")
    assert live(cast) is None
    assert admin.follow().form(HOME).fields["title"] == "Welcome"
    assert admin.get(TAKE_DOWN).location == HOME
    assert "Customer Landing Page taken down" in admin.get("/staff/activity").text


def test_a1_27_taking_the_page_down_keeps_what_was_not_saved(admin: Visitor, cast: Cast) -> None:
    choose(admin, "save", title="Welcome")
    choose(admin, "keep", title="Spring")
    upload(admin, cast, a_picture(), "first")
    admin.submit(UPLOAD)
    drafted = re.findall(r"/staff/landing-page/pictures/[^\"]+", admin.get(HOME).html)
    assert drafted
    assert admin.submit(HOME, do="withdraw", first_words="typed and not kept yet", header="blue").status == 422
    assert live(cast) == Landing(title="Welcome"), "first what is wrong on the page is said"
    admin.submit(HOME, do="withdraw", first_words="typed and not kept yet", header="")
    admin.follow()
    admin.submit(TAKE_DOWN)
    assert flash(admin).startswith("Taken down.")
    assert flash(admin).endswith("What you have not saved is still here.")
    assert live(cast) is None
    page = admin.follow()
    fields = page.form(HOME).fields
    assert (fields["title"], fields["first_words"]) == ("Spring", "typed and not kept yet")
    assert "Somebody else" not in page.text
    assert admin.get(drafted[0]).status == 200
    admin.get(HOME)
    admin.submit(HOME, do="save")
    shown = live(cast)
    assert shown
    assert (shown.title, shown.first.words, shown.first.picture is not None) == (
        "Spring",
        "typed and not kept yet",
        True,
    )


@pytest.mark.parametrize("do", ["save", "withdraw"])
def test_a1_31_somebody_elses_change_is_not_overwritten_unseen(
    admin: Visitor, cast: Cast, now: datetime, ids: Ids, do: str
) -> None:
    save(cast.ours.user.staff_scope, Landing(title="First"), now, ids)
    admin.get(HOME)
    shown = admin.page
    admin.page = shown
    if do == "withdraw":
        admin.submit(HOME, do=do, title="Mine")
        shown = admin.follow()
    save(cast.ours.user.staff_scope, Landing(title="Theirs"), now, ids)
    admin.page = shown
    admin.submit(HOME if do == "save" else TAKE_DOWN, **({"do": do, "title": "Mine"} if do == "save" else {}))
    assert flash(admin).startswith("!Somebody else changed the landing page since you opened this page.")
    assert live(cast) == Landing(title="Theirs")
    page = admin.follow()
    assert "Somebody else has changed the page since you began." in page.text
    assert page.form(HOME).fields["title"] == "Mine"
    if do == "save":
        admin.submit(HOME, do="save")
        assert live(cast) == Landing(title="Mine")


def test_a1_29_a_drafts_picture_that_is_gone_is_named(admin: Visitor, cast: Cast) -> None:
    scope = cast.ours.admin.staff_scope
    upload(admin, cast, a_picture(), "first")
    admin.submit(UPLOAD)
    bucket = settings.load().files_bucket
    blobs.delete(scope, bucket, blobs.list_names(scope, bucket, f"landing/{scope.person_id}/"))
    page = choose(admin, "save", first_words="Parts")
    assert page.status == 422
    assert "This picture is no longer there. Upload it again." in page.text
    assert 'href="#first"' in page.html
    assert 'id="first"' in page.html


def test_a1_27_the_page_tells_its_address_with_a_qr_code_and_a_snippet(admin: Visitor, cast: Cast) -> None:
    choose(admin, "save", button="#ffd400")
    address = f"{services.current().settings.base_url}/d/{cast.ours.dealer.slug}"
    page = admin.get(HOME)
    assert page.links[address] == address
    snippet = re.findall(r'<textarea[^>]*id="snippet"[^>]*>([^<]+)<', page.html)[0]
    assert snippet.startswith(f"&lt;a href=&#34;{address}&#34; style=")
    assert "background:#ffd400;color:#000000" in snippet
    drawn = admin.get(f"{HOME}/qr.svg")
    assert drawn.headers["content-type"].startswith("image/svg+xml")
    assert f'filename="{cast.ours.dealer.slug}-qr.svg"' in drawn.headers["content-disposition"]
    root = ET.fromstring(drawn.body)  # noqa: S314 - our own
    assert (root.get("width"), root.get("height")) == ("50.0mm", "50.0mm")
    dots = admin.get(f"{HOME}/qr.png", headers={"accept": "image/png"})
    image = Image.open(BytesIO(dots.body), formats=("PNG",))
    assert image.width == image.height
    assert image.width / image.info["dpi"][0] * 25.4 == pytest.approx(50, abs=0.3)
    assert admin.call("HEAD", f"{HOME}/qr.png", headers={"accept": "image/png"}).body == b""


def test_a1_27_the_qr_code_leads_to_the_public_page(
    admin: Visitor, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    import segno

    made: list[str] = []
    make: Callable[..., Any] = segno.make

    def note(content: str, **how: Any) -> Any:
        made.append(content)
        return make(content, **how)

    monkeypatch.setattr(segno, "make", note)
    for name in ("qr.svg", "qr.png"):
        admin.get(f"{HOME}/{name}", headers={"accept": "image/png"})
    assert Visitor(app).get(made[0].removeprefix(services.current().settings.base_url)).status == 303
    assert made == [f"{services.current().settings.base_url}/d/{cast.ours.dealer.slug}"] * 2


def test_a1_29_no_dealer_has_pictures_drawn_or_forms_made_all_day(
    admin: Visitor, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(landing_picture, "DRAWN", Limit("landing.drawn", 1, 3600))
    monkeypatch.setattr(landing_picture, "FORMS", Limit("landing.form", 3, 3600))
    for status in (303, 429):
        upload(admin, cast, a_picture(), "first")
        assert admin.submit(UPLOAD).status == status
    assert [admin.get(f"{UPLOAD}?slot=first").status for _ in range(2)] == [200, 429]
