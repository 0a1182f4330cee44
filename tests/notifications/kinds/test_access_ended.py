"""After staff ended somebody's access: identity's side follows, and may be done again."""

from dataclasses import replace
from datetime import timedelta

from chalicelib.customers.enrolment import removal
from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.model import AccountUser
from chalicelib.identity import queries, repo
from chalicelib.identity.repo import writes
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.notifications.dispatch import send_due
from chalicelib.store import outbox
from tests.fixtures.cast import Cast, LogIn
from tests.notifications.fakes import Post

SCOPE = IdentityScope()


def test_membership_and_sessions_end_without_a_mail(cast: Cast, post: Post, log_in: LogIn) -> None:
    dealership, barlow, now = cast.ours, cast.ours.customer, post.clock.now
    enrolments.add_user(dealership.scope, AccountUser(barlow.person_id, barlow.email, now), ref="1200")
    secret = log_in(barlow).secret
    removal.end_access(
        dealership.import_scope, ref="1200", person_id=barlow.person_id, actor="maria", now=now, ids=post.ids
    )
    (item,) = outbox.items(dealership.import_scope)
    assert send_due(dealership.import_scope, deps=post.deps, mails=False) == 1
    assert post.sender.sent == []
    assert queries.session(SCOPE, secret, now) is None
    assert repo.memberships(SCOPE, barlow.person_id) == []
    newer = replace(barlow.membership, invitation_id=post.ids.ulid(now + timedelta(seconds=1)))
    repo.commit(SCOPE, [writes.put_membership(barlow.person_id, newer, now)])
    removal.end_membership_of(
        dealership.import_scope, ref="1200", person_id=barlow.person_id, before=item.item_id, now=now, ids=post.ids
    )
    assert repo.memberships(SCOPE, barlow.person_id) == [newer]
