"""The messages between steps, by queue: whose run, which step, which part. The table alone decides what is done."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from chalicelib import settings
from chalicelib.ingest.job import Job
from chalicelib.ingest.model import ImportRun
from chalicelib.store import queues

Step = Literal["open", "stage", "gate", "finalise", "collect", "sweep"]


def send(job: Job, step: Step, **more: int) -> None:
    """Ask for a step of a run."""
    queues.send(settings.load().import_queue_url, _body(job, step, more))


def send_parts(job: Job, run: ImportRun, parts: Iterable[int]) -> None:
    """Ask for these parts of a run to be staged."""
    bodies = [_body(job, "stage", {"run": run.number, "part": part}) for part in parts]
    queues.send_many(settings.load().import_queue_url, bodies)


def _body(job: Job, step: Step, more: Mapping[str, int]) -> dict[str, Any]:
    return {"dealer_id": job.scope.dealer_id, "step": step, **more}
