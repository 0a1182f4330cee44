import json
import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from infra.local.context import LambdaContext
from infra.local.queue_pollers import EventSource, QueuePoller, event_sources, record
from tests.fixtures.worlds import World
from tests.infra.local.tiny_app import app

Handler = Callable[[Mapping[str, Any], LambdaContext], Any]


class Queue:
    """A queue that hides a message for no time, and its dead letters after two receives."""

    def __init__(self, aws: World, name: str) -> None:
        self.sqs = aws.root("sqs")
        self.dead = self.sqs.create_queue(QueueName=f"{name}-dead")["QueueUrl"]
        redrive = {"deadLetterTargetArn": self._arn(self.dead), "maxReceiveCount": 2}
        attributes = {"VisibilityTimeout": "0", "RedrivePolicy": json.dumps(redrive)}
        self.url = self.sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]

    def _arn(self, url: str) -> str:
        found = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        arn: str = found["Attributes"]["QueueArn"]
        return arn

    def send(self, *bodies: str) -> None:
        for body in bodies:
            self.sqs.send_message(QueueUrl=self.url, MessageBody=body)

    def waiting(self, url: str | None = None) -> list[str]:
        found = self.sqs.receive_message(QueueUrl=url or self.url, MaxNumberOfMessages=10).get("Messages", [])
        return sorted(m["Body"] for m in found)

    def poller(self, handler: Handler, batch_size: int = 10) -> QueuePoller:
        source = EventSource("on_test", "test", batch_size, handler)
        return QueuePoller(self.sqs, self.url, source, threading.Event(), wait_seconds=0)


@pytest.fixture
def queue(aws: World, request: pytest.FixtureRequest) -> Queue:
    return Queue(aws, "".join(c for c in request.node.name if c.isalnum())[:60])


def tiny(event: Mapping[str, Any], context: LambdaContext) -> Any:
    return app.handler_map["on_import"](event, context)


def test_the_apps_own_registrations_are_the_sources() -> None:
    (source,) = event_sources(app)
    assert (source.name, source.queue, source.batch_size) == ("on_import", "import", 10)


def test_what_succeeds_goes_and_what_fails_stays(queue: Queue) -> None:
    queue.send("good", "bad", "good too")
    assert queue.poller(tiny).poll() == 3
    assert queue.waiting() == ["bad"]


def test_a_function_that_raises_keeps_all(queue: Queue, caplog: pytest.LogCaptureFixture) -> None:
    def fails(_event: object, _context: object) -> None:
        raise ValueError("broken")

    queue.send("a", "b")
    with caplog.at_level(logging.ERROR):
        queue.poller(fails).poll()
    assert "on_test failed" in caplog.text
    assert queue.waiting() == ["a", "b"]


def test_a_poison_message_ends_among_the_dead_letters_and_the_rest_go_on(queue: Queue) -> None:
    queue.send("bad", "good")
    poller = queue.poller(tiny)
    while poller.poll():
        pass
    assert queue.waiting() == []
    assert queue.waiting(queue.dead) == ["bad"]


def test_nothing_to_do_is_nothing_done(queue: Queue) -> None:
    assert queue.poller(tiny).poll() == 0


def test_a_batch_is_no_larger_than_the_function_wants(queue: Queue) -> None:
    seen: list[int] = []
    queue.send("a", "b", "c")
    poller = queue.poller(lambda event, _: seen.append(len(event["Records"])), batch_size=1)
    while poller.poll():
        pass
    assert seen == [1, 1, 1]


def test_a_message_has_the_shape_of_lambdas(queue: Queue) -> None:
    seen: list[Mapping[str, Any]] = []
    queue.sqs.send_message(
        QueueUrl=queue.url,
        MessageBody="x",
        MessageAttributes={"kind": {"DataType": "String", "StringValue": "stage"}},
    )
    queue.poller(lambda event, _: seen.extend(event["Records"])).poll()
    (found,) = seen
    assert found["body"] == "x"
    assert found["eventSource"] == "aws:sqs"
    assert found["eventSourceARN"].endswith(queue.url.rsplit("/", 1)[-1])
    assert found["attributes"]["ApproximateReceiveCount"] == "1"
    assert found["messageAttributes"] == {"kind": {"dataType": "String", "stringValue": "stage"}}


def test_a_message_without_attributes_has_none() -> None:
    bare = {"MessageId": "1", "ReceiptHandle": "r", "Body": "b", "MD5OfBody": "m"}
    assert record(bare, "arn:x")["messageAttributes"] == {}


def test_a_function_knows_its_remaining_time(queue: Queue) -> None:
    seen: list[int] = []
    queue.send("a")
    queue.poller(lambda _, context: seen.append(context.get_remaining_time_in_millis())).poll()
    assert 110_000 < seen[0] <= 120_000


def test_time_that_is_over_is_zero() -> None:
    assert LambdaContext("f", seconds=-1).get_remaining_time_in_millis() == 0


def test_what_is_in_hand_goes_back(queue: Queue) -> None:
    queue.sqs.set_queue_attributes(QueueUrl=queue.url, Attributes={"VisibilityTimeout": "600"})
    queue.send("a")
    poller = queue.poller(tiny)

    def interrupted(_event: object, _context: object) -> None:
        assert poller.is_busy
        assert queue.waiting() == []
        poller.release()
        assert queue.waiting() == ["a"]

    poller.source = EventSource("on_test", "test", 10, interrupted)
    poller.poll()
    assert not poller.is_busy


def test_a_queue_that_is_not_there_is_tried_again(aws: World, caplog: pytest.LogCaptureFixture) -> None:
    stopping = threading.Event()
    source = EventSource("f", "q", 1, tiny)
    poller = QueuePoller(aws.root("sqs"), "http://localhost/missing", source, stopping, wait_seconds=0)
    threading.Timer(0.3, stopping.set).start()
    with caplog.at_level(logging.WARNING):
        poller.run()
    assert stopping.is_set()
