"""The photo: uploaded, cropped, shown to whom it concerns, removed. Without a script the middle of it shows."""

from collections.abc import Iterator
from datetime import datetime
from io import BytesIO

import pytest
from PIL import Image

from app import app
from chalicelib import services, settings
from chalicelib.http import cookies
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.ids import Ids
from chalicelib.mail.sender import RecordingSender
from chalicelib.profiles import queries
from chalicelib.profiles.operations import take_photo
from chalicelib.rendering.portraits import Crop
from chalicelib.services import Services
from chalicelib.store import blobs
from chalicelib.web import photo_responses, profile_photo
from tests.fixtures.cast import Cast, LogIn, Member
from tests.fixtures.staff import listed
from tests.rendering.pictures import a_photo, a_png, bomb
from tests.web.client import Page, Visitor

HOME = "/profile"
PHOTO = f"{HOME}/photo"


@pytest.fixture(autouse=True)
def served(now: datetime, ids: Ids) -> Iterator[None]:
    with services.use(Services(settings=settings.load(), mail=RecordingSender(), clock=lambda: now, ids=ids)):
        yield


@pytest.fixture
def staff(cast: Cast, log_in: LogIn, now: datetime) -> Visitor:
    listed(cast.ours, cast.ours.admin, cast.ours.user, now=now)
    return visitor_of(cast.ours.user, log_in)


def visitor_of(member: Member, log_in: LogIn) -> Visitor:
    visitor = Visitor(app)
    visitor.cookies[cookies.SESSION] = log_in(member).secret
    return visitor


def upload(visitor: Visitor, cast: Cast, data: bytes) -> Page:
    """What a browser does: post the file to the storage, which sends it back here."""
    form = next(form for form in visitor.get(PHOTO).forms if "key" in form.fields)
    name = form.fields["key"].removeprefix(f"d/{cast.ours.dealer.dealer_id}/")
    blobs.put(cast.ours.scope, settings.load().files_bucket, name, data, form.fields["Content-Type"])
    return visitor.get(form.fields["success_action_redirect"].removeprefix(settings.load().base_url))


def test_a1_14_a_photo_is_uploaded_cropped_shown_and_removed(staff: Visitor, cast: Cast) -> None:
    assert staff.get(HOME).links["Upload Photo"] == PHOTO
    page = upload(staff, cast, a_png(size=(400, 300)))
    assert "Use this photo?" in page.text
    assert 'src="data:image/jpeg;base64,' in page.html
    sent = staff.page
    assert staff.submit(PHOTO, zoom="500", across="0", down="1000").location == HOME
    version = queries.own_profile(cast.ours.user.staff_scope).photo
    page = staff.follow()
    assert f'src="/profile/photo.jpg?v={version}&amp;size=large"' in page.html
    assert f'src="/profile/photo.jpg?v={version}"' in page.html  # in the bar, as on all pages from now on
    assert f'src="/profile/photo.jpg?v={version}"' in staff.get("/staff/users").html
    sizes = []
    for query in (f"?v={version}", f"?v={version}&size=large", "?v=other"):
        picture = staff.get(f"/profile/photo.jpg{query}")
        assert picture.headers["content-type"] == "image/jpeg"
        sizes.append(Image.open(BytesIO(picture.body)).size)
        kept = photo_responses.A_YEAR if version in query else "private, max-age=0"
        assert picture.headers["cache-control"] == kept
    assert sizes == [(64, 64), (256, 256), (64, 64)]
    staff.page = sent
    assert staff.submit(PHOTO).location == HOME  # the second of two clicks
    staff.get(HOME)
    assert staff.submit(f"{PHOTO}/remove").location == HOME
    page = staff.follow()
    assert "photo.jpg" not in page.html
    assert staff.get("/profile/photo.jpg").headers["content-type"] == "image/svg+xml"
    trail = staff.get("/staff/activity?about=profile").text
    assert trail.count("Photo changed") == 1
    assert trail.count("Photo removed") == 1


