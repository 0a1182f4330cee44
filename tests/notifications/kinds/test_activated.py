"""A first login reaches the dealer's side once, or twice without harm."""

from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.model import State
from chalicelib.dealers.staff import repo as staff_repo
from chalicelib.dealers.staff.model import StaffState
from chalicelib.dealers.staff.operations import invite_staff
from chalicelib.identity import repo
from chalicelib.identity.repo import writes
from chalicelib.kernel.roles import Role
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.notifications.dispatch import send_due
from chalicelib.store import outbox
from tests.fixtures.cast import Cast
from tests.fixtures.trail import audited
from tests.fixtures.worlds import World
from tests.notifications.fakes import Post, audit_events, complete_account, queue_invitation

SCOPE = IdentityScope()


def test_the_first_log_in_turns_the_account_active_once(aws: World, cast: Cast, post: Post) -> None:
    dealership = cast.ours
    queue_invitation(dealership, post)
    send_due(dealership.import_scope, deps=post.deps)
    complete_account(post)
    waiting = outbox.items(SCOPE)
    assert sorted(item.kind for item in waiting) == ["activated", "audit"]
    assert send_due(SCOPE, deps=post.deps) == 2
    enrolment = enrolments.enrolment(dealership.scope, "1300")
    assert enrolment
    assert enrolment.state is State.ACTIVE
    before = audit_events(aws, dealership.dealer.dealer_id)
    assert [e for e in before if e in {"account.activated", "invitation.accepted"}] == [
        "account.activated",
        "invitation.accepted",
    ]
    for event in ("account.activated", "invitation.accepted"):
        (row,) = audited(dealership.scope, post.clock.now, event)
        assert row.origin
        assert row.origin.address.startswith("2001:db8:")
    for item in waiting:  # delivered again, as after a crash
        again = writes.outbox_item(item.kind, item.payload, now=item.queued_at, ids=post.ids)
        again.record.sk = item.item_id  # type: ignore[union-attr]
        repo.commit(SCOPE, [again])
    assert send_due(SCOPE, deps=post.deps) == 2
    assert audit_events(aws, dealership.dealer.dealer_id) == before


def test_staff_join(cast: Cast, post: Post) -> None:
    dealership = cast.ours
    email = f"new@{dealership.dealer.slug}.example"
    invite_staff(dealership.scope, email=email, role=Role.USER, invited_by="operator", now=post.clock.now, ids=post.ids)
    send_due(dealership.import_scope, deps=post.deps)
    complete_account(post)
    send_due(SCOPE, deps=post.deps, mails=False)
    assert [(m.email, m.role, m.state) for m in staff_repo.members(dealership.scope)] == [
        (email, "user", StaffState.ACTIVE)
    ]
    assert not invite_staff(
        dealership.scope, email=email, role=Role.USER, invited_by="x", again=True, now=post.clock.now, ids=post.ids
    )
