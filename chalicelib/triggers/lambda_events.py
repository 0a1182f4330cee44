"""What every trigger does with Lambda's events: each message of a batch by itself, within the time there is.

Not powertools' BatchProcessor, which imports the pydantic models of every event source: 63 ms of a cold start, and
150 KB that the package leaves out. It has no call for a message's last failure either.
https://docs.aws.amazon.com/powertools/python/latest/utilities/batch/
"""

from collections.abc import Callable
from typing import Any

from chalice.app import CloudWatchEvent, SQSEvent

from chalicelib.kernel.deadline import Remaining, no_deadline
from chalicelib.observability import bind, logger

MAX_RECEIVES = 5
"""The queues' maxReceiveCount."""

Handle = Callable[[str, Remaining], None]
"""Takes a message's body."""


def each_message(event: SQSEvent, handle: Handle, *, exhausted: Handle | None = None) -> dict[str, Any]:
    """Hand over each message; answers with those that failed, for SQS to deliver again (ReportBatchItemFailures).

    `exhausted` is called with one that failed for the last time, before it goes to the dead letters.
    https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
    """
    failed = []
    remaining = remaining_of(event)
    for record in event:
        raw = record.to_dict()
        bind(message_id=raw["messageId"])
        try:
            handle(record.body, remaining)
        except Exception:  # noqa: BLE001 - the other messages of the batch go on
            logger.exception("message.failed")
            failed.append({"itemIdentifier": raw["messageId"]})
            if exhausted and int(raw.get("attributes", {}).get("ApproximateReceiveCount", 1)) >= MAX_RECEIVES:
                # Tested control: last-attempt-is-reported
                _report_exhausted(exhausted, record.body, remaining)
    return {"batchItemFailures": failed}


def _report_exhausted(exhausted: Handle, body: str, remaining: Remaining) -> None:
    try:
        exhausted(body, remaining)
    except Exception:  # noqa: BLE001 - the message goes to the dead letters either way
        logger.exception("message.exhausted_unhandled")


def remaining_of(event: SQSEvent | CloudWatchEvent | None) -> Remaining:
    """From Lambda's context; ten minutes where there is none."""
    context: Any = event.context if event is not None else None

    def seconds() -> float:
        left: float = context.get_remaining_time_in_millis() / 1000
        return left

    return seconds if hasattr(context, "get_remaining_time_in_millis") else no_deadline
