from chalicelib.kernel.scopes import IdentityScope
from chalicelib.notifications.dispatch import send_due
from tests.fixtures.cast import Cast, LogIn
from tests.identity.passkeys.made import Ceremonies
from tests.notifications.fakes import Post

SCOPE = IdentityScope()


def test_its_owner_is_told_of_a_passkey_that_comes_or_goes(cast: Cast, log_in: LogIn, post: Post) -> None:
    session = log_in(cast.ours.customer).session
    at = Ceremonies(post.clock.now, post.ids)
    passkey = at.passkey(session, name="Office laptop")
    at.removed(session, passkey)
    send_due(SCOPE, deps=post.deps)
    notified = (mail for mail in post.sender.sent if "passkey" in mail.subject)  # and of the new device
    added, removed = sorted(notified, key=lambda mail: mail.subject)
    assert added.subject == "A passkey was added to your login for Moorbeck Machinery"
    assert removed.subject == "A passkey was removed from your login for Moorbeck Machinery"
    for mail in (added, removed):
        assert mail.to == session.email
        assert "“Office laptop”" in mail.text
        assert "5 Jun 2024 10:00, 203.0.113.7, Chrome" in mail.text
        assert f"https://portal.example/d/{cast.ours.dealer.slug}/forgot" in mail.text
