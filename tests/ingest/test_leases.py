"""A run keeps its lease while it gets on, however long it takes."""

import pytest

from chalicelib.ingest import leases, repo
from chalicelib.ingest.maintenance import resume
from chalicelib.ingest.model import RunState
from chalicelib.ingest.steps import open as opening
from chalicelib.ingest.steps import stage
from tests.ingest.exports import export, ledger
from tests.ingest.pipeline import ImportPipeline, Message


def slowly(line: ImportPipeline, minutes: int) -> list[Message]:
    """Deliver one message every so many minutes, with the schedule in between; those that are left after an hour."""
    waiting = line.messages()
    begun = line.now
    while waiting and line.now - begun <= leases.LEASE_TIMEOUT:
        line.deliver(waiting.pop(0))
        line.wait(minutes=minutes)
        resume.resume(line.job())
        line.wait(seconds=1)
        waiting += line.messages()
    return waiting


def test_a_run_of_more_than_an_hour_keeps_its_lease(line: ImportPipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "choose_n", lambda **_: 32)
    line.arrive(line.put(export(line, *ledger(32, 1))))
    assert line.newest().n == 32
    slowly(line, 2)
    assert line.newest().state is RunState.STAGING
    assert not repo.lease(line.scope).is_free(line.now)


def test_a_part_that_goes_on_in_another_call_counts_as_getting_on(
    line: ImportPipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stage, "AT_ONCE", 1)
    line.arrive(line.put(export(line, *ledger(20, 1))))
    line.remaining = lambda: 10.0
    left = slowly(line, 4)
    assert line.newest().state is RunState.STAGING
    assert not repo.lease(line.scope).is_free(line.now)
    line.remaining = lambda: 600.0
    for message in left:
        line.deliver(message)
    line.drain()
    assert line.newest().state is RunState.PUBLISHED
