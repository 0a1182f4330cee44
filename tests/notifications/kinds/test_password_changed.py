from chalicelib.identity import recovery, repo
from chalicelib.identity.model import ClientInfo
from chalicelib.identity.passkeys import repo as passkeys
from chalicelib.identity.passkeys.model import Credential, Passkey
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.notifications.dispatch import send_due
from tests.fixtures.cast import Cast
from tests.identity.second_factors import give_app
from tests.notifications.fakes import NEW_PASSWORD, Post, ask_for_reset

SCOPE = IdentityScope()


def reset(email: str, post: Post) -> None:
    """Somebody asks for a link and sets another password; all mails of it are sent."""
    ask_for_reset(email, post)
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


def test_a_changed_password_is_told_to_its_owner(cast: Cast, post: Post) -> None:
    reset(cast.ours.user.email, post)
    assert [mail.subject for mail in post.sender.sent][1:] == ["Your password for Moorbeck Machinery was changed"]
    assert f"https://portal.example/d/{cast.ours.dealer.slug}/forgot" in post.sender.sent[1].text


def test_what_else_belongs_to_the_login_is_named(cast: Cast, post: Post) -> None:
    """Anybody who had the mailbox for a time may have added it."""
    person = cast.ours.user
    key = Passkey(person.person_id, Credential(post.ids.secret(), "pQ", 0), "Their phone", post.clock.now)
    repo.commit(SCOPE, passkeys.new_passkey(key))
    give_app(person, now=post.clock.now, ids=post.ids)
    reset(person.email, post)
    mail = post.sender.sent[1]
    for text in (mail.text, mail.html):
        assert "Passkey “Their phone”, added on 5 Jun 2024" in text
        assert "Authenticator app, set up on 5 Jun 2024" in text
    assert "A passkey does not log you in on its own until" in mail.html
