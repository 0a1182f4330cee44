"""The page of one document that was asked for, and what has come for it as one file."""

from datetime import datetime, timedelta
from io import BytesIO
from random import Random
from urllib.parse import unquote, urlencode

import pytest
from pypdf import PdfReader

from chalicelib.http import cookies
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.keys import link_part
from chalicelib.uploads import merging
from chalicelib.uploads.model import Review
from tests.fixtures.cast import Cast
from tests.fixtures.worlds import World
from tests.uploads.document_requests.made import asked, known, reviewed
from tests.uploads.made_files import PICTURE, pdf
from tests.uploads.sending import GOOD, Sending
from tests.web.background import archive, fetched, work
from tests.web.client import Visitor


def test_all_that_has_come_for_a_request_is_on_its_page_and_in_one_zip(
    staff: Visitor, cast: Cast, aws: World, now: datetime, ids: Ids
) -> None:
    request = asked(known(cast.ours, now), now, ids, title="Three payslips")
    path = f"/staff/document-requests/{link_part('1200')}/{request.request_id}"
    assert "Nothing yet." in staff.get(path).text
    assert staff.get("/staff/document-requests").links["Three payslips"] == path
    sent = [
        Sending(cast.ours, now + timedelta(seconds=n), ids, name=f"{n}.csv", purpose=request.request_id)
        for n in (1, 2, 3)
    ]
    for each in reversed(sent):  # it is the order of sending that counts
        each.accept()
    reviewed(cast.ours, now, ids, sent[1].file, Review.ASKED_AGAIN)
    page = staff.get(path)
    assert "Requested" in page.text
    assert "2 of 3 received" in page.text
    assert "2.csv" not in page.text
    assert list(archive(aws, staff, page.links["Download all as ZIP"])) == ["1.csv", "3.csv"]
    assert (
        staff.get(f"/staff/documents/{link_part('1200')}/{sent[0].file.file_id}").links["Requested: Three payslips"]
        == path
    )


def test_a_request_of_nobody_or_somebody_else_is_not_found(staff: Visitor, cast: Cast, now: datetime, ids: Ids) -> None:
    theirs = asked(known(cast.rival, now), now, ids)
    ours = link_part("1200")
    for account, request in ((ours, theirs.request_id), (ours, "x" * 2_000), (link_part("#"), theirs.request_id)):
        assert staff.get(f"/staff/document-requests/{account}/{request}").status == 404
        query = urlencode({"account": account, "request": request})
        assert staff.get(f"/staff/document-requests.zip?{query}").status == 404
    assert staff.get("/staff/document-requests.zip").location == "/staff/document-requests"


def test_pictures_and_pdfs_of_a_request_become_one_pdf_and_the_rest_is_named(
    staff: Visitor, cast: Cast, aws: World, now: datetime, ids: Ids
) -> None:
    request = asked(known(cast.ours, now), now, ids, title="Three payslips: June", wanted="9")
    path = f"/staff/document-requests/{link_part('1200')}/{request.request_id}"
    contents = {"may.jpg": PICTURE, "june.csv": GOOD, "july.pdf": pdf(Random(1))}
    for n, (name, data) in enumerate(contents.items()):
        Sending(cast.ours, now + timedelta(seconds=n), ids, name=name, purpose=request.request_id).accept(data)
    page = staff.get(path)
    assert "Not in it: june.csv." in page.text
    waiting = staff.get(page.links["Merge into one PDF"])
    assert waiting.location.startswith("/staff/document-downloads/")  # small as it is
    assert "Your file is being prepared" in staff.get(waiting.location).text
    work(aws)
    ready = staff.get(waiting.location)
    assert "Three-payslips-June.pdf, 2 documents." in ready.text
    assert "cannot be part of a PDF: june.csv." in ready.text
    reader = PdfReader(BytesIO(fetched(aws, staff, ready.links["Download"])))
    assert len(reader.pages[0].images) == 1
    assert len(reader.pages) == 1 + len(PdfReader(BytesIO(contents["july.pdf"])).pages)
    assert staff.get(page.links["Merge into one PDF"]).location == waiting.location  # the same again
    late = Sending(cast.ours, now + timedelta(seconds=9), ids, name="august.jpg", purpose=request.request_id)
    late.accept(PICTURE)
    anew = staff.get(page.links["Merge into one PDF"])
    assert anew.location != waiting.location
    work(aws)
    assert "Three-payslips-June.pdf, 3 documents." in staff.get(anew.location).text


def test_a_request_without_pages_or_with_too_many_bytes_says_so(
    staff: Visitor, cast: Cast, now: datetime, ids: Ids, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = asked(known(cast.ours, now), now, ids, wanted="9")
    path = f"/staff/document-requests/{link_part('1200')}/{request.request_id}"
    merged = f"/staff/document-requests.pdf?account={link_part('1200')}&request={request.request_id}"
    for _ in range(2):
        Sending(cast.ours, now, ids, purpose=request.request_id).accept()
    assert "Merge into one PDF" not in staff.get(path).links
    assert staff.get(merged).location == path
    assert "None of these documents can be merged into a PDF." in unquote(staff.cookies[cookies.FLASH])
    Sending(cast.ours, now, ids, purpose=request.request_id).accept(PICTURE)
    monkeypatch.setattr(merging, "MAX_BYTES", 10)
    assert staff.get(merged).location == path
    assert "the limit for one download is 10 bytes" in unquote(staff.cookies[cookies.FLASH])
