"""Documents received: staff see what was checked, fetch it, and ask for another."""

from datetime import datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.model import AccountUser
from chalicelib.feed import operations as feed
from chalicelib.feed.model import Taker
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.keys import link_part
from chalicelib.store import outbox
from chalicelib.uploads.model import thumbnail_name
from tests.fixtures.cast import Cast
from tests.uploads.made_files import PICTURE
from tests.uploads.sending import Sending
from tests.web.client import Visitor


@pytest.fixture
def sending(cast: Cast, now: datetime, ids: Ids) -> Sending:
    return Sending(cast.ours, now, ids, name="scan.pdf.csv")


def path(sending: Sending) -> str:
    return f"/staff/documents/{link_part(sending.file.account_ref)}/{sending.file.file_id}"


def accept(sending: Sending) -> None:
    version = sending.put()
    sending.arrived(version)
    sending.scanned(version)


def test_only_what_was_checked_is_listed_and_fetched(staff: Visitor, sending: Sending) -> None:
    assert "No documents yet" in staff.get("/staff/documents").text
    assert staff.get(path(sending)).status == 404
    assert staff.get(f"{path(sending)}/file").status == 404
    accept(sending)
    page = staff.get("/staff/documents")
    assert page.links["Account 1200"] == f"/staff/accounts/{link_part('1200')}"
    assert "New" in page.text
    page = staff.get(page.links["scan.pdf.csv"])
    assert "For May" in page.text
    assert "Remittance advice" in page.text
    link = staff.get(f"{path(sending)}/file").location
    assert "attachment%3B%20filename%2A%3DUTF-8%27%27scan.pdf.csv" in link


def test_staff_ask_again_with_a_reason_or_say_that_it_is_dealt_with(staff: Visitor, sending: Sending) -> None:
    accept(sending)
    staff.get(path(sending))
    refused = staff.submit(path(sending), review="asked_again", comment="")
    assert (refused.status, "Say what is missing or wrong" in refused.text) == (422, True)
    assert staff.submit(path(sending), review="burn", comment="x").status == 422
    done = staff.submit(path(sending), review="asked_again", comment="Page 2 is missing")
    assert (done.status, done.location) == (303, "/staff/documents")
    assert "Nobody can log in for this account now" in staff.follow().text
    page = staff.get(path(sending))
    assert "Requested again" in page.text
    assert "“Page 2 is missing”" in page.text
    staff.submit(path(sending), review="done", comment="")
    listed = staff.get("/staff/documents").text
    assert ("Done" in listed, "Requested again" in listed) == (True, False)


def test_the_customer_is_mailed_what_is_asked_for_again(
    staff: Visitor, sending: Sending, cast: Cast, now: datetime
) -> None:
    accept(sending)
    member = cast.ours.customer
    enrolments.add_user(cast.ours.scope, AccountUser(member.person_id, member.email, now), ref="1200")
    staff.get(path(sending))
    staff.submit(path(sending), review="asked_again", comment="Page 2 is missing")
    assert "The customer gets an email with your reason." in staff.follow().text
    assert "document_asked_again" in [item.kind for item in outbox.items(cast.ours.scope)]


def test_a_document_that_came_is_on_the_to_do_list_until_it_is_dealt_with(staff: Visitor, sending: Sending) -> None:
    accept(sending)
    to_do = staff.get("/staff/to-do")
    assert "Document received" in to_do.text
    assert to_do.links["scan.pdf.csv"] == path(sending)
    staff.get(path(sending))
    staff.submit(path(sending), review="done", comment="")
    assert "scan.pdf.csv" not in staff.get("/staff/to-do").text


def test_what_the_dealers_program_took_says_so(
    staff: Visitor, sending: Sending, cast: Cast, now: datetime, ids: Ids
) -> None:
    accept(sending)
    assert "dealer system" not in staff.get("/staff/documents").text.partition("What customers have sent")[2]
    feed.choose_taker(cast.ours.admin.staff_scope, taker=Taker.PROGRAM, now=now, ids=ids)
    told = Sending(cast.ours, now, ids, name="june.csv")
    accept(told)
    assert "Waiting for your dealer system" in staff.get("/staff/documents").text
    feed.acknowledge(cast.ours.import_scope, item_ids=[told.file.file_id], now=now, ids=ids)
    assert staff.get("/staff/documents").text.count("Passed on to your dealer system") == 1
    assert "Passed on to your dealer system, Today 10:00" in staff.get(path(told)).text
    assert "dealer system, Today" not in staff.get(path(sending)).text
    assert "june.csv" in staff.get("/staff/to-do").text  # it is still theirs to review


def test_no_account_that_cannot_be_is_looked_for(staff: Visitor, sending: Sending) -> None:
    for odd in ("", "!", link_part("#"), link_part("~nobody")):
        assert staff.get(f"/staff/documents/{odd or 'x'}/{sending.file.file_id}").status == 404


def test_activity_names_what_happened(staff: Visitor, sending: Sending) -> None:
    accept(sending)
    page = staff.get("/staff/activity?about=file")
    assert "Document received" in page.text
    assert "Document checked" in page.text
    assert page.links["Account 1200, scan.pdf.csv"] == path(sending)


def test_a_picture_is_shown_small_in_the_list_and_larger_on_its_page(
    staff: Visitor, sending: Sending, cast: Cast, now: datetime, ids: Ids
) -> None:
    accept(sending)
    photo = Sending(cast.ours, now, ids, name="IMG_2041.JPG")
    assert staff.get(f"{path(photo)}/thumbnail").status == 404
    photo.accept(PICTURE)
    listed, own = staff.get("/staff/documents").html, staff.get(path(photo)).html
    for page, side in ((listed, 48), (own, 480)):
        assert page.count('<img class="thumb') == 1
        assert f'src="{path(photo)}/thumbnail" alt="Picture of IMG_2041.JPG" width="{side}"' in page
        assert 'loading="lazy"' in page
    assert "bi-file-earmark-text" in listed
    link = urlsplit(staff.get(f"{path(photo)}/thumbnail").location)
    assert link.path.endswith(f"/{thumbnail_name(photo.file.file_id)}")
    assert parse_qs(link.query)["response-content-type"] == ["image/jpeg"]
    assert staff.get(f"{path(sending)}/thumbnail").status == 404
