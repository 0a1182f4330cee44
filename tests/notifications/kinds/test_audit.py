from chalicelib.identity.api_keys import create_api_key
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.notifications.dispatch import send_due
from tests.fixtures.cast import Cast
from tests.fixtures.staff import listed
from tests.fixtures.worlds import World
from tests.notifications.fakes import Post, audit_events


def test_a_key_leaves_a_row_in_the_dealers_audit(aws: World, cast: Cast, post: Post) -> None:
    scope = IdentityScope()
    listed(cast.ours, cast.ours.admin, now=post.clock.now)
    create_api_key(scope, dealer=cast.ours.admin.staff_scope, name="Agent", now=post.clock.now, ids=post.ids)
    assert send_due(scope, deps=post.deps) == 1
    assert "api_key.created" in audit_events(aws, cast.ours.dealer.dealer_id)
    assert "api_key.created" not in audit_events(aws, cast.rival.dealer.dealer_id)
