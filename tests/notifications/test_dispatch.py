"""An outbox is worked through within the time there is; what is left wakes another call. Bulk never delays singles."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest

from chalicelib.kernel.deadline import MIN_SECONDS_LEFT
from chalicelib.kernel.scopes import IdentityScope, ImportScope
from chalicelib.mail.sender import MailRefusedError
from chalicelib.notifications import dispatch
from chalicelib.notifications.dispatch import BUSY_PAUSE, MAX_PER_CALL, send_bulk, send_due
from chalicelib.store import bulk_lanes, outbox
from chalicelib.store.outbox import BULK_LANES
from tests.fixtures.calls import counted_calls, listening
from tests.fixtures.cast import Cast
from tests.fixtures.worlds import World
from tests.notifications.fakes import Greeting, Post, ask_for_reset, empty, greet, states

KINDS = (Greeting(),)


@pytest.fixture
def scope(aws: World, cast: Cast) -> ImportScope:
    for url in (aws.settings.outbox_queue_url, aws.settings.bulk_queue_url):
        aws.messages(url)
    return cast.ours.import_scope


def people(count: int) -> list[str]:
    return [f"p{number}@farm.example" for number in range(count)]


def running_out(after: int) -> Callable[[], float]:
    """Time for `after` items, and not one more."""
    left: Iterator[float] = iter([MIN_SECONDS_LEFT] * after)
    return lambda: next(left, MIN_SECONDS_LEFT - 0.1)


def fullest_lane(scope: ImportScope) -> int:
    return max(range(BULK_LANES), key=lambda lane: len(states(scope, lane)))


# Single items


def test_short_of_time_it_stops_between_two_mails_and_wakes_another_call(
    aws: World, scope: ImportScope, post: Post
) -> None:
    greet(scope, post, *people(5))
    assert send_due(scope, deps=post.deps, kinds=KINDS, remaining=running_out(3)) == 3
    assert states(scope) == ["queued", "queued"], "nothing is left claimed"
    assert aws.messages(aws.settings.outbox_queue_url) == [{"dealer_id": scope.dealer_id}]
    assert send_due(scope, deps=post.deps, kinds=KINDS) == 2
    assert sorted(post.recipients) == people(5)
    assert aws.messages(aws.settings.outbox_queue_url) == []


def test_identitys_goes_on_the_same_way(aws: World, scope: ImportScope, cast: Cast, post: Post) -> None:
    del scope
    empty(IdentityScope())
    for person in (cast.ours.user, cast.ours.admin):
        ask_for_reset(person.email, post)
    assert send_due(IdentityScope(), deps=post.deps, remaining=running_out(1)) == 1
    assert aws.messages(aws.settings.outbox_queue_url) == [{"identity": True}]
    assert send_due(IdentityScope(), deps=post.deps) == 1


def test_without_progress_no_other_call_is_woken(aws: World, scope: ImportScope, post: Post) -> None:
    greet(scope, post, *people(3))
    post.sender.failures = [MailRefusedError("Throttling", for_good=False)] * 3
    assert send_due(scope, deps=post.deps, kinds=KINDS, remaining=running_out(2)) == 0
    assert aws.messages(aws.settings.outbox_queue_url) == []


def test_a_call_ends_after_200(aws: World, scope: ImportScope, post: Post) -> None:
    greet(scope, post, *people(MAX_PER_CALL + 7))
    assert send_due(scope, deps=post.deps, kinds=KINDS) == MAX_PER_CALL
    assert aws.messages(aws.settings.outbox_queue_url) == [{"dealer_id": scope.dealer_id}]
    assert send_due(scope, deps=post.deps, kinds=KINDS) == 7
    assert len(set(post.recipients)) == MAX_PER_CALL + 7


def test_a_second_reader_of_the_list_does_no_more_than_ask_for_each_claim(scope: ImportScope, post: Post) -> None:
    greet(scope, post, *people(3))
    other = Post(post.clock, post.ids)

    class Overtaken(Greeting):
        """While the first of this function is under way another function does the rest."""

        def _note(self, _sent_at: datetime) -> None:
            send_due(scope, deps=other.deps, kinds=KINDS)

    with counted_calls() as calls:
        assert send_due(scope, deps=post.deps, kinds=(Overtaken(),)) == 1
    assert len(other.recipients) == 2
    assert sorted([*post.recipients, *other.recipients]) == people(3)
    ours = ["Query", "UpdateItem", "DeleteItem", "UpdateItem", "UpdateItem"]  # the list, one mail, two claims lost
    theirs = ["Query", "UpdateItem", "DeleteItem", "UpdateItem", "DeleteItem"]  # what is claimed is not asked for
    settings = ["BatchGetItem"]  # whether the portal is suspended
    assert sorted(calls) == sorted([*ours, *theirs, *settings])


def test_a_kind_that_nobody_knows_waits(scope: ImportScope, post: Post) -> None:
    greet(scope, post, *people(1))
    assert send_due(scope, deps=post.deps, kinds=()) == 0
    assert states(scope) == ["queued"]
    empty(scope)


# Bulk


def test_bulk_is_spread_over_the_lanes_and_singles_never_meet_it(scope: ImportScope, post: Post) -> None:
    greet(scope, post, *people(320), bulk=True)
    counts = [len(states(scope, lane)) for lane in range(BULK_LANES)]
    assert sum(counts) == 320
    assert min(counts) >= 5
    with counted_calls() as calls:
        assert send_due(scope, deps=post.deps, kinds=KINDS) == 0
    assert calls == ["Query"]
    assert sum(send_bulk(scope, lane, deps=post.deps, kinds=KINDS) for lane in range(BULK_LANES)) == 320
    assert sorted(post.recipients) == sorted(people(320))


def test_a_call_takes_its_share_of_a_lane_and_sends_itself_again(
    aws: World, scope: ImportScope, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatch, "MAX_PER_CALL", 3)
    greet(scope, post, *people(100), bulk=True)
    lane = fullest_lane(scope)
    count = len(states(scope, lane))
    url, done = aws.settings.bulk_queue_url, 0
    messages = [{"dealer_id": scope.dealer_id, "lane": lane}]
    calls = 0
    while messages:
        assert messages == [{"dealer_id": scope.dealer_id, "lane": lane}]
        sent = send_bulk(scope, lane, deps=post.deps, kinds=KINDS)
        assert sent <= 3
        done, calls, messages = done + sent, calls + 1, aws.messages(url)
    assert done == count
    assert calls == -(-count // 3)
    for other in range(BULK_LANES):
        monkeypatch.setattr(dispatch, "MAX_PER_CALL", 200)
        send_bulk(scope, other, deps=post.deps, kinds=KINDS)


def test_short_of_time_a_lane_goes_on_in_another_call(aws: World, scope: ImportScope, post: Post) -> None:
    greet(scope, post, *people(64), bulk=True)
    lane = fullest_lane(scope)
    assert send_bulk(scope, lane, deps=post.deps, kinds=KINDS, remaining=running_out(1)) == 1
    assert aws.messages(aws.settings.bulk_queue_url) == [{"dealer_id": scope.dealer_id, "lane": lane}]
    assert set(states(scope, lane)) == {"queued"}
    for each in range(BULK_LANES):
        send_bulk(scope, each, deps=post.deps, kinds=KINDS)


def test_one_worker_a_lane(scope: ImportScope, post: Post) -> None:
    greet(scope, post, *people(64), bulk=True)
    lane = fullest_lane(scope)
    held = bulk_lanes.lease(scope, lane, at_most=10, now=post.clock.now)
    assert held
    with counted_calls() as calls:
        assert send_bulk(scope, lane, deps=post.deps, kinds=KINDS) == 0
    assert calls == ["GetItem"]
    post.clock.forward(bulk_lanes.LEASED_FOR + timedelta(seconds=1))  # it died
    assert send_bulk(scope, lane, deps=post.deps, kinds=KINDS) == len(set(post.recipients)) > 0
    for each in range(BULK_LANES):
        send_bulk(scope, each, deps=post.deps, kinds=KINDS)


def test_while_the_mail_service_is_busy_bulk_waits(scope: ImportScope, post: Post) -> None:
    greet(scope, post, *people(64), bulk=True)
    lane, delays = fullest_lane(scope), []
    post.sender.failures = [MailRefusedError("Throttling", for_good=False)]

    def note(params: dict[str, object], **_: object) -> None:
        delays.append(params["DelaySeconds"])

    with listening("sqs", "provide-client-params.sqs.SendMessage", note):
        assert send_bulk(scope, lane, deps=post.deps, kinds=KINDS) == 0
    assert delays == [BUSY_PAUSE]
    assert set(states(scope, lane)) == {"queued"}
    for each in range(BULK_LANES):
        send_bulk(scope, each, deps=post.deps, kinds=KINDS)


def test_a_dealers_bulk_of_a_day_ends_and_goes_on_the_next(
    aws: World, scope: ImportScope, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    post.clock.forward(timedelta(days=2))
    monkeypatch.setattr(bulk_lanes, "MAX_PER_DAY", 2 * BULK_LANES)
    greet(scope, post, *people(100), bulk=True)
    lane = fullest_lane(scope)
    count = len(states(scope, lane))
    assert [send_bulk(scope, lane, deps=post.deps, kinds=KINDS) for _ in range(3)] == [2, 0, 0]
    assert aws.messages(aws.settings.bulk_queue_url) == [], "the schedule finds the rest tomorrow"
    post.clock.forward(timedelta(days=1))
    assert send_bulk(scope, lane, deps=post.deps, kinds=KINDS) == 2
    assert len(outbox.items(scope, lane=lane)) == count - 4
