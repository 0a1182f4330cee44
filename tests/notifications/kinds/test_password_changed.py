from chalicelib.identity import recovery
from chalicelib.identity.model import ClientInfo
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.notifications.dispatch import send_due
from tests.fixtures.cast import Cast
from tests.notifications.fakes import NEW_PASSWORD, Post, ask_for_reset

SCOPE = IdentityScope()


def test_a_changed_password_is_told_to_its_owner(cast: Cast, post: Post) -> None:
    ask_for_reset(cast.ours.user.email, post)
    send_due(SCOPE, deps=post.deps)
    recovery.reset_password(
        SCOPE,
        secret=next(post.links),
        password=NEW_PASSWORD,
        client=ClientInfo("::1"),
        now=post.clock.now,
        ids=post.ids,
    )
    send_due(SCOPE, deps=post.deps)
    assert [mail.subject for mail in post.sender.sent][1:] == ["Your password for Moorbeck Machinery was changed"]
    assert f"https://portal.example/d/{cast.ours.dealer.slug}/forgot" in post.sender.sent[1].text
