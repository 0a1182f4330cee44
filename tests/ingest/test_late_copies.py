"""A copy of a message stalls, the run ends without it, and then it goes on."""

import json
from collections.abc import Iterable

import pytest

from chalicelib import settings
from chalicelib.ingest import names, operations, repo
from chalicelib.ingest.job import Job
from chalicelib.ingest.model import ImportRun, RunState
from chalicelib.ingest.steps import finalise, messages, part_format, publish, spread, stage
from chalicelib.store import blobs
from chalicelib.store.events import EventRecord, events_pk
from chalicelib.store.roles import assume_scope
from tests.bundles import transaction
from tests.ingest.exports import export, ledger
from tests.ingest.pipeline import ImportPipeline, Message


def stall_once(line: ImportPipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next copy that is delivered goes on only when all others are done: then it reads its rows."""
    read, stalled = part_format.read_part, list[bool]()

    def stalling(chunks: Iterable[bytes]) -> dict[str, dict[str, list[part_format.Line]]]:
        if not stalled:
            stalled.append(True)
            line.drain()
        return read(chunks)

    monkeypatch.setattr(stage, "read_part", stalling)


def test_a_copy_that_finds_the_rows_deleted_empties_nothing(
    line: ImportPipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spread, "MAX_ROWS", 40)
    line.arrive(line.put(export(line, *ledger(8))))
    copies = line.messages()
    for message in copies[1:]:
        line.deliver(message)
    send_again(line, copies[0])
    stall_once(line, monkeypatch)
    line.deliver(copies[0])
    assert line.newest().state is RunState.PUBLISHED
    assert len(line.entries()) == 8


def send_again(line: ImportPipeline, message: Message) -> None:
    messages.send(line.job(), "stage", run=message["run"], part=message["part"])


def test_the_list_of_changed_accounts_stays_whole(line: ImportPipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    customers, rows = ledger(2)
    line.take_in(export(line, customers, rows))
    rows[0]["total_amount"] = "9.00"
    line.arrive(line.put(export(line, customers, rows, 2)))
    copy = line.messages()[0]
    send_again(line, copy)
    stall_once(line, monkeypatch)
    line.deliver(copy)
    listed = blobs.get(line.scope, settings.load().files_bucket, names.changed(2, 0))
    assert json.loads(listed) == {"1000": 1}, "what an undo will sweep"


def held(line: ImportPipeline) -> ImportRun:
    """A run that waits for a decision because of its control total, and brings an invoice."""
    customers, rows = ledger(2)
    line.take_in(export(line, customers, rows))
    rows.append(transaction("1000", "news", "7.00"))
    totals = {"transactions": {"totals": {"total_amount": {"GBP": "1.00"}}}}
    line.arrive(line.put(export(line, customers, rows, 2, files=totals)))
    return line.newest()


def events(line: ImportPipeline, run: int) -> list[str]:
    with assume_scope(line.scope):
        return [record.sk for record in EventRecord.query(events_pk(line.scope, run))]


def test_what_follows_from_a_run_follows_also_when_it_is_approved(line: ImportPipeline) -> None:
    run = held(line)
    line.drain()
    assert line.newest().state is RunState.HELD
    assert line.newest().finalised_at is not None
    operations.approve_run(line.admin, number=run.number, now=line.now, ids=line.ids)
    assert line.newest().finalised_at is None
    line.drain()
    assert [sk.rpartition("#")[2] for sk in events(line, run.number)] == ["news"]
    assert line.newest().finalised_at is not None
    assert repo.lease(line.scope).finalising == frozenset()


def test_an_approval_while_the_held_run_is_finalised_is_not_lost(
    line: ImportPipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = held(line)
    refuse = publish.refuse_overtaken

    def approving(job: Job) -> None:
        refuse(job)
        if line.newest().state is RunState.HELD:
            operations.approve_run(line.admin, number=run.number, now=line.now, ids=line.ids)
            assert line.messages()  # they are lost

    monkeypatch.setattr(finalise, "refuse_overtaken", approving)
    line.drain()
    assert (line.newest().state, line.newest().finalised_at) == (RunState.PUBLISHED, None)
    assert repo.lease(line.scope).finalising == {run.number}
