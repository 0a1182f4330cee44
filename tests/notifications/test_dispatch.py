"""Fault 14: claim, send, confirm. An event gets one mail at most; what nobody knows is said, not sent again."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.model import State
from chalicelib.dealers.staff import repo as staff_repo
from chalicelib.dealers.staff.model import StaffState
from chalicelib.dealers.staff.operations import invite_staff
from chalicelib.identity import queries
from chalicelib.identity.model import Kind, Role
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.mail.sender import MailRefusedError
from chalicelib.notifications import repo
from chalicelib.notifications.dispatch import send_due
from tests.fixtures.cast import Cast, House
from tests.fixtures.worlds import World
from tests.notifications.fakes import Post, queue_invitation


def state(house: House, ref: str = "1300") -> State | None:
    portal = enrolments.portal(house.scope, ref)
    return portal.state if portal else None


def outbox(house: House) -> list[str]:
    return [item.state for item in repo.items(house.import_scope)]


def test_an_invitation_is_sent_once_and_noted(cast: Cast, post: Post) -> None:
    queued = queue_invitation(cast.ours, post)
    assert [send_due(cast.ours.import_scope, tools=post.tools) for _ in range(3)] == [1, 0, 0]
    assert post.recipients == [queued.email]
    mail = post.sender.sent[0]
    assert mail.subject == "Create Your Account with Moorbeck Machinery"
    assert "1300, Barn & Co" in mail.text
    assert "until 19 Jun 2024" in mail.text
    portal = enrolments.portal(cast.ours.scope, "1300")
    assert portal
    assert (portal.state, portal.invited_at) == (State.INVITED, post.clock.now)
    assert portal.expires_at == post.clock.now + timedelta(days=14)
    assert outbox(cast.ours) == []
    offered = queries.invitation(IdentityScope(), next(post.links), post.clock.now)
    assert (offered.email, offered.membership.account_ref, offered.membership.kind) == (
        queued.email,
        "1300",
        Kind.CUSTOMER,
    )


def test_a_lost_answer_becomes_uncertain_and_is_never_repeated(cast: Cast, post: Post) -> None:
    queue_invitation(cast.ours, post)
    post.sender.failures = [TimeoutError("no answer")]
    for minutes in (0, 5, 4):
        post.clock.forward(timedelta(minutes=minutes))
        assert send_due(cast.ours.import_scope, tools=post.tools) == 0
    assert (state(cast.ours), outbox(cast.ours)) == (State.QUEUED, ["claimed"])
    post.clock.forward(timedelta(minutes=1))
    assert send_due(cast.ours.import_scope, tools=post.tools) == 0
    assert (state(cast.ours), outbox(cast.ours)) == (State.UNCERTAIN, ["uncertain"])
    post.clock.forward(timedelta(days=1))
    assert send_due(cast.ours.import_scope, tools=post.tools) == 0
    assert post.recipients == []


def test_a_refusal_for_now_is_tried_again(cast: Cast, post: Post) -> None:
    queue_invitation(cast.ours, post)
    post.sender.failures = [MailRefusedError("Throttling", for_good=False)]
    assert [send_due(cast.ours.import_scope, tools=post.tools) for _ in range(3)] == [0, 1, 0]
    assert state(cast.ours) is State.INVITED


def test_a_refusal_for_good_is_said_to_staff(cast: Cast, post: Post) -> None:
    queue_invitation(cast.ours, post)
    post.sender.failures = [MailRefusedError("MessageRejected", for_good=True)]
    assert [send_due(cast.ours.import_scope, tools=post.tools) for _ in range(2)] == [0, 0]
    assert (state(cast.ours), outbox(cast.ours)) == (State.BOUNCED, ["dropped"])


@pytest.mark.parametrize("email", ["no email", "a@b@c.example", "a@b.example\r\nBcc: x@y.example"])
def test_what_is_no_email_is_said_to_staff(cast: Cast, post: Post, email: str) -> None:
    queue_invitation(cast.ours, post, email=email)
    queue_invitation(cast.ours, post, ref="1301")
    assert send_due(cast.ours.import_scope, tools=post.tools) == 1
    assert (state(cast.ours), state(cast.ours, "1301")) == (State.BOUNCED, State.INVITED)


def test_what_was_overtaken_is_not_sent(cast: Cast, post: Post) -> None:
    queue_invitation(cast.ours, post)
    post.clock.forward(timedelta(seconds=1))
    newer = queue_invitation(cast.ours, post)
    cancelled = queue_invitation(cast.ours, post, ref="1301")
    enrolments.put(cast.ours.scope, replace(cancelled, state=State.CANCELLED), before=cancelled)
    assert send_due(cast.ours.import_scope, tools=post.tools) == 1
    assert post.recipients == [newer.email]
    assert outbox(cast.ours) == []


def test_one_that_cannot_be_composed_stops_no_other(cast: Cast, post: Post) -> None:
    queue_invitation(cast.ours, post)
    broken = Post(post.clock, post.ids, post.sender)

    def fail(name: str, context: object) -> str:
        raise RuntimeError(name, context)

    assert send_due(cast.ours.import_scope, tools=replace(broken.tools, render=fail)) == 0
    assert outbox(cast.ours) == ["queued"]
    assert send_due(cast.ours.import_scope, tools=post.tools) == 1


def test_a_kind_that_nobody_knows_waits(cast: Cast, post: Post) -> None:
    queue_invitation(cast.ours, post)
    assert send_due(cast.ours.import_scope, tools=post.tools, kinds={}) == 0
    assert outbox(cast.ours) == ["queued"]


def test_staff_are_invited(cast: Cast, post: Post) -> None:
    house, now, ids = cast.ours, post.clock.now, post.ids
    email = f"new@{house.dealer.slug}.example"
    assert invite_staff(house.scope, email=email, role="admin", invited_by="operator", now=now, ids=ids)
    assert not invite_staff(house.scope, email=email, role="admin", invited_by="operator", now=now, ids=ids)
    assert send_due(house.import_scope, tools=post.tools) == 1
    assert "It lets the staff" in post.sender.sent[0].text
    offered = queries.invitation(IdentityScope(), next(post.links), now)
    assert (offered.membership.kind, offered.membership.role) == (Kind.STAFF, Role.ADMIN)
    invited = staff_repo.invitation(house.scope, email)
    assert invited
    assert (invited.state, invited.expires_at) == (StaffState.INVITED, now + timedelta(days=14))
    assert invite_staff(house.scope, email=email, role="admin", invited_by="operator", again=True, now=now, ids=ids)


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        (TimeoutError(), StaffState.UNCERTAIN),
        (MailRefusedError("MessageRejected", for_good=True), StaffState.BOUNCED),
    ],
)
def test_what_became_of_a_staff_invitation_is_said(
    cast: Cast, post: Post, failure: Exception, expected: StaffState
) -> None:
    email = f"new@{cast.ours.dealer.slug}.example"
    invite_staff(cast.ours.scope, email=email, role="user", invited_by="operator", now=post.clock.now, ids=post.ids)
    post.sender.failures = [failure]
    for _ in range(2):
        send_due(cast.ours.import_scope, tools=post.tools)
        post.clock.forward(timedelta(minutes=10))
    invited = staff_repo.invitation(cast.ours.scope, email)
    assert invited
    assert invited.state is expected


def test_a_mail_of_one_dealer_says_nothing_of_another(cast: Cast, post: Post) -> None:
    queue_invitation(cast.ours, post)
    queue_invitation(cast.rival, post)
    send_due(cast.ours.import_scope, tools=post.tools)
    raw = post.sender.raw[0]
    assert len(post.sender.raw) == 1
    for word in (cast.rival.dealer.name, cast.rival.dealer.dealer_id, cast.rival.dealer.slug, cast.rival.dealer.phone):
        assert word.encode() not in raw


def test_no_secret_waits_in_the_outbox(aws: World, cast: Cast, post: Post) -> None:
    queue_invitation(cast.ours, post)
    post.sender.failures = [TimeoutError()]
    send_due(cast.ours.import_scope, tools=post.tools)
    items = aws.root("dynamodb").scan(TableName=aws.settings.table_name)["Items"]
    waiting = [str(item) for item in items if item["pk"]["S"] == f"D#{cast.ours.dealer.dealer_id}#OUTBOX"]
    assert len(waiting) == 1
    assert "portal.example" not in waiting[0]
