"""Shards grow with what they hold, not only with what an export says."""

import pytest

from chalicelib.customers.directory import repo
from chalicelib.dealers import queries as dealers
from chalicelib.ingest.steps import capacity
from chalicelib.ingest.steps.capacity import required_shards
from tests.ingest.conftest import line
from tests.ingest.exports import export, ledger
from tests.ingest.pipeline import ImportPipeline

__all__ = ["line"]


def test_archived_accounts_need_room_too(line: ImportPipeline) -> None:
    customers, rows = ledger(6, 1)
    line.take_in(export(line, customers, rows))
    line.take_in(export(line, customers[:4], rows[:4], 2))
    base = dealers.published(line.scope, fresh=True)
    shards = repo.read_shards(line.scope, base.n, dict(enumerate(base.shards))).values()
    room = round(capacity.MAX_SHARD * 9 / 10 / capacity.ENTRY_BYTES)
    assert required_shards(shards, n=base.n, customers=room - 2, files=()) == base.n
    assert required_shards(shards, n=base.n, customers=room, files=()) == 2 * base.n


def test_a_full_shard_is_split(line: ImportPipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    customers, rows = ledger(6, 1)
    first = line.take_in(export(line, customers, rows))
    monkeypatch.setattr(capacity, "FULL", 10)
    second = line.take_in(export(line, customers, rows, 2))
    assert second.n == 2 * (first.n or 0)
    assert len(line.entries()) == 6
