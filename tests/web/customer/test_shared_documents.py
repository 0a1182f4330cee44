"""From your dealer: a customer finds, previews and fetches what staff share, and nothing that they hide."""

from datetime import datetime, timedelta
from random import Random
from urllib.parse import parse_qs, urlsplit

import pytest

from app import app
from chalicelib.http import cookies
from chalicelib.kernel.ids import Ids
from chalicelib.web.presenters import shared_documents as words
from tests.fixtures.cast import Cast, LogIn
from tests.uploads.made_files import PICTURE, pdf
from tests.uploads.shared import SharedSending
from tests.web.client import Visitor


@pytest.fixture
def sending(cast: Cast, now: datetime, ids: Ids) -> SharedSending:
    return SharedSending(cast.ours, now, ids, title="Warranty, baler", note="Keep it", visible=True)


def address(sending: SharedSending) -> str:
    return f"/shared-documents/{sending.file.file_id}"


def test_it_appears_once_it_is_checked_and_goes_when_staff_hide_it(customer: Visitor, sending: SharedSending) -> None:
    version = sending.put()
    for step in (lambda: None, lambda: sending.arrived(version)):
        step()
        assert "Nothing yet. Documents that Moorbeck Machinery shares with you" in customer.get("/documents").text
        assert customer.get(address(sending)).status == 404
        assert customer.get(f"{address(sending)}/file").status == 404
    sending.scanned(version)
    text = customer.get("/documents").text
    for shown in ("Warranty, baler", "Certificate", "Keep it", "CSV table", "1 new document from Moorbeck Machinery"):
        assert shown in text
    sending.show(visible=False)
    assert "Warranty" not in customer.get("/documents").text
    assert customer.get(f"{address(sending)}/file").status == 404


def test_it_is_new_until_this_person_has_opened_it(customer: Visitor, sending: SharedSending, cast: Cast) -> None:
    sending.accepted()
    assert customer.call("HEAD", f"{address(sending)}/file").status == 200
    page = customer.get("/documents")
    assert "New" in page.text
    link = customer.get(page.links["Warranty, baler"]).location
    query = parse_qs(urlsplit(link).query)
    assert query["response-content-disposition"] == ["attachment; filename*=UTF-8''Warranty%2C%20baler.csv"]
    assert query["response-content-type"] == ["text/csv; charset=utf-8"]
    assert "New" not in customer.get("/documents").text.replace("Newest", "")
    assert sending.found().opened.keys() == {cast.ours.customer.person_id}


@pytest.mark.parametrize("header", ["sec-purpose", "purpose", "x-moz"])
def test_c17_what_a_mail_scanner_or_a_browser_fetches_ahead_is_no_opening(
    customer: Visitor, sending: SharedSending, header: str
) -> None:
    """The link of the mail leads to Documents: a scanner has no session, and a program with one looks ahead."""
    sending.accepted()
    scanner, file = Visitor(app), f"{address(sending)}/file"
    for path in ("/documents", address(sending), file):
        for method in ("HEAD", "GET"):
            assert scanner.call(method, path).location.startswith("/login")
    assert customer.call("HEAD", file).status == 200
    assert customer.get(file, headers={header: "prefetch;prerender"}).status == 303
    assert customer.get("/documents", headers={header: "prefetch"}).status == 200
    assert sending.found().opened == {}
    customer.get(file)
    assert sending.found().opened


def test_a_pdf_is_previewed_in_the_portals_viewer(customer: Visitor, cast: Cast, now: datetime, ids: Ids) -> None:
    sending = SharedSending(cast.ours, now, ids, title="Terms", name="terms.pdf", visible=True)
    sending.accepted(pdf(Random(1)))
    page = customer.get(customer.get("/documents").links["Terms"])
    assert f'data-document="{address(sending)}/file"' in page.html
    assert "Certificate, PDF" in page.text
    assert sending.found().opened == {}


def test_another_kind_has_a_page_with_its_download(customer: Visitor, sending: SharedSending) -> None:
    sending.accepted()
    page = customer.get(address(sending))
    assert "There is no preview for this type of file." in page.text
    assert page.links["Download"] == f"{address(sending)}/file"
    assert "data-document=" not in page.html


def test_nobody_reaches_that_of_another(sending: SharedSending, cast: Cast, log_in: LogIn, customer: Visitor) -> None:
    sending.accepted()
    assert customer.get(address(sending)).status == 200
    for member in (cast.ours.other_customer, cast.rival.customer):
        other = Visitor(app)
        other.cookies[cookies.SESSION] = log_in(member).secret
        assert "Warranty" not in other.get("/documents").text
        assert other.get(address(sending)).status == 404
        assert other.get(f"{address(sending)}/file").status == 404
        # Nor is it one of the files that customers send.
        assert other.get(f"/documents/{sending.file.file_id}").status == 404
    assert customer.get(f"/documents/{sending.file.file_id}/file").status == 404


def test_many_are_searched_by_kind_and_words_and_paged(customer: Visitor, cast: Cast, now: datetime, ids: Ids) -> None:
    for number in range(words.PAGE + 2):
        kind = "manual" if number % 2 else "quote"
        at = now + timedelta(seconds=number)
        SharedSending(cast.ours, at, ids, title=f"Paper {number:02}", kind=kind, note="", visible=True).accepted()
    page = customer.get("/documents")
    assert f"Showing 1 to {words.PAGE} of {words.PAGE + 2}" in page.text
    assert "Paper 00" not in page.text
    assert "Paper 00" in customer.get("/documents?page=2").text
    assert "Paper 07" in customer.get("/documents?q=PAPER+07&kind=manual").text
    assert "Nothing matches" in customer.get("/documents?q=paper+07&kind=quote").text
    assert f"{words.PAGE + 2} new documents" in customer.get("/documents?q=zzz").text


def test_the_thumbnail_of_a_picture_is_seen_as_long_as_the_picture_and_is_no_opening(
    customer: Visitor, sending: SharedSending, cast: Cast, now: datetime, ids: Ids
) -> None:
    sending.accepted()
    photo = SharedSending(cast.ours, now, ids, title="Your baler", visible=True)
    photo.accepted(PICTURE)
    thumbnail = f"{address(photo)}/thumbnail"
    for page in (customer.get("/documents"), customer.get(address(photo))):
        assert page.html.count('<img class="thumb') == 1
        assert f'src="{thumbnail}" alt="Picture of Your baler"' in page.html
    assert customer.get(thumbnail).status == 303
    assert photo.found().opened == {}
    assert customer.get(f"{address(sending)}/thumbnail").status == 404
    photo.show(visible=False)
    assert customer.get(thumbnail).status == 404
