"""The mails about a document that staff ask for: one when they do, one three days before it is due."""

from datetime import timedelta

import pytest

from chalicelib.customers import document_requests
from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.model import AccountUser
from chalicelib.notifications.dispatch import send_bulk, send_due
from chalicelib.store.outbox import BULK_LANES
from chalicelib.uploads.document_requests import operations
from tests.fixtures.cast import Cast, Dealership, make_dealership
from tests.notifications.fakes import Post
from tests.uploads.document_requests.made import asked, known, sent


@pytest.fixture
def ours(cast: Cast, post: Post) -> Dealership:
    return known(cast.ours, post.clock.now)


def test_the_customer_is_told_what_is_asked_for_by_when(ours: Dealership, post: Post) -> None:
    request = asked(ours, post.clock.now, post.ids)
    assert send_due(ours.import_scope, deps=post.deps) == 1
    (mail,) = post.sender.sent
    assert (mail.to, mail.from_name) == (ours.customer.email, "Moorbeck Machinery")
    assert mail.subject == "Moorbeck Machinery asks you for a document: Three payslips"
    for words in (
        "for the account of Mr A L Barlow",
        "Document: Three payslips",
        "The newest ones",
        "Send 3 files by 19 Jun 2024.",
        f"https://portal.example/documents?request={request.request_id}",
    ):
        assert words in mail.text
    assert send_due(ours.import_scope, deps=post.deps) == 0


def test_what_came_or_was_cancelled_meanwhile_is_not_asked_for(ours: Dealership, post: Post) -> None:
    now, ids = post.clock.now, post.ids
    came, gone = asked(ours, now, ids, wanted="1"), asked(ours, now, ids)
    sent(ours, now, ids, came)
    operations.cancel(ours.user.staff_scope, account_ref="1200", request_id=gone.request_id, now=now, ids=ids)
    send_due(ours.import_scope, deps=post.deps)
    assert post.sender.sent == []


def test_nobody_is_told_who_may_not_log_in_any_more(ours: Dealership, post: Post) -> None:
    asked(ours, post.clock.now, post.ids)
    former = AccountUser(ours.customer.person_id, ours.customer.email, post.clock.now)
    enrolments.remove_user(ours.scope, former, ref="1200", also=())
    send_due(ours.import_scope, deps=post.deps)
    assert post.sender.sent == []


@pytest.mark.usefixtures("cast")
def test_a_dealer_without_documents_asks_for_none(post: Post) -> None:
    now, ids = post.clock.now, post.ids
    bare = make_dealership(ids, now, name="Brightfold", prefix="brightfold", phone="", modules=frozenset())
    asked(known(bare, now), now, ids)
    send_due(bare.import_scope, deps=post.deps)
    assert post.sender.sent == []


@pytest.mark.parametrize(
    ("wanted", "files", "told"),
    [
        ("1", 0, "Send it by 19 Jun 2024."),
        ("3", 0, "Send 3 files by 19 Jun 2024."),
        ("3", 1, "Send the 2 files that are missing by 19 Jun 2024."),
        ("3", 2, "Send the one file that is missing by 19 Jun 2024."),
    ],
)
def test_a_reminder_says_what_is_missing(ours: Dealership, post: Post, wanted: str, files: int, told: str) -> None:
    now, ids = post.clock.now, post.ids
    request = asked(ours, now, ids, wanted=wanted)
    send_due(ours.import_scope, deps=post.deps)
    for _ in range(files):
        sent(ours, now, ids, request)
    post.clock.forward(timedelta(days=11))
    assert document_requests.chase(ours.import_scope, now=post.clock.now, ids=ids) == 1
    for lane in range(BULK_LANES):
        send_bulk(ours.import_scope, lane, deps=post.deps)
    _, mail = post.sender.sent
    assert told in mail.text
    assert ("It has not arrived yet" in " ".join(mail.text.split())) == (files == 0)
