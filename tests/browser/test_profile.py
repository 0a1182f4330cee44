"""Profile in Chromium, in the steps of section 2.3 of the manual: the icon, the photo, the fields, Save Changes."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from chalicelib import settings
from chalicelib.dealers.staff import operations as staff
from chalicelib.kernel.ids import Ids
from chalicelib.profiles.queries import own_profile
from chalicelib.store import blobs
from tests.browser.chrome import WIDTHS, audit, window
from tests.browser.served import NOW, logged_in, serving_portal
from tests.fixtures.cast import Dealership, make_dealership
from tests.fixtures.worlds import World
from tests.rendering.pictures import a_png

pytestmark = pytest.mark.browser


@pytest.fixture
def dealership(aws: World, ids: Ids) -> Dealership:
    assert aws.name
    made = make_dealership(ids, NOW, name="Moorbeck Machinery", prefix="moorbeck", phone="01632 960 014")
    one = made.admin
    role = one.membership.role
    staff.join_staff(made.import_scope, person_id=one.person_id, email=one.email, role=role, now=NOW, ids=ids)
    return made


@pytest.fixture
def served(ids: Ids, dealership: Dealership) -> Iterator[str]:  # noqa: ARG001 - what it serves
    with serving_portal(ids, NOW) as at:
        yield at


@pytest.mark.parametrize("width", WIDTHS)
def test_a1_14_to_17_the_profile_is_opened_filled_in_and_saved(
    chromium: Browser, served: str, dealership: Dealership, ids: Ids, width: int
) -> None:
    with window(chromium, width=width, cookies=logged_in(dealership.admin, ids, NOW, served)) as page:
        page.goto(f"{served}/staff/accounts")
        page.get_by_role("link", name=f"Profile, {dealership.admin.email}").click()
        expect(page.get_by_role("heading", name="Profile", exact=True)).to_be_visible()
        expect(page.get_by_label("Current password")).to_be_hidden()  # until the email is another
        audit(page)
        page.get_by_label("First Name").fill("Anna")
        page.get_by_label("Mobile Number").fill("7700")
        page.get_by_role("button", name="Save Changes").click()
        expect(page.get_by_role("alert")).to_contain_text("There are 3 problems")
        audit(page)
        page.get_by_label("Title").select_option(label="Ms")
        page.get_by_label("Last Name").fill("Reed")
        page.get_by_label("Mobile Number").fill("+44 7700 900118")
        page.get_by_role("button", name="Save Changes").click()
        expect(page.locator(".toast")).to_contain_text("Saved")
        expect(page.get_by_label("Mobile Number")).to_have_value("07700 900118")
        expect(page.locator(".topbar .avatar")).to_have_text("AR")
        page.get_by_label("Email Address").fill("anna@reed.example")
        expect(page.get_by_label("Current password")).to_be_visible()
        audit(page)
        page.get_by_role("link", name="Cancel").click()
        expect(page).to_have_url(f"{served}/staff/accounts")


@pytest.mark.parametrize("width", WIDTHS)
def test_the_part_of_a_photo_that_shows_is_dragged_into_place(
    chromium: Browser, served: str, dealership: Dealership, ids: Ids, width: int
) -> None:
    scope, upload_id = dealership.admin.staff_scope, ids.ulid(NOW)
    data = a_png(size=(400, 200), margin=0)
    bucket, name = settings.load().files_bucket, f"photos/{scope.person_id}/{upload_id}"
    blobs.put(scope, bucket, name, data, "application/octet-stream")
    with window(chromium, width=width, cookies=logged_in(dealership.admin, ids, NOW, served)) as page:
        page.goto(f"{served}/profile/photo")
        audit(page)
        page.goto(f"{served}/profile/photo?upload={upload_id}")
        frame = page.locator("[data-crop][data-ready]")
        box = frame.bounding_box()
        assert box
        page.mouse.move(box["x"] + 128, box["y"] + 128)
        page.mouse.down()
        page.mouse.move(box["x"] + 28, box["y"] + 128, steps=4)
        page.mouse.up()
        across = page.get_by_label("To the right")
        assert float(across.input_value()) > 800
        page.get_by_label("Closer").focus()
        page.keyboard.press("End")
        image = frame.locator("img").bounding_box()
        assert image
        assert round(image["height"]) == round(box["height"] * 4)
        audit(page)
        page.get_by_role("button", name="Use this photo").click()
        expect(page.locator(".toast")).to_contain_text("Your photo is saved")
        expect(page.get_by_role("img", name="Your photo")).to_be_visible()
        audit(page)
    assert own_profile(scope).photo
