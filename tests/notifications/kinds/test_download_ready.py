"""The mail to somebody whose documents took a while."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.model import AccountUser
from chalicelib.downloads.model import KEPT_FOR
from chalicelib.notifications.dispatch import send_due
from tests.downloads.test_volumes import Job
from tests.fixtures.cast import Cast
from tests.notifications.fakes import Post


@dataclass
class Waiting:
    """Our customer's documents are ready after more than a moment."""

    cast: Cast
    post: Post
    email: str = ""

    def ready(self) -> Job:
        customer = self.cast.ours.customer
        job = Job(customer.customer_scope, self.post.clock, self.post.ids, email=self.email or customer.email)
        job.work(lambda _: self.post.clock.forward(timedelta(seconds=10)))
        return job

    def sent(self) -> int:
        return send_due(self.cast.ours.import_scope, deps=self.post.deps)


@pytest.fixture
def waiting(cast: Cast, post: Post) -> Waiting:
    customer = cast.ours.customer
    user = AccountUser(customer.person_id, customer.email, post.clock.now)
    enrolments.add_user(cast.ours.scope, user, ref="1200")
    return Waiting(cast, post)


def test_who_asked_reads_how_many_and_where(waiting: Waiting) -> None:
    job = waiting.ready()
    assert waiting.sent() == 1
    (mail,) = waiting.post.sender.sent
    assert mail.to == waiting.cast.ours.customer.email
    assert mail.subject == "Your documents of account 1200 are ready"
    text = " ".join(mail.text.split())
    for words in (
        "7 documents of account 1200 are ready to download.",
        "They are kept until 6 Jun 2024",
        f"https://portal.example/transaction-documents/{job.download.download_id}",
    ):
        assert words in text


def test_who_may_not_log_in_any_more_is_not_mailed(waiting: Waiting) -> None:
    waiting.ready()
    customer = waiting.cast.ours.customer
    user = AccountUser(customer.person_id, customer.email, waiting.post.clock.now)
    enrolments.remove_user(waiting.cast.ours.scope, user, ref="1200", also=())
    waiting.sent()
    assert waiting.post.sender.sent == []


def test_what_is_kept_no_more_is_not_announced(waiting: Waiting) -> None:
    waiting.ready()
    waiting.post.clock.forward(KEPT_FOR)
    waiting.sent()
    assert waiting.post.sender.sent == []
