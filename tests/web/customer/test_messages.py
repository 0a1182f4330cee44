from datetime import datetime
from urllib.parse import unquote

import pytest

from chalicelib.dealers import queries as dealers
from chalicelib.http import cookies
from chalicelib.kernel.ids import Ids
from chalicelib.ledger import repo as ledger
from chalicelib.messages import operations, queries, repo
from chalicelib.messages.model import MAX_TEXT, About, Thread
from chalicelib.messages.recipients import operations as recipients
from chalicelib.profiles.model import Details
from chalicelib.profiles.operations import save as save_profile
from chalicelib.tasks import repo as tasks
from chalicelib.web.customer.messages import WRITTEN
from tests.fixtures.cast import Cast
from tests.fixtures.staff import listed
from tests.ledger.accounts import a_facts, an_account
from tests.ledger.published import publish
from tests.ledger.rows import a_row
from tests.messages.made import Talk, asked
from tests.messages.recipients.made import group
from tests.uploads.document_requests.made import known
from tests.web.client import Visitor

HERE = "/messages"
NEW = f"{HERE}/new"
INVOICE = "/invoices/MTIwMA/invoice/MTI3MDcw"
ASK = f"{INVOICE}/ask?on=2024-06-01"


@pytest.fixture(autouse=True)
def account(cast: Cast, now: datetime) -> None:
    row = a_row("127070", total=770, on="2024-06-01")
    publish(cast.ours.import_scope, [an_account([row], facts=a_facts(balance=770, depot_code="CAS", rep_code="MH"))])
    dealers.forget_published(cast.ours.scope)
    ledger.forget()
    known(cast.ours, now)


def flash(visitor: Visitor) -> str:
    return unquote(visitor.cookies[cookies.FLASH])


def ask(customer: Visitor, form: str = NEW, text: str = "One came, two are on it.", **fields: str) -> None:
    customer.get(form)
    customer.submit(form.partition("?")[0], text=text, **fields)


def threads(cast: Cast) -> list[Thread]:
    return repo.threads(cast.ours.scope, "1200")


@pytest.fixture
def talk(cast: Cast, now: datetime, ids: Ids) -> Talk:
    return asked(cast.ours, now, ids)


def test_a_question_begins_at_the_invoice_with_its_name_filled_in(customer: Visitor, cast: Cast) -> None:
    link = customer.get(f"{INVOICE}?on=2024-06-01").links["Ask a question about this"]
    assert link == ASK
    page = customer.get(link)
    assert page.form(f"{INVOICE}/ask").fields["subject"] == "Invoice 127070"
    customer.submit(f"{INVOICE}/ask", text="One came, two are on it.")
    (begun,) = threads(cast)
    assert customer.page
    assert customer.page.location == f"{HERE}/{begun.thread_id}"
    assert (begun.about, begun.depot, begun.account_name) == (
        About("invoice", "127070", "2024-06-01", "127070"),
        "CAS",
        "Mr A L Barlow",
    )
    page = customer.follow()
    for words in ("Invoice 127070", "You", "One came, two are on it.", "Waiting for an answer"):
        assert words in page.text
    assert page.links["Invoice 127070"] == f"{INVOICE}?on=2024-06-01"
    assert "Asked about this before: Invoice 127070" in customer.get(ASK).text


def test_a_question_about_nothing_in_particular_needs_a_subject(customer: Visitor, cast: Cast) -> None:
    assert customer.get(HERE).links["Ask a question"] == NEW
    ask(customer)
    assert customer.page
    assert customer.page.status == 422
    assert "Enter a subject of up to 120 characters" in customer.page.text
    assert "One came, two are on it." in customer.page.html
    customer.submit(NEW, subject="Opening hours")
    (begun,) = threads(cast)
    assert (begun.subject, begun.about, begun.depot) == ("Opening hours", None, "CAS")
    assert "Opening hours" in customer.get(HERE).text


def test_a_form_sent_twice_counts_once(customer: Visitor, cast: Cast) -> None:
    form = customer.get(ASK).form(f"{INVOICE}/ask")
    first, again = (customer.post(ASK, {**form.fields, "text": "Twice"}).location for _ in range(2))
    assert first == again
    (begun,) = threads(cast)
    more = customer.get(first).form(first)
    for _ in range(2):
        assert customer.post(first, {**more.fields, "text": "More"}).location == first
    assert threads(cast)[0].number == begun.number + 1


def test_what_is_too_long_is_said_and_kept(customer: Visitor, talk: Talk) -> None:
    here = f"{HERE}/{talk.thread_id}"
    customer.get(here)
    page = customer.submit(here, text="x" * (MAX_TEXT + 1))
    assert page.status == 422
    assert "Write a message of up to 2000 characters" in page.text
    assert "x" * (MAX_TEXT + 1) in page.html


def test_an_answer_is_marked_as_new_until_it_is_read_and_says_who_gave_it(
    customer: Visitor, cast: Cast, talk: Talk, now: datetime, ids: Ids
) -> None:
    here, staff = f"{HERE}/{talk.thread_id}", cast.ours.user.staff_scope
    save_profile(staff, Details(first_name="Maria", last_name="Asquith"), seen="", now=now, ids=ids)
    talk.answer("<b>It follows</b> on Monday")
    talk.note("They ring often")
    assert "Where is the second hose? New" in customer.get(HERE).text
    page = customer.get(here)
    assert "Maria Asquith Moorbeck Machinery" in page.text
    assert "<b>It follows</b> on Monday" in page.text
    assert "They ring often" not in page.html
    assert cast.ours.user.email not in page.html
    page = customer.get(HERE)
    assert "Where is the second hose? New" not in page.text
    assert "Answered" in page.text


