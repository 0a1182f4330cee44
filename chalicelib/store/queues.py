"""Messages to our own queues. They carry whose work it is and nothing that the table does not hold."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from chalicelib.store.backoff import attempts
from chalicelib.store.clients import client

_BATCH = 10


class NotSentError(RuntimeError):
    """The queue refused messages after all attempts. Those before were sent: handlers bear duplicates."""


def send(queue_url: str, body: Mapping[str, Any], delay_seconds: int = 0) -> None:
    """Send one message, JSON, delivered at least once after `delay_seconds` (0 to 900)."""
    client("sqs").send_message(QueueUrl=queue_url, MessageBody=json.dumps(body), DelaySeconds=delay_seconds)


def send_many(queue_url: str, bodies: Iterable[Mapping[str, Any]]) -> None:
    """Send any number, ten a call; those refused are sent again. Raises NotSentError."""
    waiting = [json.dumps(body) for body in bodies]
    for start in range(0, len(waiting), _BATCH):
        _send_batch(queue_url, waiting[start : start + _BATCH])


def _send_batch(queue_url: str, texts: list[str]) -> None:
    left = {str(number): text for number, text in enumerate(texts)}
    for _ in attempts():
        entries = [{"Id": number, "MessageBody": text} for number, text in left.items()]
        answer = client("sqs").send_message_batch(QueueUrl=queue_url, Entries=entries)  # type: ignore[arg-type]
        left = {failed["Id"]: left[failed["Id"]] for failed in answer.get("Failed", [])}
        if not left:
            return
    raise NotSentError(f"{len(left)} messages refused")
