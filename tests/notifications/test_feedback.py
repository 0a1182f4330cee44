"""Mails that bounced: the sender sees it, once, and nothing else of anybody changes."""

import json
from dataclasses import dataclass
from typing import Any

import pytest
from pydantic import ValidationError

from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.model import State
from chalicelib.dealers.staff import repo as staff_repo
from chalicelib.dealers.staff.model import StaffState
from chalicelib.dealers.staff.operations import invite_staff
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.roles import Role
from chalicelib.mail.sender import Mail, RecordingSender
from chalicelib.notifications.dispatch import send_due
from chalicelib.notifications.feedback import GREETING, handle_ses_event
from chalicelib.store.audit import AuditRow
from chalicelib.store.record import tenant_pk
from chalicelib.store.roles import assume_scope
from tests.fixtures.cast import Cast, Dealership
from tests.notifications.fakes import Post, queue_invitation

REF = "A/1#b"  # what a tag cannot hold


def reported(mail: Mail, *, kind: str = "Bounce", lasts: str = "Permanent", **tags: str) -> str:
    """What SES reports of a mail."""
    about = {**mail.about, **tags}
    event: dict[str, Any] = {
        "eventType": kind,
        "mail": {"messageId": "m", "destination": [mail.to], "tags": {name: [value] for name, value in about.items()}},
    }
    if kind == "Bounce":
        event["bounce"] = {"bounceType": lasts, "bounceSubType": "NoEmail", "bouncedRecipients": []}
    return json.dumps(event)


def take(post: Post, text: str) -> bool:
    return handle_ses_event(text, now=post.clock.now, ids=post.ids)


def invited(dealership: Dealership, post: Post) -> Mail:
    queue_invitation(dealership, post, ref=REF, email="al@farm.example")
    assert send_due(dealership.import_scope, deps=post.deps) == 1
    return post.sender.sent[-1]


def state(dealership: Dealership) -> State | None:
    enrolment = enrolments.enrolment(dealership.scope, REF)
    return enrolment.state if enrolment else None


def audited(dealership: Dealership) -> list[tuple[str, str, Any]]:
    with assume_scope(dealership.scope):
        rows = AuditRow.query(tenant_pk(dealership.scope, "AUDIT", "2024-06"))
        return [(row.event, row.subject, row.detail) for row in rows if row.actor == "mail"]


@pytest.mark.parametrize(("kind", "reason"), [("Bounce", "NoEmail"), ("Complaint", "complaint"), ("Reject", "reject")])
def test_staff_see_once_that_an_invitation_was_not_delivered(cast: Cast, post: Post, kind: str, reason: str) -> None:
    invited(cast.rival, post)
    text = reported(invited(cast.ours, post), kind=kind)
    assert [take(post, text) for _ in range(3)] == [True, False, False]
    assert (state(cast.ours), state(cast.rival)) == (State.BOUNCED, State.INVITED)
    assert audited(cast.ours) == [("invitation.bounced", REF, {"email": "al@farm.example", "reason": reason})]
    assert audited(cast.rival) == []


def test_a_full_mailbox_is_no_bounce(cast: Cast, post: Post) -> None:
    assert not take(post, reported(invited(cast.ours, post), lasts="Transient"))
    assert state(cast.ours) is State.INVITED


def test_the_bounce_of_an_older_invitation_does_not_count(cast: Cast, post: Post) -> None:
    older = reported(invited(cast.ours, post))
    newer = reported(invited(cast.ours, post))
    assert [take(post, text) for text in (older, newer)] == [False, True]


def test_a_bounce_told_before_the_sending_is_noted_stands(cast: Cast, post: Post) -> None:
    @dataclass(slots=True)
    class AtOnce(RecordingSender):
        def send(self, mail: Mail) -> str:
            assert take(post, reported(mail))
            return "id"

    post.sender = AtOnce()
    queue_invitation(cast.ours, post, ref=REF)
    send_due(cast.ours.import_scope, deps=post.deps)
    assert state(cast.ours) is State.BOUNCED
    post.sender = RecordingSender()
    invited(cast.ours, post)
    assert state(cast.ours) is State.INVITED


def test_a_staff_invitation_that_came_back_is_said(cast: Cast, post: Post) -> None:
    email, scope = f"new@{cast.ours.dealer.slug}.example", cast.ours.scope
    invite_staff(scope, email=email, role=Role.USER, invited_by="operator", now=post.clock.now, ids=post.ids)
    send_due(cast.ours.import_scope, deps=post.deps)
    text = reported(post.sender.sent[-1])
    assert [take(post, text) for _ in range(2)] == [True, False]
    found = staff_repo.invitation(scope, email)
    assert found
    assert found.state is StaffState.BOUNCED
    assert audited(cast.ours) == [("staff.bounced", email, {"reason": "NoEmail"})]


def test_what_is_not_of_ours_changes_nothing(cast: Cast, post: Post) -> None:
    mail = invited(cast.ours, post)
    nobody = Mail(to="x@y.example", subject="", text="", html="")
    unknown = reported(mail, dealer="zzzzzzzzzz"), reported(mail, account="WA"), reported(mail, invitation="01")
    assert not any(take(post, text) for text in (GREETING, reported(nobody), *unknown))
    assert state(cast.ours) is State.INVITED


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"dealer": "../rival"}, ValueError),
        ({"account": "%%%"}, NotFoundError),
        ({}, ValidationError),
    ],
)
def test_what_ses_never_says_is_refused(cast: Cast, post: Post, change: dict[str, str], error: type[Exception]) -> None:
    text = reported(invited(cast.ours, post), **change)
    with pytest.raises(error):
        take(post, text if change else text[:-20])
    assert state(cast.ours) is State.INVITED


def test_a_mail_says_of_itself_only_what_a_tag_may_hold(cast: Cast, post: Post) -> None:
    about = invited(cast.ours, post).about
    assert set(about) == {"kind", "item", "dealer", "account", "invitation"}
    assert all(value.replace("_", "").replace("-", "").isalnum() and value.isascii() for value in about.values())


def test_an_error_about_an_event_names_no_address(post: Post) -> None:
    mail = {"destination": ["al@farm.example", "jo@farm.example"], "tags": {}}
    with pytest.raises(ValidationError) as refused:
        take(post, json.dumps({"eventType": "Bounce", "mail": mail}))
    assert "destination" in str(refused.value)
    assert "farm.example" not in str(refused.value)
