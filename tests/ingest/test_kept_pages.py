"""A changed account's head names the pages of earlier runs whose rows are the same: they live as long as it does."""

import json
from typing import Any

import pytest

from chalicelib import settings
from chalicelib.dealers import queries as dealers
from chalicelib.ingest import names, operations
from chalicelib.ingest.maintenance import sweep
from chalicelib.ingest.model import ImportRun
from chalicelib.store import blobs
from tests.bundles import transaction
from tests.ingest.exports import export, ledger
from tests.ingest.pipeline import ImportPipeline
from tests.ingest.test_swept_runs import keys


def an_export(line: ImportPipeline, sequence: int, paid: str = "5.00", amount: str = "5.00", **more: Any) -> bytes:
    """An account with a settled row in each of two years and some open ones, of which the first has this amount."""
    customers, rows = ledger(1)
    rows[0]["total_amount"] = rows[0]["outstanding_amount"] = amount
    rows += [
        transaction(
            "1000", "s23", paid, transaction_date="2023-03-03", outstanding_amount="0.00", settled_date="2023-04-04"
        ),
        transaction(
            "1000", "s22", "6.00", transaction_date="2022-03-03", outstanding_amount="0.00", settled_date="2022-04-04"
        ),
    ]
    return export(line, customers, rows, sequence, **more)


def pages(line: ImportPipeline) -> list[str]:
    head = line.head("1000")
    assert head is not None
    return sorted(head.page_keys)


def stored(line: ImportPipeline) -> list[str]:
    """The pages of the account in the table."""
    return [sk for pk, sk in (key.split(" ") for key in keys(line)) if pk == "A#1000" and sk.startswith("L#")]


def a_week_passes(line: ImportPipeline) -> None:
    line.wait(days=8)
    sweep.sweep(line.job())


def test_only_years_whose_rows_changed_are_written(line: ImportPipeline) -> None:
    line.take_in(an_export(line, 1))
    line.take_in(an_export(line, 2, amount="9.00"))
    assert pages(line) == ["L#2022#0000000001", "L#2023#0000000001"]
    line.take_in(an_export(line, 3, paid="7.00", amount="9.00"))
    assert pages(line) == ["L#2022#0000000001", "L#2023#0000000003"]
    assert stored(line) == ["L#2022#0000000001", "L#2023#0000000001", "L#2023#0000000003"]


def test_a_page_stays_while_a_head_names_it(line: ImportPipeline) -> None:
    for sequence, amounts in enumerate(
        [{}, {"amount": "9.00"}, {"paid": "7.00"}, {"paid": "7.00", "amount": "8.00"}], 1
    ):
        line.take_in(an_export(line, sequence, **amounts))
        picture = line.picture()
        a_week_passes(line)
        assert line.picture() == picture
        assert stored(line) == pages(line)
    assert pages(line) == ["L#2022#0000000001", "L#2023#0000000003"]


def test_undo_finds_the_pages_that_the_undone_run_had_not_kept(line: ImportPipeline) -> None:
    line.take_in(an_export(line, 1))
    picture = line.picture()
    undone = line.take_in(an_export(line, 2, paid="7.00"))
    line.wait(days=5)
    sweep.sweep(line.job())
    operations.undo_run(line.admin, number=undone.number, now=line.now, ids=line.ids)
    assert line.picture() == picture
    a_week_passes(line)
    assert line.picture() == picture
    assert stored(line) == ["L#2022#0000000001", "L#2023#0000000001"]


def test_no_head_names_a_page_of_a_run_that_is_skipped(line: ImportPipeline) -> None:
    line.take_in(an_export(line, 1))
    undone = line.take_in(an_export(line, 2, paid="7.00"))
    operations.undo_run(line.admin, number=undone.number, now=line.now, ids=line.ids)
    line.take_in(an_export(line, 3, paid="7.00", amount="9.00"))
    assert dealers.published(line.scope, fresh=True).skipped == {2}
    assert pages(line) == ["L#2022#0000000001", "L#2023#0000000003"]
    picture = line.picture()
    a_week_passes(line)
    assert line.picture() == picture


@pytest.fixture
def many(line: ImportPipeline, monkeypatch: pytest.MonkeyPatch) -> ImportRun:
    """A run that changed five accounts, a week ago, and a sweeper that looks at the clock after two."""
    monkeypatch.setattr(sweep, "MAX_ACCOUNTS", 2)
    customers, rows = ledger(5)
    line.take_in(export(line, customers, rows))
    for row in rows:
        row["description"] = "changed"
    run = line.take_in(export(line, customers, rows, 2))
    line.wait(days=8)
    return run


def left(line: ImportPipeline, run: ImportRun) -> list[str]:
    """The accounts that the sweeper has not seen to."""
    bucket = settings.load().files_bucket
    listed = blobs.list_names(line.scope, bucket, names.changed_prefix(run.number))
    return [ref for name in listed for ref in json.loads(blobs.get(line.scope, bucket, name))]


def test_the_sweeper_remembers_how_far_it_came_within_a_run(line: ImportPipeline, many: ImportRun) -> None:
    picture = line.picture()
    time = iter([600.0, 600.0, 5.0])
    line.remaining = lambda: next(time)
    sweep.sweep(line.job())
    assert left(line, many) == ["1002", "1003", "1004"]
    assert line.run(2).swept_at is None
    line.remaining = lambda: 600.0
    line.drain()
    assert left(line, many) == []
    assert line.run(2).swept_at == line.now
    assert sum(" HEAD#" in key for key in keys(line)) == 5
    assert line.picture() == picture


def test_the_same_of_a_run_that_was_undone(line: ImportPipeline, many: ImportRun) -> None:
    line.wait(days=-8)
    operations.undo_run(line.admin, number=many.number, now=line.now, ids=line.ids)
    line.wait(days=8)
    time = iter([600.0, 600.0, 5.0])
    line.remaining = lambda: next(time)
    sweep.sweep(line.job())
    assert left(line, many) == ["1002", "1003", "1004"]
    assert dealers.published(line.scope, fresh=True).run == 1
    line.remaining = lambda: 600.0
    line.drain()
    assert not [key for key in keys(line) if key.endswith("0000000002")]
    assert line.run(2).swept_at == line.now


def test_before_a_dealers_first_run_there_is_nothing_to_look_for(line: ImportPipeline) -> None:
    line.take_in(export(line, *ledger(3)))
    line.wait(days=8)
    time = iter([600.0])
    line.remaining = lambda: next(time)  # looked at once, before the run
    sweep.sweep(line.job())
    assert line.run(1).swept_at == line.now
