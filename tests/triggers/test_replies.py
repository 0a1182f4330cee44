"""From what SES says in the queue to the entry: the address chooses the dealer, and nothing else does."""

import json
from typing import Any

import pytest
from chalice.app import SQSEvent

from chalicelib import services, settings
from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.model import AccountUser
from chalicelib.messages.model import Side
from chalicelib.services import Services
from chalicelib.triggers import replies
from tests.fixtures.calls import listening
from tests.fixtures.cast import Cast
from tests.fixtures.worlds import World
from tests.messages.made import Talk, asked
from tests.notifications.conftest import post
from tests.notifications.fakes import Post
from tests.replies.made import DOMAIN, Correspondence, mail, told
from tests.uploads.document_requests.made import known

__all__ = ["post"]  # the fixture


def handled(post: Post, *bodies: str, domain: str = DOMAIN) -> dict[str, Any]:
    records = [
        {"messageId": str(at), "body": body, "receiptHandle": "", "attributes": {}} for at, body in enumerate(bodies)
    ]
    made = Services(
        settings=settings.load().model_copy(update={"reply_domain": domain}),
        mail=post.sender,
        clock=post.clock,
        ids=post.ids,
    )
    with services.use(made):
        return replies.reply_messages(SQSEvent({"Records": records}, None))


@pytest.fixture
def talk(cast: Cast, post: Post) -> Talk:
    return asked(known(cast.ours, post.clock.now), post.clock.now, post.ids)


@pytest.fixture
def to(aws: World, cast: Cast, talk: Talk, post: Post) -> str:
    letters = Correspondence(aws, cast.ours, talk.stored(), post.clock.now, post.ids)
    aws.root("s3").put_object(Bucket=aws.settings.quarantine_bucket, Key="mail/1", Body=mail("It came."))
    return letters.address(cast.ours.customer, Side.CUSTOMER)


def test_a_mail_that_the_queue_tells_of_is_added_and_the_outbox_is_woken(
    aws: World, cast: Cast, talk: Talk, post: Post, to: str
) -> None:
    aws.messages(aws.settings.outbox_queue_url)
    assert handled(post, told(to, cast.ours.customer.email, mail_id="1")) == {"batchItemFailures": []}
    assert [entry.text for entry in talk.entries()][1:] == ["It came."]
    assert aws.messages(aws.settings.outbox_queue_url) == [{"dealer_id": cast.ours.dealer.dealer_id}]


def test_a_mail_to_several_addresses_is_opened_once(aws: World, cast: Cast, talk: Talk, post: Post, to: str) -> None:
    customer = cast.ours.customer
    enrolments.add_user(cast.ours.scope, AccountUser(customer.person_id, customer.email, post.clock.now), ref="1201")
    other = asked(cast.ours, post.clock.now, post.ids, ref="1201")
    letters = Correspondence(aws, cast.ours, other.stored(), post.clock.now, post.ids)
    said = json.loads(told(to, customer.email, mail_id="1"))
    said["receipt"]["recipients"] += [letters.address(customer)]
    opened: list[object] = []
    with listening("s3", "before-call.s3.GetObject", lambda **of: opened.append(of)):
        assert handled(post, json.dumps(said)) == {"batchItemFailures": []}
    assert len(opened) == 1
    assert [one.entries()[-1].text for one in (talk, other)] == ["It came."] * 2


def test_what_goes_to_no_address_of_ours_is_dropped(cast: Cast, talk: Talk, post: Post, to: str) -> None:
    email = cast.ours.customer.email
    bodies = [
        told("postmaster@" + DOMAIN, email, mail_id="1"),
        told(to.replace(cast.ours.dealer.dealer_id, "0123456789"), email, mail_id="1"),
        told(to, email, mail_id="AMAZON_SES_SETUP_NOTIFICATION"),
        json.dumps({"notificationType": "AmazonSnsSubscriptionSucceeded"}),
    ]
    assert handled(post, *bodies) == {"batchItemFailures": []}
    assert handled(post, told(to, email, mail_id="1"), domain="") == {"batchItemFailures": []}
    assert len(talk.entries()) == 1


def test_a_mail_whose_object_is_gone_is_tried_again_and_ends_among_the_dead_letters(
    cast: Cast, talk: Talk, post: Post, to: str
) -> None:
    assert handled(post, told(to, cast.ours.customer.email, mail_id="gone")) == {
        "batchItemFailures": [{"itemIdentifier": "0"}]
    }
    assert handled(post, "[]", "{") == {"batchItemFailures": [{"itemIdentifier": "0"}, {"itemIdentifier": "1"}]}
    assert len(talk.entries()) == 1
