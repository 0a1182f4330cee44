"""Fault 13: schedules fire twice, at once, hours late, an hour back, or not at all. The import ends the same."""

from datetime import timedelta

import pytest

from chalicelib.ingest.maintenance import inbox, resume, sweep
from chalicelib.ingest.model import RunState
from chalicelib.ingest.steps import spread
from tests.ingest.exports import export, ledger
from tests.ingest.pipeline import ImportPipeline
from tests.soak.logical import Reader, difference, written_partitions

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def several_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spread, "MAX_ROWS", 20)


def all_fire(line: ImportPipeline, times: int) -> None:
    for _ in range(times):
        for schedule in (inbox.collect, resume.resume, sweep.sweep):
            schedule(line.job())


@pytest.mark.parametrize("times", [1, 2, 5])
def test_however_often_they_fire_while_an_import_runs(line: ImportPipeline, times: int) -> None:
    line.put(export(line, *ledger(6, 3)))
    for jump in (timedelta(0), resume.STALL_AFTER + timedelta(seconds=1), HOUR - 2 * resume.STALL_AFTER, -HOUR, HOUR):
        line.now += jump
        all_fire(line, times)
        for message in line.messages()[:2]:
            line.deliver(message)
    for _ in range(3):
        line.now += resume.STALL_AFTER + timedelta(seconds=1)
        all_fire(line, times)
        line.drain()
    assert (line.newest().number, line.newest().state) == (1, RunState.PUBLISHED)
    assert len(line.entries()) == 6
    assert all(len(line.rows(entry.ref)) == 3 for entry in line.entries())


def test_afterwards_they_change_nothing(line: ImportPipeline) -> None:
    with written_partitions() as written:
        line.take_in(export(line, *ledger(6, 3)))
    before = Reader(line).everything(line, written)
    for jump in (timedelta(0), HOUR, -2 * HOUR, timedelta(days=2)):
        line.now += jump
        with written_partitions() as again:
            all_fire(line, 2)
            line.drain()
        written |= again
    assert difference(before, Reader(line).everything(line, written)) == []
