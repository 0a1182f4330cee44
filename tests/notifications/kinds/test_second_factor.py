from chalicelib.identity.repo import commit, writes
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.notifications.dispatch import send_due
from chalicelib.notifications.kinds.second_factor import CHANGES
from tests.fixtures.cast import Cast
from tests.notifications.fakes import Post

SCOPE = IdentityScope()


def test_each_change_is_told_to_its_owner(cast: Cast, post: Post) -> None:
    email = cast.ours.user.email
    for change in CHANGES:
        left = {"left": 9} if change == "code_used" else {}
        payload = {"email": email, "change": change, **left}
        commit(SCOPE, [writes.outbox_item("second_factor", payload, now=post.clock.now, ids=post.ids)])
    send_due(SCOPE, deps=post.deps)
    assert {mail.subject for mail in post.sender.sent} == {
        f"{heading}: Moorbeck Machinery" for heading, _ in CHANGES.values()
    }
    used = next(mail.text for mail in post.sender.sent if "A recovery code" in mail.subject)
    assert "You have 9 recovery codes left." in used
    assert f"https://portal.example/d/{cast.ours.dealer.slug}/forgot" in used
