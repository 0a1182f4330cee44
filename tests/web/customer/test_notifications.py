"""What stands behind the bell of each page, and the page that has all of it."""

from datetime import date, datetime, timedelta

import pytest

from chalicelib.alerts import operations
from chalicelib.alerts.model import Alert, Entry
from chalicelib.kernel.ids import Ids
from tests.alerts.made import notified
from tests.fixtures.calls import counted_calls
from tests.fixtures.cast import Cast
from tests.uploads.document_requests.made import known
from tests.web.client import Visitor

HERE = "/notifications"


@pytest.fixture(autouse=True)
def account(cast: Cast, now: datetime) -> None:
    known(cast.ours, now)


def test_each_page_counts_what_is_unread(customer: Visitor, cast: Cast, now: datetime, ids: Ids) -> None:
    assert "unread" not in customer.get("/messages").text
    entry = notified(cast.ours, now, ids)
    notified(cast.ours, now, ids, ref="1201")
    for path in ("/messages", "/documents", "/details", "/profile"):
        assert "1 unread" in customer.get(path).text
    for _ in range(9):
        notified(cast.ours, now, ids)
    page = customer.get("/messages")
    assert "more than 9 unread" in page.text
    assert "9+" in page.text
    customer.get(f"{HERE}/{entry}")
    assert "9 unread" in customer.get("/messages").text


def test_the_count_costs_no_round_trip(customer: Visitor, cast: Cast, now: datetime, ids: Ids) -> None:
    notified(cast.ours, now, ids)
    customer.get("/messages")
    with counted_calls() as calls:
        page = customer.get("/messages")
    assert "1 unread" in page.text
    assert calls == ["GetItem", "BatchGetItem", "Query", "Query"]


def test_an_entry_leads_to_what_it_is_about_and_is_read_then(
    customer: Visitor, cast: Cast, now: datetime, ids: Ids
) -> None:
    assert "No notifications yet" in customer.get(HERE).text
    notified(cast.ours, now, ids, subject="The <b>second</b> hose")
    page = customer.get(HERE)
    assert "Moorbeck Machinery has answered: The &lt;b&gt;second&lt;/b&gt; hose" in page.html
    (link,) = [href for href in page.links.values() if href.startswith(f"{HERE}/")]
    answer = customer.get(link)
    assert (answer.status, answer.location) == (303, "/messages")
    assert "Unread:" not in customer.get(HERE).text


def test_all_are_marked_but_what_came_since(customer: Visitor, cast: Cast, now: datetime, ids: Ids) -> None:
    notified(cast.ours, now, ids)
    customer.get(HERE)
    late = notified(cast.ours, now + timedelta(minutes=1), ids)
    customer.submit(HERE)
    assert "1 unread" in customer.get(HERE).text
    customer.submit(f"{HERE}/{late}")
    assert "unread" not in customer.get("/messages").text


def test_the_newest_open_under_the_bell(customer: Visitor, cast: Cast, now: datetime, ids: Ids) -> None:
    for number in range(8):
        notified(cast.ours, now + timedelta(minutes=number), ids, subject=f"Question {number}")
    page = customer.get(HERE, headers={"hx-request": "true"})
    assert "<html" not in page.html
    assert "Question 7" in page.text
    assert "Question 0" not in page.text
    assert "Mark 8 as read" in page.text


def test_each_kind_has_its_words(customer: Visitor, cast: Cast, now: datetime, ids: Ids) -> None:
    due = date(2024, 6, 20).isoformat()
    wanted = {"mail": "document_requested", "title": "Passport", "due": due}
    again = {"mail": "document_asked_again", "name": "scan.pdf", "reason": "Too dark"}
    new = {"reference": "127118", "amount": "64218", "currency": "GBP", "due": ""}
    dispute = {"references": "126884", "words": "We ask the carrier."}
    for kind, about in (
        ("dispute_news", {**dispute, "state": "acknowledged"}),
        ("dispute_news", {**dispute, "state": "resolved_credit"}),
        ("dispute_news", {**dispute, "state": "resolved_rejected"}),
        ("new_documents", {**new, "invoices": "1", "credits": "0", "due": due}),
        ("new_documents", {**new, "invoices": "3", "credits": "2"}),
        ("new_documents", {**new, "invoices": "0", "credits": "1"}),
        ("payment_reminder", {**new, "overdue": "1", "soon": "0", "due": due}),
        ("payment_reminder", {**new, "overdue": "0", "soon": "1", "due": due}),
        ("payment_reminder", {**new, "overdue": "2", "soon": "3", "due": due}),
        ("payment_reminder", {**new, "overdue": "0", "soon": "4", "due": due}),
        ("documents_shared", {"titles": "Service sheet", "count": "1"}),
        ("documents_shared", {"titles": "Warranty, Manual", "count": "2"}),
        ("document_requested", wanted),
        ("document_requested", again),
        ("change_refused", {"field": "phone", "value": "01632 960 000", "reason": "Ask your branch"}),
    ):
        entry = Entry(ids.ulid(now), Alert(kind, "1200", "", "/details", about))
        operations.add(cast.ours.import_scope, entry, person_id=cast.ours.customer.person_id)
    text = customer.get(HERE).text
    for words in (
        "Your dispute over 126884: acknowledged",
        "Your dispute over 126884: credited",
        "Your dispute over 126884: rejected",
        "We ask the carrier.",
        "Invoice 127118 is overdue",
        "£642.18 was due on 20 Jun 2024.",
        "Invoice 127118 is due soon",
        "2 invoices are overdue",
        "3 invoices are due soon",
        "4 invoices are due soon",
        "New invoice 127118, £642.18",
        "Due 20 Jun 2024",
        "3 new invoices, £642.18",
        "and 2 credit notes",
        "New credit note, £642.18",
        "Moorbeck Machinery has shared a document with you",
        "Service sheet",
        "Moorbeck Machinery has shared 2 documents with you",
        "Moorbeck Machinery asks for a document",
        "Passport, by 20 Jun 2024",
        "Moorbeck Machinery asks you to send a document again",
        "scan.pdf: Too dark",
        "Moorbeck Machinery has not made the change you requested",
        "Phone: 01632 960 000. Ask your branch",
    ):
        assert words in text
