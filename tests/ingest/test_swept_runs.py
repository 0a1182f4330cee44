"""What is left after a week, and what goes."""

from chalicelib import settings
from chalicelib.dealers import queries as dealers
from chalicelib.ingest import operations
from chalicelib.ingest.maintenance import sweep
from chalicelib.ingest.model import RunState
from chalicelib.store import blobs
from tests.bundles import document
from tests.ingest.exports import export, ledger
from tests.ingest.pipeline import ImportPipeline
from tests.ingest.test_decisions import held


def keys(line: ImportPipeline) -> list[str]:
    client = line.world.root("dynamodb")
    pages = client.get_paginator("scan").paginate(TableName=line.world.settings.table_name)
    home = f"D#{line.scope.dealer_id}#"
    found = [(item["pk"]["S"].removeprefix(home), item["sk"]["S"]) for page in pages for item in page["Items"]]
    return sorted(f"{pk} {sk}" for pk, sk in found if pk.startswith(("A#", "DIRECTORY")))


def objects(line: ImportPipeline) -> list[str]:
    return blobs.list_names(line.scope, settings.load().files_bucket)


def a_week_later(line: ImportPipeline, days: float = 7.5) -> None:
    line.wait(days=days)
    sweep.sweep(line.job())


def test_nothing_of_a_dead_run_is_left_and_its_number_is_forgotten(line: ImportPipeline) -> None:
    line.take_in(export(line, *ledger(2)))
    before = keys(line)
    run = held(line)
    operations.refuse_run(line.admin, number=run.number, now=line.now, ids=line.ids)
    line.drain()
    line.take_in(export(line, *ledger(2), 3))
    assert dealers.published(line.scope, fresh=True).skipped == {run.number}
    assert any(key.endswith("0000000002") for key in keys(line))
    a_week_later(line)
    assert keys(line) == before
    assert not [name for name in objects(line) if name.startswith(f"runs/{run.number}/")]
    assert dealers.published(line.scope, fresh=True).skipped == frozenset()
    assert line.run(run.number).swept_at is not None


def test_an_undone_run_is_swept_a_week_after_it_was_undone(line: ImportPipeline) -> None:
    line.take_in(export(line, *ledger(2)))
    before, picture = keys(line), line.picture()
    second = line.take_in(export(line, *ledger(3), 2))
    line.wait(days=5)
    operations.undo_run(line.admin, number=second.number, now=line.now, ids=line.ids)
    a_week_later(line, 6)
    assert keys(line) != before
    a_week_later(line, 1.5)
    assert keys(line) == before
    assert line.picture() == picture


def test_what_a_published_run_replaced_goes_with_its_documents(line: ImportPipeline) -> None:
    customers, rows = ledger(2)
    line.take_in(export(line, customers, rows, documents=[document("1000", "d1"), document("1001", "d2")]))
    other = b"%PDF-1.4 another"
    rows[0]["description"] = "changed"
    line.take_in(export(line, customers, rows, 2, documents=[document("1000", "d1", other)], contents={"d1": other}))
    picture = line.picture()
    line.wait(days=6.5)
    sweep.sweep(line.job())
    assert sum("A#1000 HEAD#" in key for key in keys(line)) == 2
    a_week_later(line, 1)
    assert line.picture() == picture
    assert [key for key in keys(line) if key.startswith("A#1000 HEAD#")] == ["A#1000 HEAD#0000000002"]
    assert [key for key in keys(line) if key.startswith("A#1001 HEAD#")] == ["A#1001 HEAD#0000000001"]
    assert [key for key in keys(line) if key.startswith("DIRECTORY") and "#" in key] == ["DIRECTORY 1.0#2"]
    documents = [name for name in objects(line) if name.startswith("documents/")]
    assert documents == ["documents/1/1001/d2.pdf", "documents/2/1000/d1.pdf"]


def test_an_undo_on_the_sixth_day_finds_everything_there(line: ImportPipeline) -> None:
    line.take_in(export(line, *ledger(2)))
    picture = line.picture()
    line.wait(days=10)
    second = line.take_in(export(line, *ledger(3), 2))
    line.wait(days=5.9)
    sweep.sweep(line.job())
    operations.undo_run(line.admin, number=second.number, now=line.now, ids=line.ids)
    assert line.picture() == picture


def test_a_held_run_that_nobody_decides_on_is_refused_and_later_swept(line: ImportPipeline) -> None:
    line.take_in(export(line, *ledger(2)))
    before = keys(line)
    run = held(line)
    a_week_later(line, 6.5)
    assert (line.run(run.number).state, line.run(run.number).code) == (RunState.REFUSED, "F505_NOT_DECIDED")
    a_week_later(line)
    assert keys(line) == before


def test_a_sweep_that_runs_short_of_time_goes_on_another_day(line: ImportPipeline) -> None:
    line.take_in(export(line, *ledger(2)))
    line.remaining = lambda: 5.0
    a_week_later(line)
    assert line.run(1).swept_at is None
    line.remaining = lambda: 500.0
    sweep.sweep(line.job())
    assert line.run(1).swept_at is not None
