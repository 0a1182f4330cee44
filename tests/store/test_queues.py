from typing import Any

import pytest

from chalicelib.store import queues
from tests.fixtures.calls import counted_calls, listening
from tests.fixtures.worlds import World


def test_messages_arrive_in_tens(aws: World) -> None:
    url = aws.settings.import_queue_url
    with counted_calls("sqs") as calls:
        queues.send(url, {"run": 0})
        queues.send_many(url, ({"run": number} for number in range(1, 22)))
        queues.send_many(url, [])
    assert calls == ["SendMessage"] + ["SendMessageBatch"] * 3
    assert sorted(body["run"] for body in aws.messages(url)) == list(range(22))


def test_refused_messages_are_sent_again(aws: World) -> None:
    url = aws.settings.outbox_queue_url
    aws.messages(url)
    refused: list[str] = []

    def refuse_one(params: dict[str, Any], **_: Any) -> None:
        if not refused:
            refused.append(params["Entries"].pop()["Id"])

    def say_so(parsed: dict[str, Any], **_: Any) -> None:
        if len(parsed["Successful"]) > 1:
            parsed["Failed"] = [{"Id": refused[0], "SenderFault": False, "Code": "InternalError"}]

    with (
        listening("sqs", "provide-client-params.sqs.SendMessageBatch", refuse_one),
        listening("sqs", "after-call.sqs.SendMessageBatch", say_so),
        counted_calls("sqs") as calls,
    ):
        queues.send_many(url, [{"n": number} for number in range(5)])
    assert calls == ["SendMessageBatch"] * 2
    assert sorted(body["n"] for body in aws.messages(url)) == list(range(5))


def test_a_queue_that_never_takes_them_is_an_error(aws: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)

    def refuse(parsed: dict[str, Any], **_: Any) -> None:
        parsed["Failed"] = [{"Id": "0", "SenderFault": False, "Code": "InternalError"}]

    with listening("sqs", "after-call.sqs.SendMessageBatch", refuse), pytest.raises(queues.NotSentError):
        queues.send_many(aws.settings.outbox_queue_url, [{"n": 1}])
