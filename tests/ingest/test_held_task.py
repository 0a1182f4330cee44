"""A held export is on the staff's list for exactly as long as it is held."""

from collections.abc import Callable
from datetime import date

import pytest

from chalicelib import settings
from chalicelib.ingest.maintenance.sweep import sweep
from chalicelib.ingest.model import ImportRun, RunState
from chalicelib.kernel.errors import ConflictError
from chalicelib.store import blobs
from chalicelib.tasks import queries as tasks
from chalicelib.tasks.kinds import HELD_EXPORT
from chalicelib.tasks.model import Task
from tests.ccx.words import BRITISH
from tests.ingest.exports import export, ledger
from tests.ingest.pipeline import ImportPipeline
from tests.ingest.test_decisions import WRONG_TOTAL, decide, held


def open_tasks(line: ImportPipeline) -> list[Task]:
    return tasks.open_tasks(line.admin)


@pytest.fixture
def run(line: ImportPipeline) -> ImportRun:
    line.take_in(export(line, *ledger(2)))
    assert open_tasks(line) == []
    return held(line)


def test_it_names_the_export_and_why_and_leads_to_the_run(line: ImportPipeline, run: ImportRun) -> None:
    (task,) = open_tasks(line)
    assert HELD_EXPORT.describe(task.detail, BRITISH) == (
        "Export 2: outstanding_amount in transactions.csv comes to £180.00, your dealer system says £1.00"
    )
    assert HELD_EXPORT.page(task) == f"/staff/imports/{run.number}"
    assert (task.account_ref, task.due) == (None, date(2024, 6, 6))


def approve(line: ImportPipeline, run: ImportRun) -> None:
    decide(line, "approve", run)


def refuse(line: ImportPipeline, run: ImportRun) -> None:
    decide(line, "refuse", run)


def overtake(line: ImportPipeline, run: ImportRun) -> None:
    line.take_in(export(line, *ledger(4), run.number + 1))


def overtake_by_undo(line: ImportPipeline, run: ImportRun) -> None:
    decide(line, "undo", line.run(run.number - 1))


def approve_too_late(line: ImportPipeline, run: ImportRun) -> None:
    """Approved after a newer one was applied, and before what was overtaken is looked for."""
    line.arrive(line.put(export(line, *ledger(4), run.number + 1)))
    line.drain(lambda waiting: [message for message in waiting if message["step"] != "finalise"])
    assert line.run(run.number).state is RunState.HELD
    with pytest.raises(ConflictError):
        decide(line, "approve", run)


def expire(line: ImportPipeline, _run: ImportRun) -> None:
    line.wait(days=6, seconds=1)
    sweep(line.job())


@pytest.mark.parametrize("end", [approve, refuse, overtake, overtake_by_undo, approve_too_late, expire])
def test_whatever_ends_that_ends_the_task(
    line: ImportPipeline, run: ImportRun, end: Callable[[ImportPipeline, ImportRun], None]
) -> None:
    end(line, run)
    assert line.run(run.number).state in {RunState.PUBLISHED, RunState.REFUSED}
    assert open_tasks(line) == []


def test_two_that_are_held_are_two_tasks(line: ImportPipeline, run: ImportRun) -> None:
    """Also where the second was put over the first in the inbox, so that both are of one upload."""
    bundle = export(line, *ledger(4), 3, files=WRONG_TOTAL)
    blobs.put(line.scope, settings.load().inbox_bucket, run.name, bundle, "application/zip")
    line.arrive(run.name, etag="another")
    line.drain()
    newer = line.newest()
    assert (newer.state, newer.upload_id) == (RunState.HELD, run.upload_id)
    assert {task.task_id for task in open_tasks(line)} == {run.task_id, newer.task_id}
    decide(line, "refuse", run)
    assert [task.task_id for task in open_tasks(line)] == [newer.task_id]


def test_the_step_that_holds_it_may_come_again(line: ImportPipeline, run: ImportRun) -> None:
    for message in [one for one in line.delivered if one["step"] == "gate"]:
        line.deliver(message)
    assert [task.task_id for task in open_tasks(line)] == [run.task_id]
    decide(line, "refuse", run)
    for message in [one for one in line.delivered if one["step"] == "gate"]:
        line.deliver(message)
    assert open_tasks(line) == []
