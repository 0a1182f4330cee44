"""The outbox's and SES's queues, as Lambda hands their messages over."""

import json
from typing import Any

from chalice.app import SQSEvent

from chalicelib import services, settings
from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.model import State
from chalicelib.notifications.dispatch import send_due
from chalicelib.services import Services
from chalicelib.triggers import notifications
from infra.local.context import LambdaContext
from tests.fixtures.cast import Cast
from tests.fixtures.worlds import World
from tests.notifications.conftest import post
from tests.notifications.fakes import Post, greet, queue_invitation, states

__all__ = ["post"]  # the fixture


def event(*bodies: str, seconds: float = 120) -> SQSEvent:
    records: list[Any] = [{"messageId": str(n), "body": body, "receiptHandle": "r"} for n, body in enumerate(bodies)]
    context: Any = LambdaContext("outbox", seconds=seconds)
    return SQSEvent({"Records": records}, context)


def test_a_garbled_message_waits_for_the_dead_letters_and_the_others_are_done(cast: Cast, post: Post) -> None:
    queue_invitation(cast.ours, post)
    send_due(cast.ours.import_scope, deps=post.deps)
    tags = {name: [value] for name, value in post.sender.sent[0].about.items()}
    bounce = {"bounceType": "Permanent", "bounceSubType": "General"}
    good = {"eventType": "Bounce", "mail": {"destination": [post.sender.sent[0].to], "tags": tags}, "bounce": bounce}
    with services.use(Services(settings=settings.load(), mail=post.sender, clock=post.clock, ids=post.ids)):
        answer = notifications.feedback_messages(event("no JSON", json.dumps({"eventType": "Open"}), json.dumps(good)))
        woken = notifications.outbox_messages(event("{}", json.dumps({"dealer_id": cast.ours.dealer.dealer_id})))
    assert answer == {"batchItemFailures": [{"itemIdentifier": "0"}, {"itemIdentifier": "1"}]}
    assert woken == {"batchItemFailures": [{"itemIdentifier": "0"}]}
    enrolment = enrolments.enrolment(cast.ours.scope, "1300")
    assert enrolment
    assert enrolment.state is State.BOUNCED


def test_the_functions_own_clock_ends_a_call_and_its_queue_goes_on(aws: World, cast: Cast, post: Post) -> None:
    scope, url = cast.ours.import_scope, aws.settings.outbox_queue_url
    for ref in ("1300", "1301"):
        queue_invitation(cast.ours, post, ref=ref)
    aws.messages(url)
    body = json.dumps({"dealer_id": scope.dealer_id})
    with services.use(Services(settings=settings.load(), mail=post.sender, clock=post.clock, ids=post.ids)):
        assert notifications.outbox_messages(event(body, seconds=20)) == {"batchItemFailures": []}
        assert (post.recipients, states(scope)) == ([], ["queued", "queued"])
        notifications.outbox_messages(event(body))
    assert len(post.recipients) == 2


def test_a_lane_is_woken_by_its_message_and_by_the_hour(aws: World, cast: Cast, post: Post) -> None:
    scope, url = cast.ours.import_scope, aws.settings.bulk_queue_url
    greet(scope, post, "al@farm.example", bulk=True)  # of a kind that nobody knows: it stays
    aws.messages(url)
    with services.use(Services(settings=settings.load(), mail=post.sender, clock=post.clock, ids=post.ids)):
        assert notifications.resume_bulk() == 1
        (message,) = aws.messages(url)
        assert message["dealer_id"] == scope.dealer_id
        answer = notifications.bulk_messages(event(json.dumps(message), json.dumps({"dealer_id": scope.dealer_id})))
        assert answer == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    assert states(scope, message["lane"]) == ["queued"]


def test_the_minutes_schedule_sends_what_no_message_told_of(cast: Cast, post: Post) -> None:
    queue_invitation(cast.ours, post)
    with services.use(Services(settings=settings.load(), mail=post.sender, clock=post.clock, ids=post.ids)):
        assert notifications.send_outbox() >= 1
        assert notifications.send_outbox() == 0
        assert notifications.expire_invitations() == 0
        assert notifications.chase_documents() == 0
        assert notifications.make_statements() == 0
        assert notifications.remind_of_payments() == 0
    assert f"1300@{cast.ours.dealer.slug}.example" in post.recipients
