"""Puts a directory before readers without an import: one shard, published."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from chalicelib.customers.directory import repo
from chalicelib.customers.directory.shards import encode_shard
from chalicelib.customers.model import DirectoryEntry
from chalicelib.dealers import queries as dealers
from chalicelib.dealers import repo as dealer_repo
from chalicelib.kernel.scopes import ImportScope
from chalicelib.store.roles import assume_scope
from chalicelib.store.transactions import transaction


def account(ref: str, name: str = "", **changes: Any) -> DirectoryEntry:
    """An account that can be invited, unless `changes` say otherwise."""
    base = DirectoryEntry(
        ref, name or f"Customer {ref}", "trade", True, "open", "GBP", 0, email=f"c{ref}@farm.example".lower()
    )
    return base._replace(**changes)


def publish(scope: ImportScope, entries: Sequence[DirectoryEntry]) -> None:
    """Make these the dealer's accounts."""
    before = dealers.published(scope, fresh=True)
    run = before.run + 1
    repo.stage_shard(scope, n=1, index=0, run=run, packed=encode_shard(list(entries)))
    after = before.followed_by(
        run,
        shards=(run,),
        as_at=date(2024, 6, 5),
        received_at=datetime(2024, 6, 5, 6, 12, tzinfo=UTC),
        sequence=run,
        export_id=f"export-{run}",
        totals_agree=True,
    )
    with assume_scope(scope), transaction() as t:
        t.add(dealer_repo.advance(scope, expected_generation=before.generation, new=after))
    dealers.forget_published(scope)
