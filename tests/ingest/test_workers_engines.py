"""An export of many parts through the real queue, with two worker processes, on servers that act as AWS does."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from chalicelib import settings
from chalicelib.dealers import queries as dealers
from chalicelib.ingest import operations, repo
from chalicelib.ingest.model import ImportRun, RunState
from chalicelib.kernel.clock import system_clock
from chalicelib.kernel.ids import Ids
from infra.local.emulators import DYNAMODB
from infra.local.process import spawn, stop
from tests.bundles import customer, transaction
from tests.fixtures.cast import make_dealership
from tests.fixtures.engines import Start
from tests.fixtures.worlds import World, environment
from tests.ingest.exports import Rows, export
from tests.ingest.pipeline import ImportPipeline

pytestmark = pytest.mark.engines

ACCOUNTS = 12_000
BIG = "BIG"
BIG_ROWS = 9_000
PATIENCE_SECONDS = 400


@pytest.fixture(scope="module")
def engine(start_engine: Start) -> Iterator[World]:
    """DynamoDB Local, which isolates as AWS does: the journeys bring exports in through ministack."""
    with environment(start_engine(DYNAMODB)):
        yield World(DYNAMODB, settings.load())


@pytest.fixture
def two_workers(engine: World, tmp_path: Path) -> Iterator[World]:
    """Two processes that take the queues' messages, as Lambda does."""
    with ExitStack() as ending:
        for number in (1, 2):
            command = [sys.executable, "-m", "infra.local.worker"]
            child = spawn(f"worker {number}", command, env={}, log=tmp_path / f"worker{number}.log")
            ending.callback(stop, [child])
        yield engine


def a_large_ledger() -> tuple[Rows, Rows]:
    """Many small accounts, and one whose settled rows of a year fill more than a page."""
    random = Random(5)
    refs = [f"{n:05d}" for n in range(ACCOUNTS - 1)]
    rows = [transaction(ref, f"I{ref}", f"{n % 97 + 1}.10") for n, ref in enumerate(refs)]
    rows += [
        transaction(
            BIG,
            f"S{n}",
            f"{random.randint(1, 90_000)}.{random.randint(10, 99)}",
            reference=f"{random.getrandbits(48):x}",
            transaction_date=f"2023-{n % 12 + 1:02d}-{n % 28 + 1:02d}",
            outstanding_amount="0.00",
            settled_date="2023-12-31",
            settled_reason="paid",
            description=f"{random.getrandbits(256):x}",
        )
        for n in range(BIG_ROWS)
    ]
    return [customer(ref) for ref in (*refs, BIG)], rows


def until(line: ImportPipeline, number: int, fits: Callable[[ImportRun], bool]) -> ImportRun:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        run = repo.run(line.scope, number)
        if run is not None and fits(run):
            return run
        time.sleep(0.3)
    raise AssertionError(f"run {number}: {run}")


def test_an_export_of_many_parts_is_read_by_two_workers(two_workers: World) -> None:
    ids, now = Ids(), datetime.now(UTC)
    dealership = make_dealership(ids, now, name="Moorbeck Machinery", prefix="moorbeck", phone="")
    line = ImportPipeline(two_workers, dealership, now, ids)
    customers, rows = a_large_ledger()
    line.put(export(line, customers, rows))
    first = until(line, 1, lambda run: run.finalised_at is not None)
    assert (first.state, first.code, first.reasons) == (RunState.PUBLISHED, None, ())
    assert first.n is not None
    assert first.n >= 8
    head = line.head(BIG)
    assert head is not None
    assert len(head.settled_pages) > 1
    assert len(line.rows(BIG)) == BIG_ROWS
    assert len(line.entries()) == ACCOUNTS

    wrong_total = {"transactions": {"totals": {"outstanding_amount": {"GBP": "1.00"}}}}
    line.put(export(line, customers[1:], rows[1:], 2, files=wrong_total))
    held = until(line, 2, lambda run: run.finalised_at is not None)
    assert held.state is RunState.HELD
    assert held.summary is not None
    assert held.summary.removed == ("00000",)
    assert dealers.published(line.scope, fresh=True).run == 1
    operations.approve_run(line.admin, number=2, now=system_clock(), ids=ids)
    until(line, 2, lambda run: run.state is RunState.PUBLISHED)
    gone = line.head("00000")
    assert gone is not None
    assert gone.archived
    assert [entry.ref for entry in line.entries() if entry.head_run == 2] == ["00000"]
