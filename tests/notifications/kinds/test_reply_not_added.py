"""The mail about a reply that was not added: to its person alone, with the reason and the way to the conversation."""

import pytest

from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.model import AccountUser
from chalicelib.messages.model import Side
from chalicelib.notifications.dispatch import send_due
from chalicelib.replies.model import Reason
from tests.fixtures.cast import Cast, Dealership, Member
from tests.fixtures.staff import listed
from tests.fixtures.worlds import World
from tests.messages.made import Talk, asked
from tests.notifications.fakes import Post
from tests.replies.made import Correspondence, mail
from tests.uploads.document_requests.made import known


@pytest.fixture
def ours(cast: Cast, post: Post) -> Dealership:
    listed(cast.ours, cast.ours.user, now=post.clock.now)
    return known(cast.ours, post.clock.now)


@pytest.fixture
def talk(ours: Dealership, post: Post) -> Talk:
    return asked(ours, post.clock.now, post.ids)


@pytest.fixture
def letters(aws: World, ours: Dealership, talk: Talk, post: Post) -> Correspondence:
    return Correspondence(aws, ours, talk.stored(), post.clock.now, post.ids)


def refused(letters: Correspondence, member: Member, side: Side) -> None:
    letters.came(letters.address(member, side), "mallory@elsewhere.example")


def test_a_forged_reply_is_told_to_the_person_and_not_to_who_sent_it(
    ours: Dealership, post: Post, talk: Talk, letters: Correspondence
) -> None:
    refused(letters, ours.customer, Side.CUSTOMER)
    send_due(ours.import_scope, deps=post.deps)
    (sent,) = post.sender.sent
    assert (sent.to, sent.subject) == (
        ours.customer.email,
        "Your reply was not added: Where is the second hose?",
    )
    assert f"https://portal.example/messages/{talk.thread_id}" in sent.text
    assert f"reply from {ours.customer.email}" in " ".join(sent.text.split())
    assert "mallory" not in sent.text + sent.html


def test_a_member_of_the_staff_is_led_to_their_page(
    ours: Dealership, post: Post, talk: Talk, letters: Correspondence
) -> None:
    refused(letters, ours.user, Side.STAFF)
    send_due(ours.import_scope, deps=post.deps)
    (sent,) = post.sender.sent
    assert sent.to == ours.user.email
    assert f"/staff/messages/MTIwMA/{talk.thread_id}" in sent.text


def test_files_that_were_not_taken_are_named(ours: Dealership, post: Post, letters: Correspondence) -> None:
    raw = mail("See", files={"<b>run.exe": b"MZ"})
    letters.came(letters.address(ours.customer), ours.customer.email, raw)
    send_due(ours.import_scope, deps=post.deps)
    (sent,) = post.sender.sent
    assert sent.subject == "Some files of your reply were not added: Where is the second hose?"
    assert "Not added: <b>run.exe" in sent.text
    assert "<b>run" not in sent.html


def test_nobody_is_told_who_may_not_log_in_any_more(ours: Dealership, post: Post, letters: Correspondence) -> None:
    refused(letters, ours.customer, Side.CUSTOMER)
    former = AccountUser(ours.customer.person_id, ours.customer.email, post.clock.now)
    enrolments.remove_user(ours.scope, former, ref="1200", also=())
    send_due(ours.import_scope, deps=post.deps)
    assert post.sender.sent == []


def test_each_reason_has_words_of_its_own() -> None:
    """The template says the last of them of what it does not know."""
    from chalicelib.mail.messages import Letterhead, render_mail
    from chalicelib.rendering.templates import render

    said = {
        render_mail(
            render,
            "reply_not_added",
            Letterhead(),
            to="a@b.example",
            link="",
            subject="",
            reason=reason.value,
            email="",
            names=[],
            max_text=9,
        ).text
        for reason in Reason
    }
    assert len(said) == len(Reason)
