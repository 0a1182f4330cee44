from datetime import datetime
from urllib.parse import unquote

import pytest

from chalicelib.http import cookies
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.keys import link_part, portal_customer_ref
from chalicelib.messages.model import EntryKind
from chalicelib.tasks import repo as tasks
from tests.fixtures.cast import Cast
from tests.fixtures.staff import listed
from tests.ledger.accounts import a_facts, an_account
from tests.ledger.published import publish
from tests.ledger.rows import a_row
from tests.messages.made import Talk, asked
from tests.uploads.document_requests.made import known
from tests.web.client import Visitor

ACCOUNT = "/staff/accounts/MTIwMA"


@pytest.fixture
def talk(cast: Cast, now: datetime, ids: Ids) -> Talk:
    listed(cast.ours, cast.ours.admin, cast.ours.user, now=now)
    publish(cast.ours.import_scope, [an_account([a_row("127070", total=770)], facts=a_facts(balance=770))])
    known(cast.ours, now)
    return asked(cast.ours, now, ids, text="<b>One</b> came")


@pytest.fixture
def here(talk: Talk) -> str:
    return f"/staff/messages/MTIwMA/{talk.thread_id}"


def flash(visitor: Visitor) -> str:
    return unquote(visitor.cookies[cookies.FLASH])


def test_a_question_leads_from_to_do_to_its_page_and_is_answered(
    staff: Visitor, cast: Cast, talk: Talk, here: str
) -> None:
    assert staff.get("/staff/to-do").links["Where is the second hose?"] == here
    page = staff.get(here)
    for words in ("<b>One</b> came", "Mr A L Barlow, account 1200", "Invoice 127070", "To be answered", "Not yet"):
        assert words in page.text
    assert page.links["Invoice 127070"] == f"{ACCOUNT}/transactions?status=all&q=127070"
    staff.submit(here, text="It follows on Monday")
    assert flash(staff) == "Sent. 1 person is notified by email."
    page = staff.follow()
    assert "Answered" in page.text
    assert "You" in page.text
    assert tasks.tasks(cast.ours.scope) == []
    assert talk.entries()[-1].text == "It follows on Monday"
    page = staff.get("/staff/activity?about=message")
    assert page.links["Account 1200, Where is the second hose?"] == here
    for words in ("Question asked", cast.ours.customer.email, "Question answered"):
        assert words in page.text


def test_the_account_lists_its_threads_those_to_be_answered_first(
    staff: Visitor, cast: Cast, talk: Talk, here: str, now: datetime, ids: Ids
) -> None:
    other = asked(cast.ours, now, ids, subject="Opening hours", about=None)
    other.answer()
    page = staff.get(ACCOUNT)
    assert page.links["Where is the second hose?"] == here
    assert page.text.index("Where is the second hose?") < page.text.index("Opening hours")
    assert "Where is the second hose? New" in page.text
    staff.get(here)
    assert "Where is the second hose? New" not in staff.get(ACCOUNT).text
    assert talk.stored().waits


def test_a_customer_whom_no_export_names_is_answered_too(
    staff: Visitor, cast: Cast, talk: Talk, now: datetime, ids: Ids
) -> None:
    ref = portal_customer_ref(ids.ulid(now))
    other = asked(cast.ours, now, ids, ref=ref, subject="When are you open?", about=None, name="Hilda Frost")
    here = f"/staff/messages/{link_part(ref)}/{other.thread_id}"
    assert staff.get("/staff/to-do").links["When are you open?"] == here
    assert "Hilda Frost" in staff.get(here).text
    staff.submit(here, text="On Saturday too")
    assert flash(staff) == "Sent"
    assert other.entries()[-1].text == "On Saturday too"
    assert talk.stored().number == 1


def test_a_note_stays_among_colleagues(staff: Visitor, talk: Talk, here: str) -> None:
    form = staff.get(here).form(here)
    for _ in range(2):  # counts once
        staff.post(f"{here}/note", {**form.fields, "text": "Ask the depot first"})
    assert flash(staff) == "Note added"
    assert "Internal note" in staff.follow().text
    assert [entry.kind for entry in talk.entries()] == [EntryKind.MESSAGE, EntryKind.NOTE]
    page = staff.post(f"{here}/note", {**form.fields, "text": ""})
    assert page.status == 422
    assert f"{here}/close" in {one.action for one in page.forms}


def test_what_was_written_in_the_meantime_is_read_before_an_answer_leaves(
    staff: Visitor, talk: Talk, here: str
) -> None:
    form = staff.get(here).form(here)
    talk.write("It has come after all")
    page = staff.post(here, {**form.fields, "text": "We send another"})
    assert page.status == 422
    assert "Something new was written in the meantime" in page.text
    assert "It has come after all" in page.text
    assert "We send another" in page.html
    staff.get(here)
    staff.submit(here, text="Good to hear")
    assert [entry.text for entry in talk.entries()][1:] == ["It has come after all", "Good to hear"]
    seen = staff.get(here).form(f"{here}/close").fields
    talk.write("One more thing")
    staff.post(f"{here}/close", seen)
    assert flash(staff).startswith("!Something new was written")
    assert talk.stored().is_open


def test_it_is_closed_and_opened_again(staff: Visitor, cast: Cast, talk: Talk, here: str) -> None:
    staff.get(here)
    staff.submit(f"{here}/close")
    assert "Closed" in staff.follow().text
    assert not talk.stored().is_open
    staff.submit(f"{here}/reopen")
    assert flash(staff) == "Reopened, and back on the to-do list"
    assert [task.task_id for task in tasks.tasks(cast.ours.scope)] == [talk.thread_id]


def test_a_colleague_is_asked_to_answer(staff: Visitor, cast: Cast, talk: Talk, here: str) -> None:
    admin = cast.ours.admin
    staff.get(here)
    staff.submit(f"{here}/assign", to=admin.person_id)
    (task,) = tasks.tasks(cast.ours.scope)
    assert task.assigned_to == admin.person_id
    assert staff.follow().form(f"{here}/assign").fields["to"] == admin.person_id
    staff.submit(f"{here}/assign", to="nobody")
    assert tasks.tasks(cast.ours.scope)[0].assigned_to is None
    staff.follow()
    staff.submit(f"{here}/assign", to=cast.ours.customer.person_id)
    assert flash(staff) == "!Choose a colleague"
    assert talk.stored().waits


def test_threads_of_another_dealer_are_not_found(
    staff: Visitor, cast: Cast, talk: Talk, now: datetime, ids: Ids
) -> None:
    other = asked(cast.rival, now, ids)
    token = staff.get(f"/staff/messages/MTIwMA/{talk.thread_id}").forms[-1].fields["csrf"]
    path = f"/staff/messages/MTIwMA/{other.thread_id}"
    assert staff.get(path).status == 404
    for act in ("", "/note", "/close", "/reopen", "/assign"):
        fields = {"csrf": token, "text": "x", "seen": other.thread_id, "to": "nobody"}
        assert staff.post(f"{path}{act}", fields).status == 404
    assert other.stored().number == 1
