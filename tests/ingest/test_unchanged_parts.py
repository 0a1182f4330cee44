"""The same again: accounts and whole parts that an export leaves as they are take no message, and add up as before."""

from collections.abc import Callable
from hashlib import sha256

import pytest

from chalicelib.ccx.codes import Code
from chalicelib.customers.directory.placement import shard_of
from chalicelib.dealers import queries as dealers
from chalicelib.ingest.model import ImportRun, RunState
from chalicelib.ingest.steps import spread, unchanged
from tests.bundles import TRANSACTION_COLUMNS, csv_bytes, customer, transaction
from tests.ingest.exports import Rows, export, ledger
from tests.ingest.pipeline import ImportPipeline

ACCOUNTS, EACH, PARTS = 8, 10, 8


@pytest.fixture(autouse=True)
def parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight of them, for 88 rows."""
    monkeypatch.setattr(spread, "MAX_ROWS", 40)


@pytest.fixture
def first(line: ImportPipeline) -> tuple[Rows, Rows]:
    """A published export."""
    customers, rows = ledger(ACCOUNTS, EACH)
    assert line.take_in(export(line, customers, rows)).n == PARTS
    return customers, rows


def steps(line: ImportPipeline, bundle: bytes) -> list[tuple[str, int | None]]:
    """Take in a bundle; the messages that it took, by step and part."""
    line.delivered.clear()
    line.take_in(bundle)
    return [(message["step"], message.get("part")) for message in line.delivered]


def counts(run: ImportRun) -> list[tuple[int, int, int]]:
    assert run.state is RunState.PUBLISHED, (run.reasons, run.message)
    assert run.summary is not None
    assert all(total.agrees for total in run.summary.totals)
    return [(file.rows, file.unchanged, file.changed + file.new) for file in run.summary.files]


def test_the_same_again_takes_no_part(line: ImportPipeline, first: tuple[Rows, Rows]) -> None:
    before = dealers.published(line.scope, fresh=True)
    assert {step for step, _ in steps(line, export(line, *first, 2))} == {"gate", "finalise", "collect"}
    assert counts(line.newest()) == [(8, 8, 0), (80, 80, 0)]
    assert line.newest().summary.accounts == 8  # type: ignore[union-attr]  # counts() has looked
    after = dealers.published(line.scope, fresh=True)
    assert (after.run, after.shards) == (2, before.shards)


def test_only_the_part_of_a_changed_account_is_read(line: ImportPipeline, first: tuple[Rows, Rows]) -> None:
    customers, rows = first
    rows[0] |= {"customer_order_ref": "other"}
    taken = steps(line, export(line, customers, rows, 2))
    assert {part for step, part in taken if step == "stage"} == {shard_of("1000", PARTS), 0}
    assert counts(line.newest()) == [(8, 8, 0), (80, 79, 1)]
    assert [entry.ref for entry in line.entries() if entry.head_run == 2] == ["1000"]
    assert counts(line.take_in(export(line, customers, rows, 3))) == [(8, 8, 0), (80, 80, 0)]


def test_a_new_account_opens_its_part(line: ImportPipeline, first: tuple[Rows, Rows]) -> None:
    customers, rows = first
    run = line.take_in(export(line, [*customers, customer("2000")], [*rows, transaction("2000", "new", "1.00")], 2))
    assert counts(run) == [(9, 8, 1), (81, 80, 1)]
    assert len(line.entries()) == 9


def test_an_absent_account_is_still_seen_to(line: ImportPipeline, first: tuple[Rows, Rows]) -> None:
    customers, rows = first
    run = line.take_in(export(line, customers[1:], rows[EACH:], 2))
    assert run.summary is not None
    assert (run.state, run.summary.archived) == (RunState.PUBLISHED, 1)
    assert [entry.ref for entry in line.entries() if entry.archived] == ["1000"]


@pytest.mark.parametrize("ref", [str(1000 + n) for n in range(ACCOUNTS)])
def test_a_row_without_a_readable_account_is_told_of(line: ImportPipeline, first: tuple[Rows, Rows], ref: str) -> None:
    """It belongs to no account, so it is in part 0, whatever part the account is in that it seems to name."""
    customers, rows = first
    data = csv_bytes(TRANSACTION_COLUMNS, rows) + f"x,{ref},too few\r\n".encode()
    values = {"rows": len(rows) + 1, "bytes": len(data), "sha256": sha256(data).hexdigest()}
    raw, files = {"transactions.csv": data}, {"transactions": values}
    run = line.take_in(export(line, customers, rows, 2, raw=raw, files=files))
    assert run.summary is not None
    assert [(file.rows, file.rejected) for file in run.summary.files] == [(8, 0), (81, 1)]


@pytest.mark.parametrize("at_once", [0, 1, 3])
def test_parts_beyond_one_transaction_have_their_messages(
    line: ImportPipeline, first: tuple[Rows, Rows], monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(unchanged, "MAX_DONE", at_once)
    taken = steps(line, export(line, *first, 2))
    assert len([part for step, part in taken if step == "stage"]) == PARTS - at_once
    assert counts(line.newest()) == [(8, 8, 0), (80, 80, 0)]
    assert [entry.head_run for entry in line.entries()] == [1] * ACCOUNTS


def test_more_parts_than_before_keep_every_account(
    line: ImportPipeline, first: tuple[Rows, Rows], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = line.picture()
    monkeypatch.setattr(spread, "MAX_ROWS", 10)
    run = line.take_in(export(line, *first, 2))
    assert (run.n, run.unchanged) == (2 * PARTS, ())
    assert counts(run) == [(8, 8, 0), (80, 80, 0)]
    assert line.picture() == before
    assert [entry.head_run for entry in line.entries()] == [1] * ACCOUNTS


WRONG: dict[str, tuple[Callable[[int], dict[str, object]], Code]] = {
    "rows": (lambda rows: {"rows": rows + 1}, Code.B016_ROWS),
    "checksum": (lambda _: {"sha256": "0" * 64}, Code.B018_CHECKSUM),
    "bytes": (lambda _: {"bytes": 7}, Code.B017_BYTES),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_not_as_declared_is_refused_though_nothing_changed(
    line: ImportPipeline, first: tuple[Rows, Rows], wrong: str
) -> None:
    change, code = WRONG[wrong]
    run = line.take_in(export(line, *first, 2, files={"transactions": change(ACCOUNTS * EACH)}))
    assert (run.state, run.code) == (RunState.REFUSED, code)
