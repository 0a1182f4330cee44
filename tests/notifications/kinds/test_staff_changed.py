"""What the dealer's list says of somebody reaches their membership and their sessions."""

from datetime import datetime

from chalicelib.dealership_users import operations
from chalicelib.identity import queries
from chalicelib.kernel.roles import Role
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.notifications.dispatch import send_due
from chalicelib.profiles import queries as profiles
from chalicelib.profiles import repo as stored_profiles
from chalicelib.store import outbox
from tests.fixtures.cast import Cast, LogIn
from tests.fixtures.staff import listed
from tests.notifications.fakes import Post
from tests.profiles.made import has_profile

SCOPE = IdentityScope()


def test_the_outbox_takes_a_role_and_an_end_across(cast: Cast, post: Post, log_in: LogIn, now: datetime) -> None:
    ours, admin, user = cast.ours, cast.ours.admin.staff_scope, cast.ours.user
    listed(ours, ours.admin, user, now=now)
    has_profile(user.staff_scope, now=now, ids=post.ids)
    secret = log_in(user).secret
    operations.change_role(admin, member_id=user.person_id, role="admin", now=now, ids=post.ids)
    assert send_due(ours.import_scope, deps=post.deps) == 1
    assert queries.session(SCOPE, secret, now) is None
    assert [one.role for one in queries.memberships(SCOPE, user.person_id)] == [Role.ADMIN]
    assert profiles.name_of(ours.scope, user.person_id) == "Anna Reed"
    secret = log_in(user).secret
    operations.delete(admin, member_id=user.person_id, now=now, ids=post.ids)
    assert send_due(ours.import_scope, deps=post.deps) == 1
    assert queries.session(SCOPE, secret, now) is None
    assert queries.memberships(SCOPE, user.person_id) == []
    assert profiles.name_of(ours.scope, user.person_id) == ""
    assert stored_profiles.photo(ours.scope, user.person_id) is None
    assert outbox.items(ours.import_scope) == []
