"""Messages come twice, late, out of order, or not at all: the same in the end."""

from datetime import timedelta
from random import Random

import pytest

from chalicelib import settings
from chalicelib.dealers import queries as dealers
from chalicelib.ingest import leases, repo
from chalicelib.ingest.maintenance import dead_letters, inbox, resume
from chalicelib.ingest.model import RunFilter, RunState
from chalicelib.ingest.steps import spread
from chalicelib.store import blobs
from tests.fixtures.calls import consistencies
from tests.ingest.exports import export, ledger
from tests.ingest.pipeline import ImportPipeline, Message


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several parts for the larger ledgers of these tests."""
    monkeypatch.setattr(spread, "MAX_ROWS", 40)


def test_an_export_is_spread_over_parts_and_comes_together_again(line: ImportPipeline) -> None:
    run = line.take_in(export(line, *ledger(8)))
    assert run.n is not None
    assert run.n >= 4
    assert dealers.published(line.scope, fresh=True).shards == (run.number,) * run.n
    assert len(line.entries()) == 8
    assert all(len(line.rows(entry.ref)) == 10 for entry in line.entries())


def test_parts_double_without_losing_an_account(line: ImportPipeline) -> None:
    line.take_in(export(line, *ledger(2)))
    assert dealers.published(line.scope, fresh=True).n == 1
    line.take_in(export(line, *ledger(9), 2))
    assert dealers.published(line.scope, fresh=True).n >= 4
    assert [entry.ref for entry in sorted(line.entries())] == [str(1000 + n) for n in range(9)]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_messages_may_come_twice_and_in_any_order(line: ImportPipeline, seed: int) -> None:
    random = Random(seed)

    def disorder(messages: list[Message]) -> list[Message]:
        twice = [*messages, *messages, *line.delivered[-6:]]
        random.shuffle(twice)
        return twice

    name = line.put(export(line, *ledger(8)))
    line.arrive(name)
    line.arrive(name)
    for _ in range(12):
        for message in disorder(line.messages()):
            line.deliver(message)
    assert [run.state for run in repo.newest_runs(line.scope)] == [RunState.PUBLISHED]
    assert len(line.entries()) == 8
    assert dealers.published(line.scope, fresh=True).generation == 1


def test_the_same_export_again_has_no_effect_under_any_name(line: ImportPipeline) -> None:
    bundle = export(line, *ledger())
    first = line.take_in(bundle)
    again = line.put(bundle)
    line.arrive(again)
    line.drain()
    assert line.newest().number == first.number
    upload = repo.upload(line.scope, again.split("/")[1])
    assert upload is not None
    assert (upload.state, upload.run) == ("same", first.number)


def test_an_unchanged_export_writes_nothing_but_its_run(line: ImportPipeline) -> None:
    first = line.take_in(export(line, *ledger(8)))
    second = line.take_in(export(line, *ledger(8), 2))
    assert second.state is RunState.PUBLISHED
    assert set(dealers.published(line.scope, fresh=True).shards) == {first.number}
    assert {entry.head_run for entry in line.entries()} == {first.number}
    summary = second.summary
    assert summary is not None
    assert [(f.rows, f.unchanged) for f in summary.files] == [(8, 8), (80, 80)]
    assert all(total.agrees for total in summary.totals)


def test_one_changed_row_writes_its_account_alone(line: ImportPipeline) -> None:
    customers, rows = ledger(8)
    first = line.take_in(export(line, customers, rows))
    rows[0]["total_amount"] = "2.00"
    second = line.take_in(export(line, customers, rows, 2))
    assert [e.ref for e in line.entries() if e.head_run == second.number] == ["1000"]
    shards = dealers.published(line.scope, fresh=True).shards
    assert (shards.count(second.number), shards.count(first.number)) == (1, len(shards) - 1)


def test_exports_that_arrive_together_are_read_one_by_one_in_their_order(line: ImportPipeline) -> None:
    names = [line.put(export(line, *ledger(n + 1), n)) for n in (1, 2, 3)]
    line.arrive(names[2])
    line.arrive(names[0])
    line.arrive(names[1])
    line.drain()
    with consistencies() as reads:
        runs = repo.newest_runs(line.scope)
    assert reads == [True]
    assert [(run.manifest.sequence if run.manifest else 0, run.state.value, run.code) for run in reversed(runs)] == [
        (3, "published", None),
        (1, "refused", "B025_SEQUENCE"),
        (2, "refused", "B025_SEQUENCE"),
    ]
    assert repo.newest_runs(line.scope, only=RunFilter(RunState.REFUSED)) == runs[:2]
    assert repo.newest_runs(line.scope, only=RunFilter(RunState.PUBLISHED)) == runs[2:]
    assert repo.newest_runs(line.scope, below=3, above=1) == runs[1:2]


def test_what_waits_is_taken_by_sequence(line: ImportPipeline) -> None:
    first = line.put(export(line, *ledger(1), 1))
    line.arrive(first)  # takes the lease
    for n in (3, 2):
        line.arrive(line.put(export(line, *ledger(n), n)))
    line.drain()
    runs = repo.newest_runs(line.scope)
    assert [(run.manifest.sequence if run.manifest else 0, run.state.value) for run in reversed(runs)] == [
        (1, "published"),
        (2, "published"),
        (3, "published"),
    ]


def test_a_late_part_of_an_ended_run_has_no_effect(line: ImportPipeline) -> None:
    line.arrive(line.put(export(line, *ledger(8))))
    late = line.messages()
    line.wait(hours=2)
    line.take_in(export(line, *ledger(9), 2))
    before = line.picture()
    for message in late:
        line.deliver(message)
    line.drain()
    assert line.picture() == before
    assert line.run(1).state is RunState.FAILED
    assert line.run(1).code == "F501_STALLED"


def test_a_stalled_run_is_failed_by_whoever_takes_its_lease_in_one_transaction(line: ImportPipeline) -> None:
    line.arrive(line.put(export(line, *ledger(1), 1)))
    line.messages()  # lost
    line.wait(seconds=leases.LEASE_TIMEOUT.total_seconds() + 1)
    line.arrive(line.put(export(line, *ledger(2), 2)))
    line.drain()
    assert [run.state.value for run in repo.newest_runs(line.scope)] == ["published", "failed"]


def test_lost_messages_are_sent_again_by_the_schedule(line: ImportPipeline) -> None:
    line.arrive(line.put(export(line, *ledger(8))))
    line.deliver(line.messages()[0])  # one part is done, the others are lost
    line.wait(seconds=179)
    resume.resume(line.job())
    assert line.messages() == []  # not yet
    line.wait(seconds=2)
    resume.resume(line.job())
    assert len([m for m in line.messages() if m["step"] == "stage"]) == len(line.newest().parts) - 1
    line.wait(seconds=resume.STALL_AFTER.total_seconds() + 1)
    resume.resume(line.job())
    line.drain()
    assert line.newest().state is RunState.PUBLISHED


def test_a_lost_gate_and_a_lost_settle_are_sent_again(line: ImportPipeline) -> None:
    line.arrive(line.put(export(line, *ledger(2))))
    line.deliver(line.messages()[0])
    line.messages()  # the gate is lost
    line.wait(seconds=resume.STALL_AFTER.total_seconds() + 1)
    resume.resume(line.job())
    line.deliver(line.messages()[0])
    line.messages()  # finalise and collect are lost
    assert line.newest().state is RunState.PUBLISHED
    assert repo.lease(line.scope).finalising == {1}
    line.wait(seconds=resume.STALL_AFTER.total_seconds() + 1)
    resume.resume(line.job())
    line.drain()
    assert line.newest().finalised_at is not None
    assert repo.lease(line.scope).finalising == frozenset()


def test_a_run_that_stays_silent_is_failed_by_the_schedule(line: ImportPipeline) -> None:
    line.arrive(line.put(export(line, *ledger(2))))
    for _ in range(30):
        line.messages()
        line.wait(minutes=4)
        resume.resume(line.job())
    assert line.newest().state is RunState.FAILED
    assert repo.lease(line.scope).run is None


def test_a_message_that_fails_every_time_fails_the_run_and_the_next_export_goes_on(line: ImportPipeline) -> None:
    line.arrive(line.put(export(line, *ledger(2))))
    stuck = line.messages()[0]
    line.arrive(line.put(export(line, *ledger(3), 2)))
    dead_letters.fail_step(line.job(), step=stuck["step"], number=stuck["run"])
    line.drain()
    runs = repo.newest_runs(line.scope)
    assert [(run.state.value, run.code) for run in runs] == [("published", None), ("failed", "F502_CANNOT_READ")]
    dead_letters.fail_step(line.job(), step=stuck["step"], number=stuck["run"])  # redriven days later
    line.deliver(stuck)
    assert len(line.entries()) == 3


def test_the_schedule_finds_what_no_message_told_of(line: ImportPipeline) -> None:
    line.put(export(line, *ledger(2)))
    inbox.collect(line.job())
    line.drain()
    assert line.newest().state is RunState.PUBLISHED
    inbox.collect(line.job())
    line.drain()
    assert line.newest().number == 1


def test_an_object_by_another_name_is_not_looked_at(line: ImportPipeline) -> None:
    blobs.put(line.scope, settings.load().inbox_bucket, "inbox/elsewhere/a.zip", b"PK", "application/zip")
    line.arrive("inbox/elsewhere/a.zip")
    inbox.collect(line.job())
    assert repo.newest_runs(line.scope) == []


def test_a_bundle_that_waits_for_a_day_is_late(line: ImportPipeline) -> None:
    line.arrive(line.put(export(line, *ledger(2))))
    line.arrive(line.put(export(line, *ledger(2), 2)))
    waiting = repo.waiting_uploads(line.scope)[0]
    assert not waiting.late(line.now)
    assert waiting.late(line.now + timedelta(hours=25))


def test_a_part_that_runs_out_of_time_goes_on_where_it_stopped(
    line: ImportPipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spread, "MAX_ROWS", 20_000)
    line.remaining = lambda: 10.0
    line.take_in(export(line, *ledger(8)))
    assert [m["step"] for m in line.delivered].count("stage") == 8
    assert line.newest().state is RunState.PUBLISHED
    assert all(len(line.rows(entry.ref)) == 10 for entry in line.entries())
