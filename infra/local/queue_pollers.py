"""Lambda's event source mappings for SQS: receive, call the function, delete what succeeded, leave the rest."""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from chalice.app import Chalice, SQSEventConfig

from infra.local.context import LambdaContext

FUNCTION_SECONDS = 120
"""The timeout of a queue's function; the queue hides a message for six times as long."""

WAIT_SECONDS = 5
_ERROR_PAUSE_SECONDS = 1

Handler = Callable[[Mapping[str, Any], LambdaContext], Any]
Message = Mapping[str, Any]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class EventSource:
    """A queue and the function that it triggers."""

    name: str
    queue: str
    batch_size: int
    handler: Handler


def event_sources(app: Chalice) -> list[EventSource]:
    """One for each `on_sqs_message` of the app. The queue's short name is the last part of its placeholder ARN."""
    return [
        EventSource(s.name, (s.queue_arn or s.queue or "").split(":")[-1], s.batch_size, app.handler_map[s.name])
        for s in app.event_sources
        if isinstance(s, SQSEventConfig)
    ]


@dataclass(slots=True)
class QueuePoller:
    """Passes one queue's messages to its function, a batch at a time."""

    sqs: Any
    url: str
    source: EventSource
    stopping: threading.Event
    wait_seconds: int = WAIT_SECONDS
    _in_flight: dict[str, Message] = field(default_factory=dict)

    @property
    def is_busy(self) -> bool:
        return bool(self._in_flight)

    def run(self) -> None:
        """Until `stopping` is set. An unreachable queue is retried every second."""
        while not self.stopping.is_set():
            try:
                self.poll()
            except (BotoCoreError, ClientError) as error:
                if not self.stopping.wait(_ERROR_PAUSE_SECONDS):
                    log.warning("queue %s: %s", self.source.queue, error)

    def poll(self) -> int:
        """Receive and handle at most one batch; the number of messages in it."""
        messages = self.sqs.receive_message(
            QueueUrl=self.url,
            MaxNumberOfMessages=min(self.source.batch_size, 10),
            WaitTimeSeconds=self.wait_seconds,
            AttributeNames=["All"],
            MessageAttributeNames=["All"],
        ).get("Messages", [])
        if messages:
            self._in_flight = {m["MessageId"]: m for m in messages}
            failed = self._call(messages)
            for message in messages:
                if message["MessageId"] not in failed:
                    self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
            self._in_flight = {}
        return len(messages)

    def release(self) -> None:
        """Make in-flight messages visible again at once: the process ends before the function did."""
        for message in self._in_flight.values():
            self.sqs.change_message_visibility(
                QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
            )

    def _call(self, messages: Sequence[Message]) -> set[str]:
        """Ids of failed messages: those that the function reports, or all if it raised."""
        arn = f"arn:aws:sqs:us-east-1:000000000000:{self.url.rsplit('/', 1)[-1]}"
        event = {"Records": [record(m, arn) for m in messages]}
        try:
            answer = self.source.handler(event, LambdaContext(self.source.name, seconds=FUNCTION_SECONDS))
            return {failure["itemIdentifier"] for failure in (answer or {}).get("batchItemFailures", [])}
        except Exception:
            log.exception("function %s failed", self.source.name)
            return {m["MessageId"] for m in messages}


def record(message: Message, arn: str) -> dict[str, Any]:
    """A received message as Lambda passes it to a function."""
    attributes = message.get("MessageAttributes", {})
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes", {}),
        "messageAttributes": {
            name: {"dataType": a["DataType"], "stringValue": a.get("StringValue")} for name, a in attributes.items()
        },
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": arn,
        "awsRegion": "us-east-1",
    }
