"""Staff get several documents of customers as one ZIP: at once where it is little, in the background where not."""

from datetime import datetime
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

import pytest

from app import app
from chalicelib.http import cookies
from chalicelib.kernel.ids import Ids
from chalicelib.uploads import archives as domain
from chalicelib.web import archives
from tests.fixtures.cast import Cast, LogIn, Member
from tests.fixtures.worlds import World
from tests.uploads.made_files import PICTURE
from tests.uploads.sending import GOOD, Sending
from tests.web.background import archive, work
from tests.web.client import Page, Visitor


@pytest.fixture
def sendings(cast: Cast, now: datetime, ids: Ids) -> list[Sending]:
    """Three files of our customer's, two of which are called the same."""
    made = [Sending(cast.ours, now, ids, name=name) for name in ("may.csv", "May.csv", "photo.jpg")]
    for each, data in zip(made, (GOOD, b"x;y\r\n1;2\r\n", PICTURE), strict=True):
        each.accept(data)
    return made


def zip_of(*sendings: Sending) -> str:
    return "/staff/documents.zip?" + urlencode([("file", each.file.file_id) for each in sendings])


def flash(visitor: Visitor) -> str:
    return unquote(visitor.cookies[cookies.FLASH])


def visit(member: Member, log_in: LogIn) -> Visitor:
    visitor = Visitor(app)
    visitor.cookies[cookies.SESSION] = log_in(member).secret
    return visitor


def ticked(page: Page, name: str) -> list[str]:
    return [text.partition('"')[0] for text in page.html.split(f'name="{name}" value="')[1:]]


def test_staff_tick_files_and_get_them_as_one(staff: Visitor, sendings: list[Sending], aws: World) -> None:
    page = staff.get("/staff/documents")
    assert set(ticked(page, "file")) == {each.file.file_id for each in sendings}
    assert page.form("/staff/documents.zip").method == "get"
    found = archive(aws, staff, zip_of(*sendings))
    assert found == {"may.csv": GOOD, "May (2).csv": sendings[1].kept(), "photo.png": sendings[2].kept()}
    link = urlsplit(staff.get(zip_of(sendings[0])).location)
    told = parse_qs(link.query)
    assert told["response-content-disposition"] == ["attachment; filename*=UTF-8''documents-2024-06-05.zip"]
    assert told["response-content-type"] == ["application/zip"]


def test_nothing_ticked_or_one_that_is_not_there_says_so(
    staff: Visitor, sendings: list[Sending], cast: Cast, now: datetime, ids: Ids
) -> None:
    waiting, rivals = Sending(cast.ours, now, ids), Sending(cast.rival, now, ids)
    rivals.accept()
    for address, said in (
        ("/staff/documents.zip", "Choose at least one document"),
        ("/staff/documents.zip?file=x", "no longer there"),
        (zip_of(sendings[0], waiting), "no longer there"),
        (zip_of(sendings[0], rivals), "no longer there"),
    ):
        answer = staff.get(address)
        assert (answer.status, answer.location) == (303, "/staff/documents"), address
        assert said in flash(staff)


def test_too_many_and_too_much_say_how_much_is_allowed(
    staff: Visitor, sendings: list[Sending], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(domain, "MAX_FILES", 2)
    assert staff.get(zip_of(*sendings)).location == "/staff/documents"
    assert "You chose 3 documents, and one download may have 2. Choose fewer." in flash(staff)
    monkeypatch.setattr(domain, "MAX_BYTES", 40)
    assert staff.get(zip_of(*sendings[:2])).location == "/staff/documents"
    assert "total 42 bytes; the limit for one download is 40 bytes. Select fewer." in flash(staff)


def test_much_is_made_in_the_background(
    staff: Visitor, sendings: list[Sending], aws: World, cast: Cast, log_in: LogIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "_IMMEDIATE_BYTES", 40)
    asked_for = staff.get(zip_of(*sendings))
    assert asked_for.location.startswith("/staff/document-downloads/")
    waiting = staff.get(asked_for.location)
    assert "Your file is being prepared" in waiting.text
    assert waiting.links["Documents received"] == "/staff/documents"
    work(aws)
    ready = staff.get(asked_for.location)
    assert "documents-2024-06-05.zip, 3 documents." in ready.text
    assert len(archive(aws, staff, ready.links["Download"])) == 3
    for other in (cast.ours.admin, cast.ours.customer, cast.rival.user):
        assert visit(other, log_in).get(f"{asked_for.location}/file").status == 404
    plain = asked_for.location.replace("document-downloads", "downloads")
    assert staff.get(plain).status == 404
