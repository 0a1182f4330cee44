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
from tests.fixtures.cast import Cast
from tests.notifications.conftest import post
from tests.notifications.fakes import Post, queue_invitation

__all__ = ["post"]  # the fixture


def event(*bodies: str) -> SQSEvent:
    records: list[Any] = [{"messageId": str(n), "body": body, "receiptHandle": "r"} for n, body in enumerate(bodies)]
    return SQSEvent({"Records": records}, None)


def test_a_garbled_message_waits_for_the_dead_letters_and_the_others_are_done(cast: Cast, post: Post) -> None:
    queue_invitation(cast.ours, post)
    send_due(cast.ours.import_scope, tools=post.tools)
    tags = {name: [value] for name, value in post.sender.sent[0].about.items()}
    bounce = {"bounceType": "Permanent", "bounceSubType": "General"}
    good = {"eventType": "Bounce", "mail": {"destination": [post.sender.sent[0].to], "tags": tags}, "bounce": bounce}
    with services.use(Services(settings=settings.load(), mail=post.sender, clock=post.clock, ids=post.ids)):
        answer = notifications.feedback_messages(event("no JSON", json.dumps({"eventType": "Open"}), json.dumps(good)))
        woken = notifications.outbox_messages(event("{}", json.dumps({"dealer_id": cast.ours.dealer.dealer_id})))
    assert answer == {"batchItemFailures": [{"itemIdentifier": "0"}, {"itemIdentifier": "1"}]}
    assert woken == {"batchItemFailures": [{"itemIdentifier": "0"}]}
    portal = enrolments.portal(cast.ours.scope, "1300")
    assert portal
    assert portal.state is State.BOUNCED
