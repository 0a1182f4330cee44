"""The reminder's link works, the one before does not, and one that is overtaken is not sent."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.customers.enrolment import reminders, transitions
from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.model import State
from chalicelib.identity import queries as identity
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.notifications.dispatch import send_bulk, send_due
from chalicelib.store.outbox import BULK_LANES
from tests.customers.accounts import account, publish
from tests.fixtures.cast import Cast
from tests.notifications.fakes import Post, complete_account, queue_invitation

REF = "1300"


def send(cast: Cast, post: Post) -> None:
    for lane in range(BULK_LANES):
        send_bulk(cast.ours.import_scope, lane, deps=post.deps)


def reminded(cast: Cast, post: Post) -> None:
    """An invitation that left a week ago, and its reminder in the outbox."""
    ours = cast.ours
    queued = queue_invitation(ours, post, ref=REF)
    publish(ours.import_scope, [account(REF, "Barn & Co", email=queued.email)])
    send_due(ours.import_scope, deps=post.deps)
    post.clock.forward(timedelta(days=7))
    assert reminders.remind_due(ours.import_scope, now=post.clock.now, ids=post.ids) == 1


def test_the_reminder_has_a_fresh_link_and_says_what_it_reminds_of(cast: Cast, post: Post) -> None:
    reminded(cast, post)
    send(cast, post)
    first, second = post.links
    text = " ".join(post.sender.sent[-1].text.split())
    assert "On 5 Jun 2024 Moorbeck Machinery invited you" in text
    assert "The link works once, until 26 Jun 2024." in text
    with pytest.raises(NotFoundError):
        identity.invitation(IdentityScope(), first, post.clock.now)
    assert identity.invitation(IdentityScope(), second, post.clock.now).email == post.recipients[0]
    found = enrolments.enrolment(cast.ours.scope, REF)
    assert found
    assert (found.state, found.reminders) == (State.INVITED, 1)
    assert found.expires_at == post.clock.now + timedelta(days=14)
    assert found.invited_at == post.clock.now - timedelta(days=7)
    complete_account(post)
    send_due(IdentityScope(), deps=post.deps)
    active = enrolments.enrolment(cast.ours.scope, REF)
    assert active
    assert active.state is State.ACTIVE


def test_one_that_is_overtaken_is_not_sent(cast: Cast, post: Post) -> None:
    reminded(cast, post)
    found = enrolments.enrolment(cast.ours.scope, REF)
    assert found
    enrolments.put(cast.ours.scope, replace(found, state=State.CANCELLED), before=found)
    send(cast, post)
    assert len(post.recipients) == 1


def test_an_answered_one_is_not_marked(cast: Cast, post: Post) -> None:
    reminded(cast, post)
    found = enrolments.enrolment(cast.ours.scope, REF)
    assert found
    enrolments.put(cast.ours.scope, replace(found, state=State.ACTIVE), before=found)
    assert not transitions.mark_reminded(
        cast.ours.import_scope, ref=REF, invitation_id=found.invitation_id, expires_at=post.clock.now
    )
