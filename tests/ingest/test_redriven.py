"""Dead letters are sent again days later, when what they were about has long ended."""

from datetime import timedelta

import pytest

from chalicelib.ingest import leases
from chalicelib.ingest.maintenance import sweep
from chalicelib.ingest.steps import spread
from tests.bundles import transaction
from tests.fixtures.calls import counted_calls
from tests.ingest.exports import export, ledger
from tests.ingest.pipeline import ImportPipeline
from tests.soak.logical import Reader, difference, written_partitions


@pytest.fixture(autouse=True)
def several_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spread, "MAX_ROWS", 20)


@pytest.fixture
def names(line: ImportPipeline) -> list[str]:
    """Two exports of several parts, the second with news, both taken in."""
    customers, rows = ledger(6, 2)
    first = line.put(export(line, customers, rows))
    line.arrive(first)
    line.drain()
    rows.append(transaction("1000", "news", "7.00"))
    second = line.put(export(line, customers, rows, 2))
    line.arrive(second)
    line.drain()
    return [first, second]


@pytest.mark.parametrize("later", [timedelta(minutes=11), timedelta(days=3), timedelta(days=8)])
def test_messages_that_come_again_much_later_have_no_effect(
    line: ImportPipeline, names: list[str], later: timedelta
) -> None:
    delivered = list(line.delivered)
    assert {message["step"] for message in delivered} >= {"stage", "gate", "finalise", "collect"}
    line.now += later
    with written_partitions() as written:
        sweep.sweep(line.job())
    written |= {
        f"D#{line.scope.dealer_id}#{name}" for name in ("DEALER", "DIRECTORY", "EVENTS#0000000002", "RUNS", "A#1000")
    }
    before = Reader(line).everything(line, written)
    with written_partitions() as again:
        for name in names:
            line.arrive(name)
        for message in delivered:
            line.deliver(message)
        line.drain()
    assert difference(before, Reader(line).everything(line, written | again)) == []
    assert len(line.entries()) == 6


def test_a_part_that_comes_after_the_next_export_writes_nothing(line: ImportPipeline) -> None:
    line.arrive(line.put(export(line, *ledger(6, 2))))
    late = line.messages()
    assert len(late) > 1
    line.now += leases.LEASE_TIMEOUT + timedelta(seconds=1)
    line.take_in(export(line, *ledger(7, 2), 2))
    before = line.picture()
    with counted_calls() as calls:
        for message in late:
            line.deliver(message)
    assert set(calls) <= {"GetItem", "Query", "BatchGetItem", "GetObject", "HeadObject", "ListObjectsV2"}
    assert line.messages() == []
    assert line.picture() == before
