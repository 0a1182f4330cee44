"""What the gate compares an export with, and what it takes for ordinary."""

import pytest

from chalicelib.ingest.model import RunState
from chalicelib.ingest.steps import spread
from chalicelib.ingest.summary import OpenItems
from tests.bundles import customer, transaction
from tests.ccx.words import words
from tests.ingest.exports import Rows, export, ledger
from tests.ingest.pipeline import ImportPipeline
from tests.ingest.zips import without_transactions


def with_euro(rows: int = 92) -> tuple[Rows, Rows]:
    """Many invoices in pounds, and an account with one of EUR 70.00."""
    customers, invoices = ledger(1, rows)
    euro = transaction("E1", "e1", "70.00", currency="EUR")
    return [*customers, customer("E1", currency="EUR")], [*invoices, euro]


def receipt(ref: str, number: str, total: str, **values: str) -> dict[str, str]:
    return transaction(ref, number, total, type="payment", outstanding_amount="0.00", **values)


def test_the_only_invoice_of_a_currency_may_be_paid(line: ImportPipeline) -> None:
    customers, rows = with_euro()
    first = line.take_in(export(line, customers, rows))
    assert first.summary is not None
    assert first.summary.open_by_currency["EUR"] == OpenItems(1, 70_00)
    run = line.take_in(export(line, customers, rows[:-1], 2))
    assert (run.state, run.reasons) == (RunState.PUBLISHED, ())
    assert run.summary is not None
    assert "EUR" not in run.summary.open_by_currency


def test_what_a_receipt_pays_is_no_move(line: ImportPipeline) -> None:
    customers, rows = ledger(1, 60)
    tractor = transaction("1000", "tractor", "50000.00")
    line.take_in(export(line, customers, [*rows, tractor]))
    paid = [*rows, tractor | {"outstanding_amount": "0.00"}, receipt("1000", "r1", "-50000.00")]
    run = line.take_in(export(line, customers, paid, 2))
    assert (run.state, run.reasons) == (RunState.PUBLISHED, ())


def test_the_same_move_without_a_receipt_is_held(line: ImportPipeline) -> None:
    customers, rows = ledger(1, 60)
    tractor = transaction("1000", "tractor", "50000.00")
    line.take_in(export(line, customers, [*rows, tractor]))
    run = line.take_in(export(line, customers, [*rows, tractor | {"outstanding_amount": "0.00"}], 2))
    assert run.state is RunState.HELD
    assert "total outstanding" in words(run.reasons[0])


def test_an_export_is_compared_with_the_last_that_had_the_file(line: ImportPipeline) -> None:
    customers, rows = ledger(2, 60)
    line.take_in(export(line, customers, rows))
    second = line.take_in(without_transactions(export(line, customers, [], 2)))
    assert second.state is RunState.PUBLISHED, (second.code, second.reasons)
    assert second.summary is not None
    assert second.summary.last_rows["transactions"] == 120
    third = line.take_in(export(line, customers, [], 3))
    assert third.state is RunState.HELD
    told = " ".join(map(words, third.reasons))
    assert "transactions.csv has 0 rows, before it had 120" in told
    assert "total outstanding" in told


def test_what_an_archived_account_owes_is_part_of_the_ledger_again_when_it_comes_back(line: ImportPipeline) -> None:
    customers, rows = ledger(10, 10)
    total = line.take_in(export(line, customers, rows)).summary
    line.take_in(export(line, customers[:9], rows[:90], 2))
    fewer = line.newest().summary
    line.take_in(export(line, customers, rows, 3))
    again = line.newest().summary
    assert total is not None
    assert fewer is not None
    assert again is not None
    assert fewer.open_by_currency["GBP"].items == 90
    assert again.open_by_currency == total.open_by_currency == {"GBP": OpenItems(100, 10 * 6_000)}


def test_no_more_than_a_hundred_accounts_are_named(line: ImportPipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spread, "MAX_ROWS", 100)
    customers, rows = ledger(200, 1)
    line.take_in(export(line, customers, rows))
    run = line.take_in(export(line, customers[:40], rows[:40], 2))
    assert run.n is not None
    assert run.n > 1
    assert run.summary is not None
    assert (run.summary.archived, len(run.summary.removed)) == (160, 100)
