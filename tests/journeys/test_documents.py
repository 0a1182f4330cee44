"""A customer sends documents from a phone, with and without scripts; the staff receive what was checked."""

import json
import re
import time
from pathlib import Path
from random import Random
from typing import Any
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.chrome import wait_until, window
from tests.fixtures.portal import Portal
from tests.journeys.conftest import PATIENCE_MS, printed_login
from tests.journeys.people import Login, complete_my_account, invite, log_in, open_mail
from tests.uploads import made_files

pytestmark = [pytest.mark.browser, pytest.mark.long]

PHONE = 375
BOTH_DRAWN = "[...document.querySelectorAll('img.thumb')].filter((each) => each.naturalWidth === 360).length === 2"
"""The thumbnails of two photos: they come from the storage's own origin."""
WITH_SCRIPTS = "1205", "Mr G. Fyfe", "g.fyfe@fyfe.example"
ASKED = "1201", "John Frost Imports", "office@frost.example"
WITHOUT = "1204", "Mr J.J Addison", "jj@addison-plant.example"


def test_two_photographed_pages_are_checked_and_with_staff_within_ten_seconds(
    chromium: Browser, portal: Portal, tmp_path: Path
) -> None:
    pages = [photograph(tmp_path, number) for number in (1, 2)]
    with window(chromium) as staff, window(chromium, width=PHONE) as customer:
        log_in(staff, portal.url, printed_login(portal.log))
        become(customer, staff, portal, WITH_SCRIPTS)
        customer.goto(f"{portal.url}/documents")
        customer.get_by_label("What are they for?").select_option("Proof of insurance")
        customer.get_by_label("Or take a photo of each page").set_input_files(pages[0])
        customer.get_by_label("Or take a photo of each page").set_input_files(pages[1])
        choose_an_archive(customer)
        staff.goto(f"{portal.url}/staff/documents")
        customer.get_by_role("button", name="Send", exact=True).click()
        expect(customer.get_by_text("2 documents sent.")).to_be_visible()
        began = time.monotonic()
        for path in pages:
            expect(staff.get_by_role("link", name=path.name, exact=True)).to_be_visible()
        assert time.monotonic() - began < 10
        expect(customer.get_by_text("Received")).to_have_count(2)
        with staff.expect_download() as fetched:
            staff.get_by_role("link", name=f"Download {pages[0].name}").click()
        assert fetched.value.suggested_filename == pages[0].name
        kept = Path(fetched.value.path()).read_bytes()
        assert kept.startswith(b"\xff\xd8\xff")
        assert made_files.SECRET.encode() not in kept
        for page in (staff, customer):
            page.reload()  # a picture that a busy machine did not bring is asked for again
            wait_until(page, BOTH_DRAWN)
        ask_again(staff, customer, portal, pages[1].name)


def test_a_hostile_file_is_refused_in_words_that_help(chromium: Browser, portal: Portal, tmp_path: Path) -> None:
    """Without scripts, one after another: the page comes back from the storage, and looks again by itself."""
    page, virus = tmp_path / "statement.pdf", tmp_path / "note.txt"
    page.write_bytes(made_files.html(Random(1))[1])
    virus.write_bytes(made_files.EICAR)
    with window(chromium, scripts=False) as staff, window(chromium, width=PHONE, scripts=False) as customer:
        log_in(staff, portal.url, printed_login(portal.log))
        become(customer, staff, portal, WITHOUT, scripts=False)
        for path in (page, virus):
            send_without_scripts(customer, portal, path)
        expect(customer.get_by_text("Print it to a PDF and send that.")).to_be_visible()
        expect(customer.get_by_text("It contains a virus or other harmful software")).to_be_visible()
        staff.goto(f"{portal.url}/staff/documents")
        expect(staff.get_by_text(WITHOUT[1])).to_have_count(0)


def photograph(folder: Path, number: int) -> Path:
    """A page as a phone takes it, with the place in it."""
    random = Random(number)
    path = folder / f"IMG_204{number}.jpg"
    exif = made_files.camera_data()
    path.write_bytes(made_files.saved(made_files.picture(random, size=(1200, 1600)), "JPEG", exif=exif))
    return path


def become(customer: Page, staff: Page, portal: Portal, who: tuple[str, str, str], *, scripts: bool = True) -> None:
    """Invited, with a password, and logged in."""
    ref, name, email = who
    for page in (staff, customer):
        page.set_default_timeout(PATIENCE_MS)
    invite(staff, portal.url, ref, name)
    complete_my_account(customer, portal.url, email, scripts=scripts)
    log_in(customer, portal.url, Login(email))


