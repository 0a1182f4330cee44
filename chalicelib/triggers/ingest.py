"""The inbox, the import queue and the clock. `app.py` declares the triggers."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import unquote_plus

from chalice.app import CloudWatchEvent, SQSEvent

from chalicelib import services
from chalicelib.dealers.each_dealer import for_each_dealer
from chalicelib.ingest.job import Job
from chalicelib.ingest.maintenance import dead_letters, inbox, resume, sweep
from chalicelib.ingest.steps import messages
from chalicelib.ingest.steps.finalise import finalise
from chalicelib.ingest.steps.gate import gate
from chalicelib.ingest.steps.stage import stage
from chalicelib.kernel.deadline import Remaining
from chalicelib.kernel.scopes import ImportScope
from chalicelib.notifications import schedules
from chalicelib.observability import bind
from chalicelib.triggers.lambda_events import each_message, remaining_of

KEY = re.compile(r"d/(?P<dealer_id>[a-z0-9]{10})/(?P<name>inbox/.+)")


def inbox_messages(event: SQSEvent) -> dict[str, Any]:
    """Objects that have come into the inbox. Answers with the messages that failed, for SQS to deliver again."""
    return each_message(event, _arrived, exhausted=_fail_arrived)


def import_messages(event: SQSEvent) -> dict[str, Any]:
    """Steps of imports: `{"dealer_id", "step", "run", "part", "event"}`."""
    return each_message(event, _step, exhausted=_fail_step)


def collect_inbox(event: CloudWatchEvent | None = None) -> int:
    """Every hour: bundles in the inbox that no message announced, those that wait for their turn, and missing ones.

    Then the daily mails to staff.
    """
    found = _every_dealer("collect_inbox", inbox.collect, event)
    current = services.current()
    schedules.check_exports(now=current.clock(), ids=current.ids, remaining=remaining_of(event))
    schedules.send_staff_digests(now=current.clock(), ids=current.ids, remaining=remaining_of(event))
    return found


def resume_runs(event: CloudWatchEvent | None = None) -> int:
    """Every 2 minutes: parts that the queues have lost are sent again."""
    return _every_dealer("resume_runs", resume.resume, event, even_suspended=True)


def sweep_runs(event: CloudWatchEvent | None = None) -> int:
    """Every day: what nobody can read any more is deleted, by each dealer's own message: none waits for another."""
    return _every_dealer("sweep_runs", lambda job: messages.send(job, "sweep"), event)


def _job(dealer_id: str, remaining: Remaining = lambda: 600.0) -> Job:
    bind(dealer_id=dealer_id)
    current = services.current()
    return Job(ImportScope(dealer_id), current.clock, current.ids, remaining)


def _arrived(text: str, remaining: Remaining) -> None:
    for dealer_id, name, etag in _objects(text):
        inbox.arrived(_job(dealer_id, remaining), name=name, etag=etag)


def _fail_arrived(text: str, remaining: Remaining) -> None:
    for dealer_id, name, _ in _objects(text):
        dead_letters.fail_upload(_job(dealer_id, remaining), name=name)


def _objects(text: str) -> Iterator[tuple[str, str, str | None]]:
    """Dealer, name and ETag of each object in an S3 event. Its test message has none."""
    for record in json.loads(text).get("Records", ()):
        stored = record["s3"]["object"]
        match = KEY.fullmatch(unquote_plus(stored["key"]))
        if match:
            yield match["dealer_id"], match["name"], stored.get("eTag")


def _step(text: str, remaining: Remaining) -> None:
    body = json.loads(text)
    job, number = _job(body["dealer_id"], remaining), body.get("run", 0)
    match body["step"]:
        case "open":
            inbox.resume_open(job, number)
        case "stage":
            stage(job, number, body["part"])
        case "gate":
            gate(job, number)
        case "finalise":
            finalise(job, number, body.get("part", 0), body.get("event", 0), body.get("changes", 0))
        case "collect":
            inbox.start_next(job)
        case "sweep":
            sweep.sweep(job)
        case other:
            raise ValueError(f"no such step: {other!r}")


def _fail_step(text: str, remaining: Remaining) -> None:
    body = json.loads(text)
    if body["step"] == "collect":
        dead_letters.fail_turn(_job(body["dealer_id"], remaining))
    elif "run" in body:
        dead_letters.fail_step(_job(body["dealer_id"], remaining), step=body["step"], number=body["run"])


def _every_dealer(
    schedule: str, do: Callable[[Job], None], event: CloudWatchEvent | None, *, even_suspended: bool = False
) -> int:
    """How many dealers were seen to. A run that has begun goes on while its dealer is suspended, and none begins."""
    remaining = remaining_of(event)

    def work(scope: ImportScope) -> int:
        bind(schedule=schedule)
        do(_job(scope.dealer_id, remaining))
        return 1

    now = services.current().clock()
    return for_each_dealer(work, now=now, remaining=remaining, even_suspended=even_suspended)
