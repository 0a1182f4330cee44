"""The invitation to a dealer's staff."""

from datetime import timedelta

import pytest

from chalicelib.dealers.staff import repo as staff_repo
from chalicelib.dealers.staff.model import StaffState
from chalicelib.dealers.staff.operations import invite_staff
from chalicelib.identity import queries
from chalicelib.identity.model import MembershipKind
from chalicelib.kernel.roles import Role
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.mail.sender import MailRefusedError
from chalicelib.notifications.dispatch import send_due
from chalicelib.store.audit import AuditRow
from chalicelib.store.record import tenant_pk
from chalicelib.store.roles import assume_scope
from tests.fixtures.cast import Cast
from tests.notifications.fakes import Post


def test_staff_are_invited(cast: Cast, post: Post) -> None:
    dealership, now, ids = cast.ours, post.clock.now, post.ids
    email = f"new@{dealership.dealer.slug}.example"
    assert invite_staff(dealership.scope, email=email, role=Role.ADMIN, invited_by="operator", now=now, ids=ids)
    assert not invite_staff(dealership.scope, email=email, role=Role.ADMIN, invited_by="operator", now=now, ids=ids)
    assert send_due(dealership.import_scope, deps=post.deps) == 1
    assert "There you invite" in post.sender.sent[0].text
    offered = queries.invitation(IdentityScope(), next(post.links), now)
    assert (offered.membership.kind, offered.membership.role) == (MembershipKind.STAFF, Role.ADMIN)
    invited = staff_repo.invitation(dealership.scope, email)
    assert invited
    assert (invited.state, invited.expires_at) == (StaffState.INVITED, now + timedelta(days=14))
    assert invite_staff(
        dealership.scope, email=email, role=Role.ADMIN, invited_by="operator", again=True, now=now, ids=ids
    )


def test_the_older_of_two_is_not_sent(cast: Cast, post: Post) -> None:
    dealership, ids = cast.ours, post.ids
    email = f"twice@{dealership.dealer.slug}.example"
    for again in (False, True):
        post.clock.forward(timedelta(seconds=1))
        invite_staff(
            dealership.scope, email=email, role=Role.USER, invited_by="x", again=again, now=post.clock.now, ids=ids
        )
    assert send_due(dealership.import_scope, deps=post.deps) == 1
    assert post.recipients.count(email) == 1


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        (TimeoutError(), StaffState.UNCERTAIN),
        (MailRefusedError("MessageRejected", for_good=True), StaffState.BOUNCED),
    ],
)
def test_what_became_of_it_is_said(cast: Cast, post: Post, failure: Exception, expected: StaffState) -> None:
    email = f"new@{cast.ours.dealer.slug}.example"
    invite_staff(cast.ours.scope, email=email, role=Role.USER, invited_by="operator", now=post.clock.now, ids=post.ids)
    post.sender.failures = [failure]
    for _ in range(2):
        send_due(cast.ours.import_scope, deps=post.deps)
        post.clock.forward(timedelta(minutes=10))
    invited = staff_repo.invitation(cast.ours.scope, email)
    assert invited
    assert invited.state is expected
    with assume_scope(cast.ours.scope):
        rows = list(AuditRow.query(tenant_pk(cast.ours.scope, "AUDIT", "2024-06")))
    shown = [row.subject for row in rows if row.event == "staff.bounced"]
    assert shown == ([email] if expected is StaffState.BOUNCED else []), "in the dealer's activity"
