"""After staff ended somebody's access: identity's side follows, and may be done again."""

from dataclasses import replace
from datetime import timedelta

from chalicelib.customers.colleagues import removal
from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.model import AccountUser
from chalicelib.identity import queries, repo
from chalicelib.identity.repo import writes
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.notifications.dispatch import send_due
from chalicelib.profiles import queries as profiles
from chalicelib.profiles import repo as stored_profiles
from chalicelib.profiles.model import Named
from chalicelib.store import outbox
from tests.fixtures.cast import Cast, LogIn
from tests.notifications.fakes import Post
from tests.profiles.made import has_profile

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


def test_the_profile_goes_with_the_last_membership_at_the_dealer(cast: Cast, post: Post) -> None:
    ours, rival, barlow, now, ids = cast.ours, cast.rival, cast.ours.customer, post.clock.now, post.ids
    second = replace(barlow.membership, subject_ref="1300")
    elsewhere = replace(barlow.membership, dealer_id=rival.dealer.dealer_id)
    repo.commit(SCOPE, [writes.put_membership(barlow.person_id, one, now) for one in (second, elsewhere)])
    for dealer_id in (ours.dealer.dealer_id, rival.dealer.dealer_id):
        has_profile(replace(barlow.customer_scope, dealer_id=dealer_id), now=now, ids=ids)
    kept = {barlow.person_id: Named("Anna Reed", "0123456789abcdef")}
    for ref, left in (("1200", kept), ("1300", {})):
        enrolments.add_user(ours.scope, AccountUser(barlow.person_id, barlow.email, now), ref=ref)
        removal.end_access(ours.import_scope, ref=ref, person_id=barlow.person_id, actor="maria", now=now, ids=ids)
        assert send_due(ours.import_scope, deps=post.deps) == 1
        assert profiles.named(ours.scope, [barlow.person_id]) == left
    assert stored_profiles.photo(ours.scope, barlow.person_id) is None
    assert profiles.named(rival.scope, [barlow.person_id]) == kept
