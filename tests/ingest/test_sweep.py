"""What nobody can read any more is deleted, and only that; and what an undone run had reported is reported again."""

from typing import Any

import pytest
from chalice.app import CloudWatchEvent

from chalicelib import settings
from chalicelib.dealers import each_dealer
from chalicelib.dealers import queries as dealers
from chalicelib.dealers.model import DealerEntry
from chalicelib.ingest import operations, repo
from chalicelib.ingest.maintenance import resume, sweep
from chalicelib.store import blobs
from chalicelib.store.events import EventRecord, events_pk
from chalicelib.store.roles import assume_scope
from chalicelib.triggers import ingest
from tests.bundles import PDF, document, transaction
from tests.ingest.exports import export, ledger
from tests.ingest.pipeline import ImportPipeline

OTHER = PDF + b"% another\n"


def files(line: ImportPipeline, prefix: str) -> list[str]:
    return blobs.list_names(line.scope, settings.load().files_bucket, prefix)


def test_a_document_that_was_replaced_goes_with_the_head_that_named_it(line: ImportPipeline) -> None:
    customers, rows = ledger(1)
    kept = document("1000", "d2")
    line.take_in(export(line, customers, rows, documents=[document("1000", "d1"), kept]))
    other = {"documents": [document("1000", "d1", OTHER), kept], "contents": {"d1": OTHER}}
    line.take_in(export(line, customers, rows, 2, **other))
    line.wait(days=6)
    sweep.sweep(line.job())
    assert "documents/1/1000/d1.pdf" in files(line, "documents/")
    line.wait(days=2)
    sweep.sweep(line.job())
    head = line.head("1000")
    assert head is not None
    named = {f"documents/{entry.run}/1000/{entry.id}.pdf" for entry in head.documents}
    assert "documents/1/1000/d1.pdf" not in files(line, "documents/")
    assert named <= set(files(line, "documents/"))


def test_a_published_run_leaves_its_reports_alone(line: ImportPipeline) -> None:
    line.take_in(export(line, *ledger(2)))
    before = line.picture()
    line.wait(days=8)
    sweep.sweep(line.job())
    assert files(line, "runs/1/")
    assert all(
        name.startswith(("runs/1/rejects", "runs/1/touched", "runs/1/warnings")) for name in files(line, "runs/1/")
    )
    assert repo.parts(line.scope, 1) == {}
    assert line.run(1).swept_at is not None
    assert line.picture() == before


def test_every_run_is_swept_however_many_came_since(line: ImportPipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "MAX_RUNS", 1)
    for n in (1, 2):
        line.take_in(export(line, *ledger(n), n))
    line.wait(days=8)
    sweep.sweep(line.job())
    assert [line.run(n).swept_at for n in (1, 2)] == [line.now, line.now]


def test_an_undone_runs_news_is_told_by_the_next(line: ImportPipeline) -> None:
    customers, rows = ledger(1)
    line.take_in(export(line, customers, rows))
    rows.append(transaction("1000", "news", "7.00"))
    undone = line.take_in(export(line, customers, rows, 2))
    operations.undo_run(line.admin, number=undone.number, now=line.now, ids=line.ids)
    line.take_in(export(line, customers, rows, 3))
    assert [events(line, run) for run in (1, 2, 3)] == [[], ["news"], ["news"]]
    line.wait(days=8)
    sweep.sweep(line.job())
    assert dealers.published(line.scope, fresh=True).skipped == frozenset()
    assert [events(line, run) for run in (1, 2, 3)] == [[], [], ["news"]]


def events(line: ImportPipeline, run: int) -> list[str]:
    with assume_scope(line.scope):
        return [record.sk.rpartition("#")[2] for record in EventRecord.query(events_pk(line.scope, run))]


def test_the_schedule_asks_for_each_dealers_sweep(line: ImportPipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    only(line, monkeypatch)
    line.take_in(export(line, *ledger(1)))
    line.wait(days=8)
    assert ingest.sweep_runs() == 1
    line.drain()
    assert line.run(1).swept_at == line.now


def test_a_schedule_knows_how_much_time_it_has(line: ImportPipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bool] = []
    only(line, monkeypatch)
    monkeypatch.setattr(resume, "resume", lambda job: seen.append(job.short_of_time))
    for left in (5_000, 29_000, 31_000):
        context: Any = Context(left)
        ingest.resume_runs(CloudWatchEvent(EVENT, context))
    assert seen == [False]


EVENT: dict[str, Any] = dict.fromkeys(
    ("version", "account", "region", "detail", "detail-type", "source", "time", "id", "resources")
)


class Context:
    def __init__(self, left: int) -> None:
        self._left = left

    def get_remaining_time_in_millis(self) -> int:
        return self._left


def only(line: ImportPipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if there were no other dealers in the world of these tests."""
    entry = DealerEntry(line.scope.dealer_id, "moorbeck", "MOORBECK", "Moorbeck Machinery")
    monkeypatch.setattr(each_dealer, "all_dealers", lambda _: [entry])
