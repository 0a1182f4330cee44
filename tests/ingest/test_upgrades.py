"""An import under way while the portal is upgraded: the new release goes on with what the one before has stored."""

import json
import zlib
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib import settings
from chalicelib.ccx import digest
from chalicelib.customers.directory.placement import shard_of
from chalicelib.ingest.model import RunState
from chalicelib.ingest.steps import spread
from chalicelib.store import blobs
from tests.bundles import transaction
from tests.ingest.exports import Rows, export, ledger
from tests.ingest.pipeline import ImportPipeline

ACCOUNTS = 6
ADDED = ("eras", "sheets", "unchanged", "decided_by", "swept_at", "warnings")
"""Fields that run records have got since the first release."""


@pytest.fixture(autouse=True)
def several_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spread, "MAX_ROWS", 20)


def begun(line: ImportPipeline, customers: Rows, rows: Rows, sequence: int) -> list[dict[str, Any]]:
    """An export that has arrived and been spread over parts; the messages of these."""
    line.arrive(line.put(export(line, customers, rows, sequence)))
    waiting = line.messages()
    assert len(waiting) > 1
    assert {message["step"] for message in waiting} == {"stage"}
    return waiting


@pytest.mark.parametrize("is_staged_before", [False, True])
def test_what_only_the_rules_of_before_have_let_pass_is_read_again_by_the_next_export(
    line: ImportPipeline, monkeypatch: pytest.MonkeyPatch, *, is_staged_before: bool
) -> None:
    customers, rows = ledger(ACCOUNTS, 5)
    line.take_in(export(line, customers, rows))
    rows[0]["description"] = "changed"
    waiting = begun(line, customers, [*rows, transaction("1001", "news", "7.00")], 2)
    n = line.newest().n or 0
    changed, others = shard_of("1000", n), {shard_of(row["account_ref"], n) for row in rows[10:]}
    assert changed not in others
    alone = [message for message in waiting if message["part"] == changed]
    if is_staged_before:
        line.deliver(*alone)
    monkeypatch.setattr(digest, "VALIDATOR_VERSION", "next")
    for message in waiting:
        line.deliver(message)  # also again
    line.drain()
    assert line.newest().state is RunState.PUBLISHED
    before = line.picture()
    assert len(before) == ACCOUNTS
    again = line.take_in(export(line, customers, [*rows, transaction("1001", "news", "7.00")], 3))
    assert others.isdisjoint(again.unchanged), "these nobody has checked by the new rules"
    assert (changed in again.unchanged) is not is_staged_before
    assert line.picture() == before
    last = line.take_in(export(line, customers, [*rows, transaction("1001", "news", "7.00")], 4))
    assert last.unchanged == tuple(range(n)), "once is enough"


def as_of_the_first_release(stored: dict[str, Any]) -> None:
    for name in ADDED:
        if not stored.get(name):
            stored.pop(name, None)


def as_of_a_later_release(stored: dict[str, Any]) -> None:
    stored["said_by_a_later_release"] = {"of": ["whatever", 1]}


def rewrite_run(line: ImportPipeline, number: int, change: Callable[[dict[str, Any]], None]) -> None:
    """The run's record as another release would have written it."""
    table, dynamodb = settings.load().table_name, line.world.root("dynamodb")
    key = {"pk": {"S": f"D#{line.scope.dealer_id}#RUNS"}, "sk": {"S": f"{number:010d}"}}
    item = dynamodb.get_item(TableName=table, Key=key)["Item"]
    item["body"] = {"B": rewritten(item["body"]["B"], change)}
    dynamodb.put_item(TableName=table, Item=item)


def rewritten(packed: bytes, change: Callable[[dict[str, Any]], None]) -> bytes:
    body = json.loads(zlib.decompress(packed))
    change(body)
    return zlib.compress(json.dumps(body).encode())


@pytest.mark.parametrize("change", [as_of_the_first_release, as_of_a_later_release])
def test_a_run_that_another_release_has_begun_is_finished(
    line: ImportPipeline, change: Callable[[dict[str, Any]], None]
) -> None:
    """Also by the release before, when an upgrade is taken back."""
    customers, rows = ledger(ACCOUNTS, 5)
    waiting = begun(line, customers, rows, 1)
    number = line.newest().number
    line.deliver(waiting[0])
    rewrite_run(line, number, change)
    for name in blobs.list_names(line.scope, settings.load().files_bucket, f"runs/{number}/results/"):
        found = blobs.get(line.scope, settings.load().files_bucket, name)
        packed = rewritten(found, change)
        blobs.put(line.scope, settings.load().files_bucket, name, packed, "application/octet-stream")
    for message in waiting[1:]:
        line.deliver(message)
    line.drain()
    assert line.run(number).state is RunState.PUBLISHED
    assert {ref: len(found) for ref, (_, found) in line.picture().items()} == {
        str(1000 + n): 5 for n in range(ACCOUNTS)
    }
    line.take_in(export(line, customers, [*rows, transaction("1000", "news", "7.00")], 2))
    assert len(line.rows("1000")) == 6


def test_a_part_that_another_release_has_stopped_in_goes_on_from_there(line: ImportPipeline) -> None:
    line.remaining = lambda: 10.0
    waiting = begun(line, *ledger(ACCOUNTS, 5), 1)
    number, bucket = line.newest().number, settings.load().files_bucket
    line.deliver(waiting[0])
    stored = blobs.list_names(line.scope, bucket, f"runs/{number}/checkpoints/")
    for name in stored:
        packed = rewritten(blobs.get(line.scope, bucket, name), as_of_a_later_release)
        blobs.put(line.scope, bucket, name, packed, "application/octet-stream")
    for message in waiting[1:]:
        line.deliver(message)
    line.drain()
    assert line.run(number).state is RunState.PUBLISHED
    assert [len(line.rows(entry.ref)) for entry in line.entries()] == [5] * ACCOUNTS
