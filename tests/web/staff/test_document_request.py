"""The page of one document that was asked for, and what has come for it as one file."""

from datetime import datetime, timedelta
from urllib.parse import urlencode

from chalicelib.kernel.ids import Ids
from chalicelib.kernel.keys import link_part
from chalicelib.uploads.model import Review
from tests.fixtures.cast import Cast
from tests.fixtures.worlds import World
from tests.uploads.document_requests.made import asked, known, reviewed
from tests.uploads.sending import Sending
from tests.web.background import archive
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
    assert "Asked for" in page.text
    assert "2 of 3 received" in page.text
    assert "2.csv" not in page.text
    assert list(archive(aws, staff, page.links["Download all as ZIP"])) == ["1.csv", "3.csv"]
    assert (
        staff.get(f"/staff/documents/{link_part('1200')}/{sent[0].file.file_id}").links["Asked for: Three payslips"]
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
