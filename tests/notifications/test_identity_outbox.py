"""What identity leaves for others arrives once, or twice without harm."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.model import State
from chalicelib.dealers.staff import repo as staff_repo
from chalicelib.dealers.staff.model import StaffState
from chalicelib.dealers.staff.operations import invite_staff
from chalicelib.identity import invitations, operations, queries, recovery, repo
from chalicelib.identity.api_keys import create_api_key
from chalicelib.identity.operations import Visitor
from chalicelib.identity.repo import writes
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.mail.sender import MailRefusedError
from chalicelib.notifications.dispatch import send_due
from chalicelib.notifications.identity_outbox import deliver_identity_outbox
from tests.fixtures.cast import Cast
from tests.fixtures.worlds import World
from tests.notifications.fakes import Post, queue_invitation

SCOPE = IdentityScope()
PASSWORD = "quiet orchard ladder"


@pytest.fixture(autouse=True)
def empty_outbox(cast: Cast) -> None:  # noqa: ARG001 - the world must stand
    for work in repo.outbox(SCOPE):
        repo.forget(SCOPE, work)


def complete(post: Post) -> None:
    """The invited person sets a password and logs in."""
    now, ids = post.clock.now, post.ids
    secret = list(post.links)[-1]
    here = Visitor(f"2001:db8:{ids.random_bytes(2).hex()}::7")
    done = invitations.accept_invitation(
        SCOPE, secret=secret, password=PASSWORD, address=here.address, now=now, ids=ids
    )
    operations.log_in(SCOPE, email=done.email, password=PASSWORD, visitor=here, now=now, ids=ids)


def audit_events(aws: World, dealer_id: str) -> list[str]:
    items = aws.root("dynamodb").scan(TableName=aws.settings.table_name)["Items"]
    return sorted(item["event"]["S"] for item in items if item["pk"]["S"].startswith(f"D#{dealer_id}#AUDIT"))


def test_the_first_log_in_turns_the_account_active_once(aws: World, cast: Cast, post: Post) -> None:
    house = cast.ours
    queue_invitation(house, post)
    send_due(house.import_scope, tools=post.tools)
    complete(post)
    waiting = repo.outbox(SCOPE)
    assert sorted(work.kind for work in waiting) == ["activated", "audit"]
    assert deliver_identity_outbox(tools=post.tools) == 2
    portal = enrolments.portal(house.scope, "1300")
    assert portal
    assert portal.state is State.ACTIVE
    before = audit_events(aws, house.dealer.dealer_id)
    assert [e for e in before if e in {"account.activated", "invitation.accepted"}] == [
        "account.activated",
        "invitation.accepted",
    ]
    for work in waiting:  # delivered again, as after a crash
        again = writes.outbox_item(work.kind, work.payload, now=work.queued_at, ids=post.ids)
        again.record.sk = work.work_id  # type: ignore[union-attr]
        repo.commit(SCOPE, [again])
    assert deliver_identity_outbox(tools=post.tools) == 2
    assert audit_events(aws, house.dealer.dealer_id) == before


def test_staff_join(cast: Cast, post: Post) -> None:
    house = cast.ours
    email = f"new@{house.dealer.slug}.example"
    invite_staff(house.scope, email=email, role="user", invited_by="operator", now=post.clock.now, ids=post.ids)
    send_due(house.import_scope, tools=post.tools)
    complete(post)
    deliver_identity_outbox(tools=post.tools, mails=False)
    assert [(m.email, m.role, m.state) for m in staff_repo.members(house.scope)] == [(email, "user", StaffState.ACTIVE)]
    assert not invite_staff(
        house.scope, email=email, role="user", invited_by="x", again=True, now=post.clock.now, ids=post.ids
    )


def test_a_key_leaves_a_row_in_the_dealers_audit(aws: World, cast: Cast, post: Post) -> None:
    create_api_key(SCOPE, dealer=cast.ours.admin.staff_scope, name="Agent", now=post.clock.now, ids=post.ids)
    deliver_identity_outbox(tools=post.tools)
    assert "api_key.created" in audit_events(aws, cast.ours.dealer.dealer_id)


def ask(email: str, post: Post) -> None:
    address = f"2001:db8:{post.ids.random_bytes(2).hex()}::7"
    recovery.request_reset(SCOPE, email=email, address=address, now=post.clock.now, ids=post.ids)


def test_a_reset_mail_goes_to_the_known_alone(cast: Cast, post: Post) -> None:
    ask(f"unknown@{cast.ours.dealer.slug}.example", post)
    ask(cast.ours.customer.email, post)
    deliver_identity_outbox(tools=post.tools, mails=False)
    assert post.recipients == []
    deliver_identity_outbox(tools=post.tools)
    assert post.recipients == [cast.ours.customer.email]
    mail = post.sender.sent[0]
    assert (mail.subject, mail.from_name) == ("Set a new password for Customer Connect", "Moorbeck Machinery")
    assert queries.reset_email(SCOPE, next(post.links), post.clock.now) == cast.ours.customer.email
    assert repo.outbox(SCOPE) == []


def test_a_changed_password_is_told_to_its_owner(cast: Cast, post: Post) -> None:
    ask(cast.ours.user.email, post)
    deliver_identity_outbox(tools=post.tools)
    recovery.reset_password(
        SCOPE, secret=next(post.links), password=PASSWORD, address="::1", now=post.clock.now, ids=post.ids
    )
    deliver_identity_outbox(tools=post.tools)
    assert [mail.subject for mail in post.sender.sent][1:] == ["Your password for Customer Connect was changed"]
    assert "https://portal.example/forgot" in post.sender.sent[1].text


@pytest.mark.parametrize(
    ("failure", "states"),
    [
        (MailRefusedError("Throttling", for_good=False), ["queued"]),
        (MailRefusedError("MessageRejected", for_good=True), []),
        (TimeoutError(), ["claimed"]),
    ],
)
def test_what_becomes_of_a_mail_that_failed(cast: Cast, post: Post, failure: Exception, states: list[str]) -> None:
    ask(cast.ours.user.email, post)
    post.sender.failures = [failure]
    assert deliver_identity_outbox(tools=post.tools) == 0
    assert [work.state for work in repo.outbox(SCOPE)] == states
    post.clock.forward(timedelta(minutes=10))
    assert deliver_identity_outbox(tools=post.tools) == (1 if states == ["queued"] else 0)
    assert repo.outbox(SCOPE) == []


def test_one_that_fails_stops_no_other(cast: Cast, post: Post) -> None:
    ask(cast.ours.user.email, post)
    ask(cast.rival.user.email, post)

    def fail_for_ours(name: str, context: dict[str, object]) -> str:
        if context["to"] == cast.ours.user.email:
            raise RuntimeError(name)
        return "text"

    assert deliver_identity_outbox(tools=replace(post.tools, render=fail_for_ours)) == 1
    assert [work.state for work in repo.outbox(SCOPE)] == ["queued"]
    assert deliver_identity_outbox(tools=post.tools) == 1
