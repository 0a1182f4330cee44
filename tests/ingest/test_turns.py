"""Whose turn it is: each bundle answers for itself alone."""

from typing import Any

import pytest

from chalicelib.ingest import failures, leases, repo
from chalicelib.ingest.job import Job
from chalicelib.ingest.maintenance import dead_letters, inbox
from chalicelib.ingest.model import ImportRun, RunState, Upload, UploadState
from chalicelib.ingest.steps import open as opening
from tests.ingest.exports import export, ledger
from tests.ingest.pipeline import ImportPipeline
from tests.ingest.test_bad_bundles import two_percent_bad


def upload_of(line: ImportPipeline, name: str) -> Upload:
    found = repo.upload(line.scope, name.split("/")[1])
    assert found is not None
    return found


def jam(monkeypatch: pytest.MonkeyPatch, sequence: int) -> None:
    """The bundle of this sequence can never be begun, which nobody foresaw."""
    begin = opening.begin

    def jammed(job: Job, upload: Upload) -> ImportRun | None:
        if upload.sequence == sequence:
            raise RuntimeError("jammed")
        return begin(job, upload)

    monkeypatch.setattr(opening, "begin", jammed)


def test_a_bundle_in_the_way_does_not_harm_the_one_that_arrives(
    line: ImportPipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    line.take_in(export(line, *ledger(1), 1))
    jam(monkeypatch, 2)
    first, second = (line.put(export(line, *ledger(n), n)) for n in (2, 3))
    line.arrive(first)
    line.arrive(second)
    dead_letters.fail_upload(line.job(), name=second)
    assert [upload_of(line, name).state for name in (first, second)] == ["waiting", "waiting"]
    assert {message["step"] for message in line.messages()} == {"collect"}
    dead_letters.fail_turn(line.job())  # after five attempts
    line.drain()
    runs = [(run.state.value, run.code) for run in repo.newest_runs(line.scope)]
    assert runs[:2] == [("published", None), ("refused", "F502_CANNOT_READ")]
    assert upload_of(line, second).run == line.newest().number


def test_nobody_is_given_up_while_another_is_read(line: ImportPipeline) -> None:
    for n in (1, 2):
        line.arrive(line.put(export(line, *ledger(n), n)))
    dead_letters.fail_turn(line.job())
    line.drain()
    assert [run.state.value for run in repo.newest_runs(line.scope)] == ["published", "published"]


def test_the_news_of_a_bundle_that_is_well_staged_or_held_ends_nothing(line: ImportPipeline) -> None:
    name = line.put(export(line, *ledger(50, 10)))
    line.arrive(name)
    dead_letters.fail_upload(line.job(), name=name)
    line.drain()
    assert line.newest().state is RunState.PUBLISHED
    name = line.put(two_percent_bad(line))
    line.arrive(name)
    line.drain()
    dead_letters.fail_upload(line.job(), name=name)
    dead_letters.fail_step(line.job(), step="gate", number=2)
    assert line.newest().state is RunState.HELD


def test_a_run_that_could_not_be_spread_fails_with_its_news(
    line: ImportPipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: Any) -> None:
        raise RuntimeError("dies")

    monkeypatch.setattr(opening, "unpack", dies)
    name = line.put(export(line, *ledger(1)))
    line.arrive(name)
    with pytest.raises(RuntimeError):
        line.arrive(name)
    dead_letters.fail_upload(line.job(), name=name)
    assert (line.newest().state, line.newest().code) == (RunState.FAILED, "F502_CANNOT_READ")
    assert repo.lease(line.scope).run is None


def test_an_old_bundle_has_its_turn_however_many_came_since(line: ImportPipeline) -> None:
    line.arrive(line.put(export(line, *ledger(1))))
    line.arrive(line.put(export(line, *ledger(2), 2)))
    line.wait(seconds=1)
    for _ in range(3):
        ids, state = [line.ids.ulid(line.now) for _ in range(40)], UploadState.LOST
        some = [Upload(upload_id, "inbox/x/y.zip", line.now, "inbox", state) for upload_id in ids]
        repo.commit(line.scope, [repo.write_upload(line.scope, upload) for upload in some])
    leases.end(line.job(), 1, RunState.FAILED, failures.POISON)
    inbox.collect(line.job())
    line.drain()
    assert len(line.entries()) == 2
