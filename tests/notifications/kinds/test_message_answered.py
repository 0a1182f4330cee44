"""The mail about an answer: to those who have written and can still log in; what staff note is in none."""

from dataclasses import replace

import pytest

from chalicelib.alerts import queries as alerts
from chalicelib.customers import eras
from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.model import AccountUser
from chalicelib.dealers.model import Module
from chalicelib.notifications.dispatch import send_due
from chalicelib.replies.addresses import live_address
from chalicelib.replies.model import parts_of
from chalicelib.replies.parsing import answer_in, html_text
from tests.fixtures.cast import Cast, Dealership
from tests.messages.made import Talk, asked
from tests.notifications.fakes import Post
from tests.uploads.document_requests.made import known


@pytest.fixture
def ours(cast: Cast, post: Post) -> Dealership:
    return known(cast.ours, post.clock.now)


@pytest.fixture
def talk(ours: Dealership, post: Post) -> Talk:
    return asked(ours, post.clock.now, post.ids, subject="The <b>second</b> hose")


def test_the_customer_reads_the_answer_and_where_to_reply(ours: Dealership, post: Post, talk: Talk) -> None:
    talk.note("They ring often")
    talk.answer("It follows on Monday.\nWith <b>fittings</b>.")
    send_due(ours.import_scope, deps=post.deps)
    (mail,) = post.sender.sent
    assert mail.to == ours.customer.email
    assert mail.subject == "Moorbeck Machinery has answered: The <b>second</b> hose"
    for words in ("It follows on Monday.", "With <b>fittings</b>.", f"/messages/{talk.thread_id}"):
        assert words in mail.text
    assert "<b>" not in mail.html
    assert "They ring often" not in mail.text + mail.html


def test_the_mail_is_answered_by_replying_to_it_where_there_is_a_domain_for_that(
    ours: Dealership, post: Post, talk: Talk
) -> None:
    talk.answer()
    send_due(ours.import_scope, deps=replace(post.deps, reply_domain="reply.portal.example"))
    (mail,) = post.sender.sent
    parts = parts_of(mail.reply_to, "reply.portal.example")
    assert parts
    assert parts.dealer_id == ours.dealer.dealer_id
    stands_for = live_address(ours.scope, parts.secret, now=post.clock.now)
    assert stands_for
    assert (stands_for.thread_id, stands_for.person_id, stands_for.seen) == (
        talk.thread_id,
        ours.customer.person_id,
        talk.stored().shown_id,
    )
    assert answer_in(f"Thank you\n\n{mail.text}") == "Thank you"
    for text in (mail.text, html_text(mail.html)):
        assert answer_in(f"Thank you\n\nOn 5 June 2024, Moorbeck Machinery wrote:\n\n{text}") == "Thank you"
        assert "You can reply to this email" in " ".join(text.split())


def test_elsewhere_the_mail_says_that_replies_do_not_arrive(ours: Dealership, post: Post, talk: Talk) -> None:
    talk.answer()
    send_due(ours.import_scope, deps=post.deps)
    (mail,) = post.sender.sent
    assert parts_of(mail.reply_to, "reply.portal.example") is None
    assert "Replies to this email do not reach" in " ".join(mail.text.split())
    assert "##-" not in mail.text + mail.html


def test_who_is_mailed_is_shown_it_in_the_portal_too(ours: Dealership, post: Post, talk: Talk) -> None:
    talk.answer("It follows on Monday.")
    for _ in range(2):
        send_due(ours.import_scope, deps=post.deps)
    (entry,) = alerts.entries(ours.customer.customer_scope, {Module.MESSAGES})
    assert (entry.alert.kind, entry.alert.path) == ("message_answered", f"/messages/{talk.thread_id}")
    assert entry.alert.about == {
        "subject": "The <b>second</b> hose",
        "words": "It follows on Monday.",
        "needed": "invoices messages",
    }
    assert alerts.entries(ours.other_customer.customer_scope, {Module.MESSAGES}) == []


def test_only_those_who_have_written_are_notified(ours: Dealership, post: Post, talk: Talk) -> None:
    colleague = AccountUser(post.ids.ulid(post.clock.now), "colleague@farm.example", post.clock.now)
    enrolments.add_user(ours.scope, colleague, ref="1200")
    talk.answer()
    send_due(ours.import_scope, deps=post.deps)
    assert [mail.to for mail in post.sender.sent] == [ours.customer.email]


def test_nobody_is_told_who_may_not_log_in_any_more(ours: Dealership, post: Post, talk: Talk) -> None:
    talk.answer()
    former = AccountUser(ours.customer.person_id, ours.customer.email, post.clock.now)
    enrolments.remove_user(ours.scope, former, ref="1200", also=())
    send_due(ours.import_scope, deps=post.deps)
    assert post.sender.sent == []


def test_nobody_is_told_of_another_customers_answer(ours: Dealership, post: Post, talk: Talk) -> None:
    talk.answer()
    now = post.clock.now
    eras.start_era(ours.import_scope, ref="1200", era=post.ids.ulid(now), reason="export", now=now, ids=post.ids)
    send_due(ours.import_scope, deps=post.deps)
    assert [mail for mail in post.sender.sent if talk.thread_id in mail.text] == []
