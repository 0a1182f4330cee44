"""The inbox, the import queue and the clock. `app.py` declares the triggers."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import unquote_plus

from chalice.app import CloudWatchEvent, SQSEvent

from chalicelib import services
from chalicelib.dealers import queries as dealers
from chalicelib.ingest.job import Job
from chalicelib.ingest.maintenance import dead_letters, inbox, resume, sweep
from chalicelib.ingest.steps import messages
from chalicelib.ingest.steps.finalise import finalise
from chalicelib.ingest.steps.gate import gate
from chalicelib.ingest.steps.stage import stage
from chalicelib.kernel.scopes import ImportScope, OperatorScope
from chalicelib.observability import bind, logger

ATTEMPTS = 5
"""The queues' maxReceiveCount."""
KEY = re.compile(r"d/(?P<dealer_id>[a-z0-9]{10})/(?P<name>inbox/.+)")


def inbox_messages(event: SQSEvent) -> dict[str, Any]:
    """Objects that have come into the inbox. Answers with the messages that failed, for SQS to deliver again."""
    return _each(event, _arrived, _bury_arrived)


def import_messages(event: SQSEvent) -> dict[str, Any]:
    """Steps of imports: `{"dealer_id", "step", "run", "part", "event"}`."""
    return _each(event, _step, _bury_step)


def collect_inbox(event: CloudWatchEvent | None = None) -> int:
    """Every 5 minutes: bundles in the inbox of which no message told, and those that wait for their turn."""
    return _every_dealer("collect_inbox", inbox.collect, event)


def resume_runs(event: CloudWatchEvent | None = None) -> int:
    """Every 2 minutes: parts that the queues have lost are sent again."""
    return _every_dealer("resume_runs", resume.resume, event)


def sweep_runs(event: CloudWatchEvent | None = None) -> int:
    """Every day: what nobody can read any more is deleted, by each dealer's own message: none waits for another."""
    return _every_dealer("sweep_runs", lambda job: messages.send(job, "sweep"), event)


Handle = Callable[[dict[str, Any], Callable[[], float]], None]


def _each(event: SQSEvent, handle: Handle, bury: Handle) -> dict[str, Any]:
    failed = []
    remaining = _remaining(event)
    for record in event:
        raw = record.to_dict()
        bind(message_id=raw["messageId"])
        try:
            handle(json.loads(record.body), remaining)
        except Exception:  # noqa: BLE001 - the other messages of the batch go on
            logger.exception("import.message_failed")
            failed.append({"itemIdentifier": raw["messageId"]})
            if int(raw.get("attributes", {}).get("ApproximateReceiveCount", 1)) >= ATTEMPTS:
                _bury(record.body, bury, remaining)
    return {"batchItemFailures": failed}


def _bury(body: str, bury: Handle, remaining: Callable[[], float]) -> None:
    """After the last attempt the message goes to the dead letters and stays there; its run must not wait for it."""
    try:
        bury(json.loads(body), remaining)
    except Exception:  # noqa: BLE001 - the schedule fails the run later
        logger.exception("import.not_buried")


def _remaining(event: SQSEvent | CloudWatchEvent | None) -> Callable[[], float]:
    context: Any = event.context if event is not None else None

    def seconds() -> float:
        left: float = context.get_remaining_time_in_millis() / 1000
        return left

    return seconds if hasattr(context, "get_remaining_time_in_millis") else lambda: 600.0


def _job(dealer_id: str, remaining: Callable[[], float] = lambda: 600.0) -> Job:
    bind(dealer_id=dealer_id)
    current = services.current()
    return Job(ImportScope(dealer_id), current.clock, current.ids, remaining)


def _arrived(body: dict[str, Any], remaining: Callable[[], float]) -> None:
    for dealer_id, name, etag in _objects(body):
        inbox.arrived(_job(dealer_id, remaining), name=name, etag=etag)


def _bury_arrived(body: dict[str, Any], remaining: Callable[[], float]) -> None:
    for dealer_id, name, _ in _objects(body):
        dead_letters.fail_upload(_job(dealer_id, remaining), name=name)


def _objects(body: dict[str, Any]) -> Iterator[tuple[str, str, str | None]]:
    """Dealer, name and ETag of each object in an S3 event. Its test message has none."""
    for record in body.get("Records", ()):
        stored = record["s3"]["object"]
        match = KEY.fullmatch(unquote_plus(stored["key"]))
        if match:
            yield match["dealer_id"], match["name"], stored.get("eTag")


def _step(body: dict[str, Any], remaining: Callable[[], float]) -> None:
    job, number = _job(body["dealer_id"], remaining), body.get("run", 0)
    match body["step"]:
        case "open":
            inbox.resume_open(job, number)
        case "stage":
            stage(job, number, body["part"])
        case "gate":
            gate(job, number)
        case "finalise":
            finalise(job, number, body.get("part", 0), body.get("event", 0))
        case "collect":
            inbox.start_next(job)
        case "sweep":
            sweep.sweep(job)
        case other:
            raise ValueError(f"no such step: {other!r}")


def _bury_step(body: dict[str, Any], remaining: Callable[[], float]) -> None:
    if body["step"] == "collect":
        dead_letters.fail_turn(_job(body["dealer_id"], remaining))
    elif "run" in body:
        dead_letters.fail_step(_job(body["dealer_id"], remaining), step=body["step"], number=body["run"])


def _every_dealer(schedule: str, do: Callable[[Job], None], event: CloudWatchEvent | None) -> int:
    """How many dealers were seen to. One that fails does not keep the others waiting."""
    done, remaining = 0, _remaining(event)
    for dealer in dealers.all_dealers(OperatorScope(schedule)):
        bind(schedule=schedule)
        try:
            do(_job(dealer.dealer_id, remaining))
            done += 1
        except Exception:  # noqa: BLE001 - the other dealers are seen to
            logger.exception("import.schedule_failed")
    return done
