"""A large dealer's directory on tables that keep DynamoDB's limits."""

from datetime import datetime

import pytest

from chalicelib.customers.directory import queries as directory
from chalicelib.customers.directory import repo
from chalicelib.customers.directory.placement import shard_of
from chalicelib.customers.directory.shards import encode_shard
from chalicelib.customers.model import DirectoryEntry, KnownFile
from chalicelib.dealers import queries as dealers
from chalicelib.dealers.operations import create_dealer
from chalicelib.dealers.repo import advance
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import ImportScope, OperatorScope
from chalicelib.store.roles import assume_scope
from chalicelib.store.transactions import transaction
from tests.customers.entries import an_entry
from tests.dealers.profiles import a_profile
from tests.fixtures.calls import counted_calls
from tests.fixtures.worlds import World

ACCOUNTS, N = 100_000, 32


@pytest.fixture
def dealer(engine: World, now: datetime, ids: Ids) -> ImportScope:
    assert engine.name
    return ImportScope(create_dealer(OperatorScope("t"), profile=a_profile(ids), now=now, ids=ids).dealer_id)


def test_a_hundred_thousand_accounts_are_searched_in_two_round_trips(
    dealer: ImportScope, now: datetime, ids: Ids
) -> None:
    parts: list[list[DirectoryEntry]] = [[] for _ in range(N)]
    for number in range(ACCOUNTS):
        row = an_entry(
            str(number),
            f"Farm {number:x}",
            digests={"settled": ids.random_bytes(16).hex()},
            files={"transactions": KnownFile(5, (number, number))},
        )
        parts[shard_of(row.ref, N)].append(row)
    for index, rows in enumerate(parts):
        packed = encode_shard(rows)
        assert packed.size < 300_000
        repo.stage_shard(dealer, n=N, index=index, run=1, packed=packed)
    before = dealers.published(dealer)
    after = before.followed_by(
        1, shards=(1,) * N, as_at=now.date(), received_at=now, sequence=1, export_id="e", totals_agree=True
    )
    with assume_scope(dealer), transaction() as t:
        t.add(advance(dealer, expected_generation=0, new=after))
    dealers.forget_published(dealer)
    with counted_calls() as calls:
        accounts = directory.read(dealer, dealers.published(dealer))
        assert [row.ref for row in accounts.search("farm 1869", "name")] == ["6249", *map(str, range(99984, 100_000))]
    assert calls == ["BatchGetItem", "BatchGetItem"]
    assert len(accounts.entries) == ACCOUNTS
