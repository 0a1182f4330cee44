"""One call, which never fails, gets work in an outbox noticed."""

from chalicelib import services, settings
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.notifications.dispatch import send_due
from chalicelib.services import Services
from chalicelib.store import outbox
from tests.fixtures.calls import listening
from tests.fixtures.cast import Cast
from tests.fixtures.worlds import World
from tests.notifications.conftest import post
from tests.notifications.fakes import Post, ask_for_reset, complete_account, empty, queue_invitation

__all__ = ["post"]  # the fixture


def made(post: Post) -> Services:
    return Services(settings=settings.load(), mail=post.sender, clock=post.clock, ids=post.ids)


def test_a_message_names_whose_outbox_it_is(aws: World, cast: Cast, post: Post) -> None:
    url = aws.settings.outbox_queue_url
    aws.messages(url)
    made(post).notify_outbox(cast.ours.admin.staff_scope)
    made(post).notify_outbox(IdentityScope())
    assert aws.messages(url) == [{"dealer_id": cast.ours.dealer.dealer_id}, {"identity": True}]


def test_what_a_person_waits_for_is_done_at_once_and_no_mail(cast: Cast, post: Post) -> None:
    empty(IdentityScope())
    queue_invitation(cast.ours, post)
    with services.use(made(post)):
        services.current().notify_outbox(cast.ours.import_scope, at_once=True)
    assert post.recipients == []
    ask_for_reset(cast.ours.user.email, post)
    made(post).notify_outbox(IdentityScope(), at_once=True)
    assert [item.kind for item in outbox.items(IdentityScope())] == ["password_reset"]


def test_a_first_log_in_is_known_to_the_dealer_at_once(cast: Cast, post: Post) -> None:
    queue_invitation(cast.ours, post)
    send_due(cast.ours.import_scope, deps=post.deps)
    empty(IdentityScope())
    complete_account(post)
    made(post).notify_outbox(IdentityScope(), at_once=True)
    assert outbox.items(IdentityScope()) == []


def test_a_queue_that_is_away_is_left_to_the_schedule(aws: World, post: Post) -> None:
    url = aws.settings.outbox_queue_url
    aws.messages(url)

    def refuse(**_: object) -> None:
        raise ConnectionError("the queue is away")

    with listening("sqs", "before-call.sqs.SendMessage", refuse):
        made(post).notify_outbox(IdentityScope())
    assert aws.messages(url) == []
