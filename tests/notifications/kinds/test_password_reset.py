"""The mail that lets somebody set a new password."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.identity import queries
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.mail.sender import MailRefusedError
from chalicelib.notifications.delivery import deliver
from chalicelib.notifications.dispatch import send_due
from chalicelib.notifications.kinds.password_reset import PasswordReset
from chalicelib.store import outbox
from tests.fixtures.cast import Cast
from tests.notifications.fakes import Post, ask_for_reset, states

SCOPE = IdentityScope()


def test_it_goes_to_the_known_alone(cast: Cast, post: Post) -> None:
    ask_for_reset(f"unknown@{cast.ours.dealer.slug}.example", post)
    ask_for_reset(cast.ours.customer.email, post)
    send_due(SCOPE, deps=post.deps, mails=False)
    assert post.recipients == []
    send_due(SCOPE, deps=post.deps)
    assert post.recipients == [cast.ours.customer.email]
    mail = post.sender.sent[0]
    assert (mail.subject, mail.from_name) == ("Set a new password for Moorbeck Machinery", "Moorbeck Machinery")
    assert queries.password_to_reset(SCOPE, next(post.links), post.clock.now).email == cast.ours.customer.email
    assert states(SCOPE) == []


@pytest.mark.parametrize(
    ("failure", "left"),
    [
        (MailRefusedError("Throttling", for_good=False), ["queued"]),
        (MailRefusedError("MessageRejected", for_good=True), []),
        (TimeoutError(), ["claimed"]),
    ],
)
def test_what_becomes_of_one_that_failed(cast: Cast, post: Post, failure: Exception, left: list[str]) -> None:
    ask_for_reset(cast.ours.user.email, post)
    post.sender.failures = [failure]
    assert send_due(SCOPE, deps=post.deps) == 0
    assert states(SCOPE) == left
    post.clock.forward(timedelta(minutes=10))
    assert send_due(SCOPE, deps=post.deps) == (1 if left == ["queued"] else 0)
    assert states(SCOPE) == []


def test_one_that_fails_stops_no_other(cast: Cast, post: Post) -> None:
    ask_for_reset(cast.ours.user.email, post)
    ask_for_reset(cast.rival.user.email, post)

    first = iter([True])

    def fail_at_first(name: str, _context: dict[str, object]) -> str:
        if next(first, False):
            raise RuntimeError(name)
        return "text"

    assert send_due(SCOPE, deps=replace(post.deps, render=fail_at_first)) == 1
    assert states(SCOPE) == ["queued"]
    assert send_due(SCOPE, deps=post.deps) == 1


def test_a_request_that_a_newer_one_overtook_is_dropped(cast: Cast, post: Post) -> None:
    ask_for_reset(cast.ours.user.email, post)
    post.clock.forward(timedelta(seconds=1))
    ask_for_reset(cast.ours.user.email, post)
    older, newer = outbox.items(SCOPE)
    for item in (newer, older):
        deliver(SCOPE, item, PasswordReset(), deps=post.deps)
    assert post.recipients == [cast.ours.user.email]
    assert states(SCOPE) == []
