"""Either side attaches files to a conversation and to a dispute, with and without scripts, and fetches them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from app import app
from chalicelib import services, settings
from chalicelib.dealers import queries as dealers
from chalicelib.disputes import operations as disputes
from chalicelib.http import cookies
from chalicelib.kernel.ids import Ids
from chalicelib.ledger import repo as ledger
from chalicelib.mail.sender import RecordingSender
from chalicelib.notifications.dispatch import send_due
from chalicelib.services import Services
from chalicelib.uploads import repo
from chalicelib.uploads.attached_file import AttachedFile, OwnerKind
from chalicelib.web.attachments import ATTACHED
from tests.disputes.made import published, raised
from tests.fixtures.cast import Cast, LogIn
from tests.fixtures.staff import listed
from tests.fixtures.trail import audited
from tests.messages.made import asked
from tests.notifications.fakes import Clock, Post
from tests.uploads.attached import AttachedSending
from tests.web.client import Visitor

PLACES = ["customer's conversation", "customer's dispute", "staff's conversation", "staff's dispute"]


@dataclass(frozen=True, slots=True)
class Place:
    """A page that takes files, with a visitor of one side and a visitor of the other."""

    cast: Cast
    visitor: Visitor
    page: str
    other: Visitor
    other_page: str
    owner_id: str
    kind: OwnerKind
    by_staff: bool
    now: datetime
    ids: Ids

    def files(self) -> list[AttachedFile]:
        return repo.attached_files(self.cast.ours.scope, "1200", self.owner_id)

    def sending(self) -> AttachedSending:
        return AttachedSending(
            self.cast.ours,
            self.now,
            self.ids,
            owner_id=self.owner_id,
            owner_kind=self.kind,
            by_staff=self.by_staff,
        )

    def taken_in(self) -> None:
        send_due(self.cast.ours.import_scope, deps=Post(Clock(self.now), self.ids).deps)


@pytest.fixture
def visitors(cast: Cast, log_in: LogIn, now: datetime, ids: Ids) -> Iterator[tuple[Visitor, Visitor]]:
    """The customer, and the user of the staff."""
    ledger.forget()
    dealers.forget_published(cast.ours.scope)
    made = (Visitor(app), Visitor(app))
    for visitor, member in zip(made, (cast.ours.customer, cast.ours.user), strict=True):
        visitor.cookies[cookies.SESSION] = log_in(member).secret
    current = Services(settings=settings.load(), mail=RecordingSender(), clock=lambda: now, ids=ids)
    with services.use(current):
        yield made


@pytest.fixture
def place(
    request: pytest.FixtureRequest, cast: Cast, visitors: tuple[Visitor, Visitor], now: datetime, ids: Ids
) -> Place:
    listed(cast.ours, cast.ours.admin, cast.ours.user, now=now)
    published(cast.ours)
    by_staff, is_dispute = request.param.startswith("staff"), request.param.endswith("dispute")
    owner_id = raised(cast.ours, now, ids).dispute_id if is_dispute else asked(cast.ours, now, ids).thread_id
    noun = "disputes" if is_dispute else "messages"
    pages = (f"/{noun}/{owner_id}", f"/staff/{noun}/MTIwMA/{owner_id}")
    own, other = (1, 0) if by_staff else (0, 1)
    kind = OwnerKind.DISPUTE if is_dispute else OwnerKind.THREAD
    return Place(cast, visitors[own], pages[own], visitors[other], pages[other], owner_id, kind, by_staff, now, ids)


def flash(visitor: Visitor) -> str:
    return unquote(visitor.cookies[cookies.FLASH])


@pytest.mark.parametrize("place", PLACES, indirect=True)
def test_without_scripts_a_file_goes_from_form_to_form(place: Place) -> None:
    visitor, here = place.visitor, place.page
    visitor.get(here)
    answer = visitor.submit(f"{here}/files", name="photo of the hose.jpg")
    (file,) = place.files()
    assert (answer.status, answer.location) == (303, f"{here}/files/{file.file_id}/send")
    assert (file.name, file.by_staff) == ("photo of the hose.jpg", place.by_staff)
    (form,) = [form for form in visitor.get(answer.location).forms if "key" in form.fields]
    assert form.fields["success_action_redirect"].endswith(f"{here}?sent=1")
    page = visitor.get(f"{here}?sent=1")
    assert page.links["Choose the file and send it"] == answer.location
    assert "Not arrived yet" in page.text
    assert "photo of the hose.jpg" not in place.other.get(place.other_page).text


@pytest.mark.parametrize("place", PLACES, indirect=True)
def test_both_sides_fetch_it_as_a_download_once_it_was_checked(place: Place) -> None:
    sending = place.sending()
    path = f"files/{sending.file.file_id}"
    version = sending.put()
    sending.arrived(version)
    assert "Being checked" in place.visitor.get(place.page).text
    for visitor, page in ((place.visitor, place.page), (place.other, place.other_page)):
        assert visitor.get(f"{page}/{path}").status == 404
    sending.scanned(version)
    place.taken_in()
    for visitor, page in ((place.visitor, place.page), (place.other, place.other_page)):
        shown = visitor.get(page)
        assert [link for text, link in shown.links.items() if "delivery note.csv" in text] == [f"{page}/{path}"]
        assert "Being checked" not in shown.text
        answer = visitor.get(f"{page}/{path}")
        assert answer.status == 303
        (disposition,) = parse_qs(urlsplit(answer.location).query)["response-content-disposition"]
        assert disposition.startswith("attachment")
        assert "delivery note.csv" in unquote(disposition)
    taken_in = "dispute.file" if place.kind is OwnerKind.DISPUTE else "message.file"
    for event in ("attached.begun", taken_in):
        (row,) = audited(place.cast.ours.scope, place.now, event)
        assert (row.detail.get("by") == "customer") is not place.by_staff


@pytest.mark.parametrize("place", [PLACES[0], PLACES[3]], indirect=True)
def test_a_refused_one_is_explained_to_its_sender_alone(place: Place) -> None:
    sending = place.sending()
    sending.arrived(sending.put(b"<html><script>"))
    assert "Web pages and SVG drawings are not accepted." in place.visitor.get(place.page).text
    assert "Web pages and SVG drawings" not in place.other.get(place.other_page).text


@pytest.mark.parametrize("place", PLACES[:2], indirect=True)
def test_nobody_else_attaches_or_fetches(place: Place, cast: Cast, now: datetime, ids: Ids) -> None:
    sending = place.sending()
    sending.accept()
    other = asked(cast.ours, now, ids, ref="1201")
    theirs = place.page.replace(place.owner_id, other.thread_id)
    own = asked(cast.ours, now, ids)
    path = f"files/{sending.file.file_id}"
    for page in (theirs, f"/messages/{own.thread_id}"):
        assert place.visitor.get(f"{page}/{path}").status == 404
    token = place.visitor.get(place.page).form(f"{place.page}/files").fields["csrf"]
    assert place.visitor.post(f"{theirs}/files", {"csrf": token, "name": "a.pdf"}).status == 404


@pytest.mark.parametrize("place", PLACES[1:2], indirect=True)
def test_a_dispute_that_has_ended_takes_no_files(place: Place) -> None:
    place.visitor.get(place.page)
    scope = place.cast.ours.customer.customer_scope
    disputes.withdraw(scope, ref="1200", dispute_id=place.owner_id, now=place.now, ids=place.ids)
    place.visitor.submit(f"{place.page}/files", name="late.pdf")
    assert "This is closed." in flash(place.visitor)
    assert place.files() == []
    assert "Add files" not in place.visitor.get(place.page).text


@pytest.mark.parametrize("place", PLACES[:1], indirect=True)
def test_too_many_at_once_is_said_to_the_script_and_on_the_page(place: Place) -> None:
    here, visitor = f"{place.page}/files", place.visitor
    token = visitor.get(place.page).form(here).fields["csrf"]
    answers = [visitor.post(here, {"csrf": token, "name": "a.pdf"}, headers={"hx-request": "true"}) for _ in range(6)]
    assert [one.status for one in answers] == [303] * 5 + [409]
    assert "At most 5 files at a time" in answers[-1].json["message"]
    visitor.post(here, {"csrf": token, "name": "a.pdf"})
    assert "At most 5 files at a time" in flash(visitor)


@pytest.mark.parametrize("place", PLACES[:1], indirect=True)
def test_a_person_attaches_so_many_a_day(place: Place) -> None:
    here, visitor = f"{place.page}/files", place.visitor
    token = visitor.get(place.page).form(here).fields["csrf"]
    answers = [visitor.post(here, {"csrf": token, "name": ""}).status for _ in range(ATTACHED.maximum + 1)]
    assert answers[-1] == 429
    assert set(answers[:-1]) == {303}


@pytest.mark.parametrize("words", [{"subject": "Hoses", "text": "Two came"}, {}])
def test_without_scripts_files_follow_the_first_words_of_a_question(
    visitors: tuple[Visitor, Visitor], cast: Cast, words: dict[str, str]
) -> None:
    published(cast.ours)
    customer, _staff = visitors
    form = "/messages/new"
    assert "files" not in customer.get(form).form(form).fields
    page = customer.submit(form, files="yes", **words)
    if not words:
        assert (page.status, page.form(form).fields["files"]) == (422, "yes")
        return
    home, _, rest = page.location.partition("?")
    assert rest == "files=1#attaching"
    page = customer.get(f"{home}?files=1")
    assert "It is sent. Now add the files that belong to it, here below." in page.text
    assert customer.submit(f"{home}/files").location.startswith(f"{home}/files/")
    assert "Now add the files" not in customer.get(home).text


def test_without_scripts_files_follow_the_first_words_of_a_dispute(
    visitors: tuple[Visitor, Visitor], cast: Cast
) -> None:
    published(cast.ours)
    customer, _staff = visitors
    form = "/disputes/new"
    page = customer.get("/transactions")
    row = page.html.split('name="row" value="')[1].partition('"')[0]
    customer.get(f"{form}?row={row}")
    page = customer.submit(form, reason="price", part="whole", message="Too dear", files="yes")
    home, _, rest = page.location.partition("?")
    assert (home.startswith("/disputes/"), rest) == (True, "files=1#attaching")
    assert "Now add the files" in customer.get(f"{home}?files=1").text