def choose_an_archive(customer: Page) -> None:
    """Its sender is told before it is sent, and takes it back."""
    archive: Any = {"name": "may.zip", "mimeType": "application/zip", "buffer": b"PK"}
    customer.locator("#files").set_input_files(archive)
    expect(customer.get_by_text("We do not accept this kind of file.")).to_be_visible()
    customer.get_by_role("button", name="Remove may.zip").click()


def send_without_scripts(customer: Page, portal: Portal, path: Path) -> None:
    customer.goto(f"{portal.url}/documents")
    customer.get_by_label("What are they for?").select_option("Something else")
    customer.get_by_role("button", name="Continue").click()
    customer.get_by_label("File").set_input_files(path)
    customer.get_by_role("button", name="Send").click()
    answered = re.compile("1 document sent.|The document you sent was not accepted.")
    expect(customer.get_by_text(answered)).to_be_visible()


def ask_again(staff: Page, customer: Page, portal: Portal, name: str) -> None:
    """Staff want it again, and the customer reads why."""
    staff.get_by_role("link", name=name, exact=True).click()
    staff.get_by_label("Comment").fill("The number of the policy is cut off")
    staff.get_by_role("button", name="Ask again").click()
    expect(staff.get_by_text("The customer gets an email with your reason.")).to_be_visible()
    open_mail(customer, portal.url, f"asks you to send a document again: {name}", WITH_SCRIPTS[2])
    expect(customer.get_by_text("The number of the policy is cut off").first).to_be_visible()
    customer.goto(f"{portal.url}/documents")
    expect(customer.get_by_text("The number of the policy is cut off").first).to_be_visible()


def test_what_staff_ask_for_by_mail_comes_and_is_fetched_by_their_program(
    chromium: Browser, portal: Portal, tmp_path: Path
) -> None:
    path = photograph(tmp_path, 3)
    with window(chromium) as staff, window(chromium, width=PHONE) as customer:
        log_in(staff, portal.url, printed_login(portal.log))
        become(customer, staff, portal, ASKED)
        key = let_a_program_take(staff, portal)
        ask_for(staff, portal, "Proof of address")
        open_mail(customer, portal.url, "asks you for a document: Proof of address", ASKED[2])
        customer.frame_locator("iframe").get_by_role("link", name="Send it", exact=True).click()
        expect(customer.get_by_text("Chosen below")).to_be_visible()
        customer.get_by_label("Or take a photo of each page").set_input_files(path)
        customer.get_by_role("button", name="Send", exact=True).click()
        expect(customer.get_by_text("1 document sent.")).to_be_visible()
        expect(customer.get_by_text("asks you for a document")).to_have_count(0)
        (item,) = [item for item in called(portal, key, "feed")["items"] if item["kind"] == "document"]
        assert (item["account_ref"], item["data"]["request"]) == (ASKED[0], "Proof of address")
        told = called(portal, key, f"documents/{item['id']}/content")
        with urlopen(told["url"], timeout=60) as answer:
            assert answer.headers["Content-Disposition"].startswith("attachment")
            data = answer.read()
        assert (len(data), data[:3]) == (told["size"], b"\xff\xd8\xff")
        called(portal, key, "feed/acknowledgements", {"ids": [item["id"]]})
        staff.goto(f"{portal.url}/staff/documents")
        expect(staff.get_by_text("Passed on to your dealer system")).to_be_visible()


def let_a_program_take(staff: Page, portal: Portal) -> str:
    """The key of a program, which takes the items from here on."""
    staff.goto(f"{portal.url}/staff/feed")
    staff.get_by_label("Our program").check()
    staff.get_by_role("button", name="Save who takes them").click()
    expect(staff.get_by_text("Saved")).to_be_visible()
    staff.goto(f"{portal.url}/staff/imports/api-keys")
    staff.get_by_label("Name").fill("DMS")
    staff.get_by_role("button", name="Create").click()
    return staff.locator("[data-secret]").inner_text()


def ask_for(staff: Page, portal: Portal, title: str) -> None:
    staff.goto(f"{portal.url}/staff/document-requests/new")
    staff.get_by_label("Customer", exact=True).fill(ASKED[0])
    staff.get_by_role("link", name=ASKED[1]).click()
    staff.get_by_label("Which document?").fill(title)
    staff.get_by_label("Kind").select_option("Something else")
    staff.get_by_role("button", name="Ask for it").click()
    expect(staff.get_by_text("0 of 1 received")).to_be_visible()


def called(portal: Portal, key: str, path: str, body: Any = None) -> Any:
    """What the API answers to the program."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    with urlopen(Request(f"{portal.url}/api/v1/{path}", data, headers), timeout=60) as answer:
        return json.load(answer)
