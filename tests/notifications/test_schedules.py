"""Each scheduled function with 50 dealers of which 3 have work, its calls counted."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.model import State
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope, ImportScope
from chalicelib.notifications import schedules
from chalicelib.notifications.dispatch import send_bulk, send_due
from chalicelib.store.outbox import BULK_LANES
from tests.fixtures.calls import counted_calls
from tests.fixtures.cast import Dealership, make_crowd
from tests.fixtures.worlds import World
from tests.notifications.fakes import Clock, Greeting, Post, ask_for_reset, empty, greet, queue_invitation

DEALERS = 50
NOW = datetime(2024, 6, 5, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def busy(aws: World) -> list[Dealership]:
    """Three dealers with people, and as many as make 50."""
    return make_crowd(aws, Ids(Random(50).randbytes), NOW, dealers=DEALERS)


def test_outboxes_cost_one_read_a_dealer(busy: list[Dealership], post: Post) -> None:
    schedules.send_outboxes(deps=post.deps)  # what the test before left
    for dealership in busy:
        queue_invitation(dealership, post)
    with counted_calls("dynamodb") as calls:
        assert schedules.send_outboxes(deps=post.deps) == 3
    reads = Counter(calls)
    assert reads["Query"] == 2 + DEALERS
    assert reads["GetItem"] <= 3 * 5  # the state twice, the current link, the dealer
    with counted_calls("dynamodb") as calls:
        assert schedules.send_outboxes(deps=post.deps) == 0
    assert Counter(calls) == {"Query": 2 + DEALERS}  # all dealers, and each outbox with identity's


def test_expiry_costs_one_read_a_dealer(busy: list[Dealership], now: datetime, ids: Ids) -> None:
    post = Post(Clock(now), ids)
    for dealership in busy:
        queued = queue_invitation(dealership, post, ref="old")
        for ref, left in (("old", 0), ("new", 1)):
            before = queued if ref == "old" else None
            end = now + timedelta(seconds=left)
            invited = replace(queued, ref=ref, state=State.INVITED, expires_at=end)
            enrolments.put(dealership.scope, invited, before=before)
    assert schedules.expire_invitations(now=now - timedelta(seconds=1)) == 0  # builds the shards of all dealers
    with counted_calls("dynamodb") as calls:
        assert schedules.expire_invitations(now=now) == 3
    assert Counter(calls) == {"Query": 1, "GetItem": DEALERS + 6, "BatchGetItem": 3, "TransactWriteItems": 3}
    states = {p.ref: p.state for p in enrolments.enrolments(busy[0].scope)}
    assert (states["old"], states["new"]) == (State.EXPIRED, State.INVITED)
    assert schedules.expire_invitations(now=now) == 0


def test_identitys_outbox_is_one_read_for_all_dealers(busy: list[Dealership], post: Post) -> None:  # noqa: ARG001
    empty(IdentityScope())
    with counted_calls("dynamodb") as calls:
        assert send_due(IdentityScope(), deps=post.deps) == 0
    assert calls == ["Query"]


def test_the_minutes_schedule_does_identitys_too(busy: list[Dealership], post: Post) -> None:
    schedules.send_outboxes(deps=post.deps)  # what other tests left
    post.sender.sent.clear()
    ask_for_reset(busy[0].user.email, post)
    assert schedules.send_outboxes(deps=post.deps) == 1
    assert post.recipients == [busy[0].user.email]


def test_the_hourly_schedule_wakes_the_lanes_where_something_waits(
    aws: World, busy: list[Dealership], post: Post
) -> None:
    url = aws.settings.bulk_queue_url
    aws.messages(url)
    for dealership in busy[:2]:
        greet(dealership.import_scope, post, *(f"p{number}@farm.example" for number in range(3)), bulk=True)
    with counted_calls("dynamodb") as calls:
        woken = schedules.resume_bulk(now=post.clock.now)
    assert Counter(calls) == {"Query": 1 + DEALERS * BULK_LANES}
    messages = aws.messages(url)
    assert 2 <= woken == len(messages) <= 6
    for message in messages:
        send_bulk(ImportScope(message["dealer_id"]), message["lane"], deps=post.deps, kinds=(Greeting(),))
    assert len(post.recipients) == 6
    assert schedules.resume_bulk(now=post.clock.now) == 0
    assert aws.messages(url) == []