def test_the_customer_closes_it_and_opens_it_again_by_writing(customer: Visitor, cast: Cast, talk: Talk) -> None:
    here = f"{HERE}/{talk.thread_id}"
    customer.get(here)
    customer.submit(f"{here}/close")
    page = customer.follow()
    assert "Closed" in page.text
    assert tasks.tasks(cast.ours.scope) == []
    assert "This reopens the conversation." in page.text
    customer.submit(here, text="It came without its fittings")
    assert flash(customer) == "Sent"
    assert [task.task_id for task in tasks.tasks(cast.ours.scope)] == [talk.thread_id]


def test_that_the_dealer_has_read_it_is_said(customer: Visitor, cast: Cast, talk: Talk) -> None:
    here, staff = f"{HERE}/{talk.thread_id}", cast.ours.user.staff_scope
    assert "Read by Moorbeck Machinery" not in customer.get(here).text
    found = queries.conversation(staff, ref="1200", thread_id=talk.thread_id)
    operations.note_reading(staff, found, now=talk.now)
    assert "Read by Moorbeck Machinery" in customer.get(here).text


def test_threads_of_others_are_not_found(customer: Visitor, cast: Cast, now: datetime, ids: Ids) -> None:
    for other in (asked(cast.ours, now, ids, ref="1201"), asked(cast.rival, now, ids)):
        here = f"{HERE}/{other.thread_id}"
        assert customer.get(here).status == 404
        token = customer.get(NEW).form(NEW).fields["csrf"]
        for path in (here, f"{here}/close"):
            assert customer.post(path, {"csrf": token, "text": "x"}).status == 404
        assert other.stored().number == 1
    for path in ("/invoices/MTIwMQ/invoice/MTI3MDcw/ask", f"{INVOICE[:-1]}4/ask"):
        assert customer.get(path).status == 404


def test_a_person_writes_so_many_a_day(customer: Visitor, talk: Talk) -> None:
    here = f"{HERE}/{talk.thread_id}"
    token = customer.get(here).form(here).fields["csrf"]
    answers = [customer.post(here, {"csrf": token, "text": f"{n}"}).status for n in range(WRITTEN.maximum + 1)]
    assert answers == [303] * WRITTEN.maximum + [429]


def test_the_menu_counts_what_is_new_and_the_list_is_narrowed(
    customer: Visitor, cast: Cast, talk: Talk, now: datetime, ids: Ids
) -> None:
    other = asked(cast.ours, now, ids, subject="Opening hours", about=None)
    assert "unread" not in customer.get(HERE).text
    talk.answer()
    other.close()
    for path in (HERE, "/transactions"):
        assert "2 unread" in customer.get(path).text
    customer.get(f"{HERE}/{other.thread_id}")
    page = customer.get(f"{HERE}?state=unread")
    assert "1 unread" in page.text
    narrowed = {
        query: {
            text for text in customer.get(f"{HERE}?{query}").links if text in {talk.stored().subject, "Opening hours"}
        }
        for query in ("state=open", "state=closed", "state=unread", "q=127070", "q=opening", "q=no+such")
    }
    hose, hours = {talk.stored().subject}, {"Opening hours"}
    assert list(narrowed.values()) == [hose, hours, hose, hose, hours, set()]
    assert "No conversation matches these filters." in customer.get(f"{HERE}?q=no+such").text


def test_the_customer_chooses_to_whom_it_goes(customer: Visitor, cast: Cast, now: datetime, ids: Ids) -> None:
    page = customer.get(NEW)
    assert "to" not in page.form(NEW).fields
    chosen = group(cast.ours, now, ids, name="Parts")
    page = customer.get(NEW)
    assert page.form(NEW).fields["to"] == ""
    assert cast.ours.dealer.name in page.text
    page = customer.submit(NEW, subject="Hoses", text="Where?", to="group:gone")
    assert page.status == 422
    assert "Choose again to whom your message goes" in page.text
    customer.submit(NEW, to=f"group:{chosen}")
    assert "To Parts" in customer.follow().text
    (thread,) = threads(cast)
    assert thread.to
    assert thread.to.value == f"group:{chosen}"


def test_whoever_looks_after_the_account_is_offered_by_name(
    customer: Visitor, cast: Cast, now: datetime, ids: Ids
) -> None:
    listed(cast.ours, cast.ours.user, now=now)
    save_profile(cast.ours.user.staff_scope, Details(first_name="Mark", last_name="Hill"), seen="", now=now, ids=ids)
    person = cast.ours.user.person_id
    scope = cast.ours.admin.staff_scope
    recipients.save_people(scope, [person], lambda _: "MH", default_group="", seen="", now=now, ids=ids)
    for form in (NEW, ASK):
        assert "Mark Hill, looks after your account" in customer.get(form).text
    customer.submit(ASK.partition("?")[0], text="Where?", to=f"person:{person}")
    assert "To Mark Hill" in customer.follow().text
    (task,) = tasks.tasks(cast.ours.scope)
    assert task.assigned_to == person


def test_what_was_begun_long_ago_is_on_pages_of_its_own(
    customer: Visitor, cast: Cast, now: datetime, ids: Ids, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repo, "MAX_READ", 2)
    for subject in ("First", "Second", "Third"):
        asked(cast.ours, now, ids, subject=subject).settle()
    seen: list[str] = []
    address = f"{HERE}?state=closed"
    while address:
        page = customer.get(address)
        seen += [text for text, href in page.links.items() if text in {"First", "Second", "Third"}]
        address = page.links.get("Older", "")
    assert sorted(seen) == ["First", "Second", "Third"]
    assert page.links["Newest"] == f"{HERE}?state=closed"
