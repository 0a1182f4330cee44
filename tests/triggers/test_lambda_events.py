"""A batch of messages as Lambda hands it over: each by itself, and the last failure of one is reported."""

from typing import Any

from chalice.app import SQSEvent

from chalicelib.kernel.deadline import Remaining
from chalicelib.triggers.lambda_events import MAX_RECEIVES, each_message, remaining_of
from infra.cloudformation.template import resource
from infra.local.context import LambdaContext


def event(*bodies: str, received: int = 1) -> SQSEvent:
    context: Any = LambdaContext("test", seconds=120)
    attributes = {"ApproximateReceiveCount": str(received)}
    records = [{"messageId": body, "body": body, "receiptHandle": "r", "attributes": attributes} for body in bodies]
    return SQSEvent({"Records": records}, context)


def fail_bad(body: str, remaining: Remaining) -> None:
    assert 119 < remaining() <= 120
    if body.startswith("bad"):
        raise ValueError(body)


def test_those_that_fail_are_named_and_the_others_go_on() -> None:
    answer = each_message(event("a", "bad", "b", "bad too"), fail_bad)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "bad"}, {"itemIdentifier": "bad too"}]}


def test_only_the_last_failure_is_told() -> None:
    reported: list[str] = []

    def note(body: str, _: Remaining) -> None:
        reported.append(body)
        raise RuntimeError("that fails too")

    for received in range(1, MAX_RECEIVES + 1):
        answer = each_message(event("good", "bad", received=received), fail_bad, exhausted=note)
        assert answer == {"batchItemFailures": [{"itemIdentifier": "bad"}]}
    assert reported == ["bad"]


def test_the_queues_give_up_after_as_many_receives() -> None:
    for queue in ("Inbox", "Import", "Outbox", "Bulk"):
        assert resource(f"{queue}Queue")["RedrivePolicy"]["maxReceiveCount"] == MAX_RECEIVES


def test_where_nobody_says_how_long_there_is_it_is_long() -> None:
    assert remaining_of(None)() == 600
    assert remaining_of(SQSEvent({"Records": []}, None))() == 600
