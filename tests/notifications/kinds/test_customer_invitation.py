"""The invitation of a customer: what the mail says, and what staff see of its fate."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.model import State
from chalicelib.identity import queries
from chalicelib.identity.model import MembershipKind
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.mail.sender import MailRefusedError
from chalicelib.notifications.dispatch import send_due
from tests.fixtures.cast import Cast, Dealership
from tests.notifications.fakes import Post, queue_invitation, states


def state(dealership: Dealership, ref: str = "1300") -> State | None:
    enrolment = enrolments.enrolment(dealership.scope, ref)
    return enrolment.state if enrolment else None


def test_an_invitation_is_sent_once_and_noted(cast: Cast, post: Post) -> None:
    queued = queue_invitation(cast.ours, post)
    assert [send_due(cast.ours.import_scope, deps=post.deps) for _ in range(3)] == [1, 0, 0]
    assert post.recipients == [queued.email]
    mail = post.sender.sent[0]
    assert mail.subject == "Create Your Account with Moorbeck Machinery"
    assert "1300, Barn & Co" in mail.text
    assert "until 19 Jun 2024" in mail.text
    enrolment = enrolments.enrolment(cast.ours.scope, "1300")
    assert enrolment
    assert (enrolment.state, enrolment.invited_at) == (State.INVITED, post.clock.now)
    assert enrolment.expires_at == post.clock.now + timedelta(days=14)
    assert states(cast.ours.import_scope) == []
    offered = queries.invitation(IdentityScope(), next(post.links), post.clock.now)
    assert (offered.email, offered.membership.account_ref, offered.membership.kind) == (
        queued.email,
        "1300",
        MembershipKind.CUSTOMER,
    )


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        (TimeoutError(), State.UNCERTAIN),
        (MailRefusedError("MessageRejected", for_good=True), State.UNSENT),
        (MailRefusedError("Throttling", for_good=False), State.INVITED),
    ],
)
def test_what_became_of_it_is_the_accounts_state(cast: Cast, post: Post, failure: Exception, expected: State) -> None:
    queue_invitation(cast.ours, post)
    post.sender.failures = [failure]
    send_due(cast.ours.import_scope, deps=post.deps)
    assert state(cast.ours) is (State.UNSENT if expected is State.UNSENT else State.QUEUED)
    post.clock.forward(timedelta(minutes=10))
    send_due(cast.ours.import_scope, deps=post.deps)
    assert state(cast.ours) is expected


def test_the_link_to_an_email_that_another_replaces_opens_nothing_any_more(cast: Cast, post: Post) -> None:
    wrong = queue_invitation(cast.ours, post, email="wrong@farm.example")
    send_due(cast.ours.import_scope, deps=post.deps)
    secret = next(post.links)
    replaced = {"email": wrong.email, "invitation_id": wrong.invitation_id}
    queue_invitation(cast.ours, post, email="right@farm.example", replaces=replaced)
    assert send_due(cast.ours.import_scope, deps=post.deps) == 1
    with pytest.raises(NotFoundError):
        queries.invitation(IdentityScope(), secret, post.clock.now)
    assert queries.invitation(IdentityScope(), list(post.links)[1], post.clock.now).email == "right@farm.example"


@pytest.mark.parametrize("email", ["no email", "a@b@c.example", "a@b.example\r\nBcc: x@y.example"])
def test_what_is_no_email_is_said_to_staff(cast: Cast, post: Post, email: str) -> None:
    queue_invitation(cast.ours, post, email=email)
    queue_invitation(cast.ours, post, ref="1301")
    assert send_due(cast.ours.import_scope, deps=post.deps) == 1
    assert (state(cast.ours), state(cast.ours, "1301")) == (State.UNSENT, State.INVITED)


def test_what_was_overtaken_is_not_sent(cast: Cast, post: Post) -> None:
    queue_invitation(cast.ours, post)
    post.clock.forward(timedelta(seconds=1))
    newer = queue_invitation(cast.ours, post)
    cancelled = queue_invitation(cast.ours, post, ref="1301")
    enrolments.put(cast.ours.scope, replace(cancelled, state=State.CANCELLED), before=cancelled)
    assert send_due(cast.ours.import_scope, deps=post.deps) == 1
    assert post.recipients == [newer.email]
    assert states(cast.ours.import_scope) == []


def test_it_says_nothing_of_another_dealer(cast: Cast, post: Post) -> None:
    queue_invitation(cast.ours, post)
    queue_invitation(cast.rival, post)
    send_due(cast.ours.import_scope, deps=post.deps)
    raw = post.sender.raw[0]
    assert len(post.sender.raw) == 1
    for word in (cast.rival.dealer.name, cast.rival.dealer.dealer_id, cast.rival.dealer.slug, cast.rival.dealer.phone):
        assert word.encode() not in raw
