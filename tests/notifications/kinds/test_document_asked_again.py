"""The mail about a document that staff ask for again: with the reason, to those who can still send it."""

from datetime import timedelta

import pytest

from chalicelib.customers import eras
from chalicelib.customers.document_reviews import review_document
from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.model import AccountUser
from chalicelib.kernel.ids import Ids
from chalicelib.notifications.dispatch import send_due
from chalicelib.uploads.document_requests import operations
from chalicelib.uploads.model import Review, SentFile
from tests.fixtures.cast import Cast, Dealership
from tests.notifications.fakes import Post, empty
from tests.uploads.document_requests.made import asked, known, sent
from tests.uploads.sending import Sending


@pytest.fixture
def ours(cast: Cast, post: Post) -> Dealership:
    return known(cast.ours, post.clock.now)


@pytest.fixture
def file(ours: Dealership, post: Post) -> SentFile:
    return Sending(ours, post.clock.now, post.ids, name="May.csv").accept()


def review(
    ours: Dealership,
    post: Post,
    file: SentFile,
    review: Review = Review.ASKED_AGAIN,
    comment: str = "Page 2 is missing",
) -> int:
    """How many people are notified."""
    post.clock.forward(timedelta(minutes=1))
    _file, notified = review_document(
        ours.user.staff_scope,
        account_ref=file.account_ref,
        file_id=file.file_id,
        review=review,
        comment=comment,
        now=post.clock.now,
        ids=post.ids,
    )
    return notified


def delivered(ours: Dealership, post: Post) -> list[str]:
    """The reason in each mail that leaves."""
    before = len(post.sender.sent)
    send_due(ours.import_scope, deps=post.deps)
    return [mail.text.partition("“")[2].partition("”")[0] for mail in post.sender.sent[before:]]


def test_the_customer_reads_which_document_why_and_where_to_send_it(
    ours: Dealership, post: Post, file: SentFile
) -> None:
    assert review(ours, post, file) == 1
    send_due(ours.import_scope, deps=post.deps)
    (mail,) = post.sender.sent
    assert (mail.to, mail.from_name) == (ours.customer.email, "Moorbeck Machinery")
    assert mail.subject == "Moorbeck Machinery asks you to send a document again: May.csv"
    for words in (
        "We received this on 5 Jun 2024, for the account of Mr A L Barlow:",
        "Document: May.csv",
        "“Page 2 is missing”",
        "https://portal.example/documents\n",
    ):
        assert words in mail.text
    assert "Send it by" not in mail.text
    assert send_due(ours.import_scope, deps=post.deps) == 0


def test_of_a_request_it_says_by_when_and_leads_to_it(ours: Dealership, post: Post) -> None:
    request = asked(ours, post.clock.now, post.ids, wanted="1")
    file = sent(ours, post.clock.now, post.ids, request)
    empty(ours.import_scope)
    review(ours, post, file)
    send_due(ours.import_scope, deps=post.deps)
    (mail,) = post.sender.sent
    assert "Requested: Three payslips" in mail.text
    assert "Send it by 19 Jun 2024." in mail.text
    assert f"https://portal.example/documents?request={request.request_id}" in mail.text


def test_a_document_without_a_name_is_told_by_its_day(ours: Dealership, post: Post) -> None:
    review(ours, post, Sending(ours, post.clock.now, post.ids, name="").accept())
    send_due(ours.import_scope, deps=post.deps)
    (mail,) = post.sender.sent
    assert mail.subject == "Moorbeck Machinery asks you to send a document again"
    assert "It is about the document that we received on 5 Jun 2024" in " ".join(mail.text.split())


def test_the_same_form_twice_is_one_mail_and_another_reason_is_another(
    ours: Dealership, post: Post, file: SentFile
) -> None:
    for _ in range(2):
        review(ours, post, file)
    assert delivered(ours, post) == ["Page 2 is missing"]
    review(ours, post, file, comment="Page 3 is missing")
    assert delivered(ours, post) == ["Page 3 is missing"]


def test_only_the_last_reason_is_mailed(ours: Dealership, post: Post, file: SentFile) -> None:
    review(ours, post, file)
    review(ours, post, file, comment="Page 3 is missing")
    assert delivered(ours, post) == ["Page 3 is missing"]


def test_nobody_is_told_of_what_staff_take_back(ours: Dealership, post: Post, file: SentFile) -> None:
    review(ours, post, file)
    assert review(ours, post, file, Review.DONE, "") == 0
    assert delivered(ours, post) == []


def test_nobody_is_told_of_a_request_that_is_cancelled_since(ours: Dealership, post: Post) -> None:
    request = asked(ours, post.clock.now, post.ids, wanted="1")
    file = sent(ours, post.clock.now, post.ids, request)
    empty(ours.import_scope)

    def cancel(ids: Ids) -> None:
        post.clock.forward(timedelta(minutes=1))
        where = {"account_ref": "1200", "request_id": request.request_id}
        operations.cancel(ours.user.staff_scope, **where, now=post.clock.now, ids=ids)

    review(ours, post, file)
    cancel(post.ids)
    assert delivered(ours, post) == []
    review(ours, post, file, comment="It is needed after all")
    assert delivered(ours, post) == ["It is needed after all"]


def test_nobody_is_told_who_may_not_log_in_any_more(ours: Dealership, post: Post, file: SentFile) -> None:
    other = AccountUser("another", "ann@farm.example", post.clock.now)
    enrolments.add_user(ours.scope, other, ref="1200")
    assert review(ours, post, file) == 2
    former = AccountUser(ours.customer.person_id, ours.customer.email, post.clock.now)
    enrolments.remove_user(ours.scope, former, ref="1200", also=())
    send_due(ours.import_scope, deps=post.deps)
    assert [mail.to for mail in post.sender.sent] == ["ann@farm.example"]


@pytest.mark.parametrize("when", ["before", "after"])
def test_an_earlier_customer_is_not_asked(ours: Dealership, post: Post, file: SentFile, when: str) -> None:
    def begin_another() -> None:
        era = post.ids.ulid(post.clock.now + timedelta(days=1))
        eras.start_era(ours.import_scope, ref="1200", era=era, reason="import", now=post.clock.now, ids=post.ids)

    if when == "before":
        begin_another()
    assert review(ours, post, file) == (when == "after")
    if when == "after":
        begin_another()
    assert delivered(ours, post) == []