def test_staff_see_a_colleagues_photo_and_nobody_else_does(
    staff: Visitor, cast: Cast, log_in: LogIn, now: datetime
) -> None:
    upload(staff, cast, a_png())
    staff.submit(PHOTO)
    person = cast.ours.user.person_id
    admin = visitor_of(cast.ours.admin, log_in)
    address = f"/staff/users/{person}/photo.jpg"
    assert address in admin.get(f"/staff/users/{person}").html
    assert admin.get(address).headers["content-type"] == "image/jpeg"
    assert admin.get("/profile/photo.jpg").headers["content-type"] == "image/svg+xml"
    assert visitor_of(cast.ours.customer, log_in).get(address).status == 404
    listed(cast.rival, cast.rival.admin, now=now)
    assert visitor_of(cast.rival.admin, log_in).get(address).status == 404
    with pytest.raises(NotFoundError):
        queries.photo(cast.ours.customer.customer_scope, person, small=True)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "Choose a photo"),
        (b"MZ\x90\x00" + bytes(500), "not a PNG, JPEG or WebP picture, whatever its name says"),
        (bomb(30_000, 30_000), "more than 40 megapixels"),
        (a_png()[:200], "damaged or cut off"),
    ],
    ids=["script", "renamed", "bomb", "cut"],
)
def test_what_is_no_photo_is_answered_with_what_to_send(staff: Visitor, cast: Cast, data: bytes, words: str) -> None:
    page = upload(staff, cast, data)
    assert page.status == 422
    assert words in page.text
    assert any("key" in form.fields for form in page.forms)  # another can be chosen here
    assert not queries.own_profile(cast.ours.user.staff_scope).photo


def test_a_photo_loses_where_it_was_taken(staff: Visitor, cast: Cast) -> None:
    upload(staff, cast, a_photo())
    staff.submit(PHOTO)
    assert b"Jo" not in staff.get("/profile/photo.jpg?size=large").body


def test_a_file_that_has_not_come_or_is_anothers_can_be_chosen_again(
    staff: Visitor, cast: Cast, now: datetime, ids: Ids
) -> None:
    others = ids.ulid(now)
    name = f"photos/{cast.ours.admin.person_id}/{others}"
    blobs.put(cast.ours.scope, settings.load().files_bucket, name, a_png(), "application/octet-stream")
    for upload_id in (ids.ulid(now), others, "x", "../../x", f"../{cast.ours.admin.person_id}/{others}"):
        assert "The file has not arrived. Choose it again." in staff.get(f"{PHOTO}?upload={upload_id}").text
        token = staff.get(HOME).form(HOME).fields["csrf"]
        assert "has not arrived" in staff.post(PHOTO, {"csrf": token, "upload": upload_id}).text
    with pytest.raises(NotFoundError):
        take_photo(cast.ours.user.staff_scope, upload_id=f"../{others}", crop=Crop(), now=now, ids=ids)


def test_a_photo_stays_when_the_details_are_saved(staff: Visitor, cast: Cast) -> None:
    upload(staff, cast, a_png())
    staff.submit(PHOTO)
    staff.get(HOME)
    staff.submit(HOME, title="ms", first_name="Anna", last_name="Reed")
    assert queries.own_profile(cast.ours.user.staff_scope).photo
    assert staff.get("/profile/photo.jpg").headers["content-type"] == "image/jpeg"
    assert "photo.jpg" in staff.get("/staff/users").html


def test_nobody_has_pictures_drawn_all_day(staff: Visitor, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(profile_photo, "DRAWN", profile_photo.DRAWN.__class__("photo.person", 1, 3600))
    assert upload(staff, cast, a_png()).status == 200
    assert staff.submit(PHOTO).status == 429
    assert upload(staff, cast, a_png()).status == 429


def test_nobody_has_forms_made_all_day(staff: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(profile_photo, "FORMS", profile_photo.FORMS.__class__("photo.form", 2, 3600))
    assert [staff.get(PHOTO).status for _ in range(3)] == [200, 200, 429]
