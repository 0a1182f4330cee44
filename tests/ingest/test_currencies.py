"""Stored amounts are minor units without a currency: no export may put them under another one."""

from typing import Any

import pytest

from chalicelib.ingest.checks.account import Known
from chalicelib.ingest.model import RunState
from tests.bundles import customer, transaction
from tests.ccx.words import words
from tests.ingest.accounts import check, codes
from tests.ingest.exports import Rows, export, ledger
from tests.ingest.pipeline import ImportPipeline

JPY = {"currency": "JPY", "balance": "10000"}


def test_a_customer_in_another_currency_than_its_rows_is_rejected() -> None:
    found = check([customer("1200") | JPY], known=Known(currency="GBP"), balanced=False)
    assert codes(found) == ["currency E212_CURRENCY_CHANGED"]
    assert "is in GBP" in words(found.findings[0])
    assert (found.facts, found.customer_rejected) == (None, True)
    assert codes(check([customer("1200") | {"currency": "JPY", "balance": "0"}], balanced=False)) == []


def with_k2(line: ImportPipeline) -> tuple[Rows, Rows]:
    """Twenty accounts, and K2 that owes 100.00; taken in."""
    customers, rows = ledger(20, 2)
    customers, rows = [*customers, customer("K2")], [*rows, transaction("K2", "k5", "100.00")]
    line.take_in(export(line, customers, rows))
    return customers, rows


def standing(line: ImportPipeline, ref: str) -> tuple[str, int, list[int]]:
    head = line.head(ref)
    assert head is not None
    return head.facts.currency, head.balance, [row.outstanding for row in line.rows(ref)]


@pytest.mark.parametrize("row", ["k5", "new"])
def test_the_last_good_values_of_an_account_stay_in_their_currency(line: ImportPipeline, row: str) -> None:
    customers, rows = with_k2(line)
    if row == "new":
        rows = [*rows[:-1], transaction("K2", "n1", "5000", currency="JPY")]
    run = line.take_in(export(line, [*customers[:-1], customers[-1] | {"currency": "JPY"}], rows, 2, files=NO_TOTALS))
    assert run.state is RunState.PUBLISHED, run.reasons
    assert standing(line, "K2") == ("GBP", 100_00, [100_00])
    assert (entry := next(entry for entry in line.entries() if entry.ref == "K2")).currency == "GBP"
    assert entry.balance == 100_00
    third = line.take_in(export(line, customers, with_row(rows, row), 3))
    assert third.state is RunState.PUBLISHED
    assert standing(line, "K2") == ("GBP", 100_00, [100_00])


NO_TOTALS: dict[str, dict[str, Any]] = {"customers": {"totals": {}}, "transactions": {"totals": {}}}


def with_row(rows: Rows, row: str) -> Rows:
    return rows if row == "k5" else [*rows[:-1], transaction("K2", "k5", "100.00")]


def test_an_account_that_was_archived_between_comes_back_in_its_currency_alone(line: ImportPipeline) -> None:
    customers, rows = with_k2(line)
    line.take_in(export(line, customers[:-1], rows[:-1], 2))
    back = customers[-1] | {"currency": "JPY"}
    fresh = transaction("K2", "k9", "7000", currency="JPY")
    line.take_in(export(line, [*customers[:-1], back], [*rows[:-1], fresh], 3, files=NO_TOTALS))
    assert standing(line, "K2") == ("GBP", 100_00, [100_00])
    head = line.head("K2")
    assert head is not None
    assert head.archived


def test_a_master_and_its_account_keep_theirs_too(line: ImportPipeline) -> None:
    customers, rows = with_k2(line)
    customers[-1] |= {"master_account_ref": "1000"}
    customers = [row | {"master_account_ref": row.get("master_account_ref", "")} for row in customers]
    line.take_in(export(line, customers, rows, 2))
    changed = [row | {"currency": "JPY"} if row["account_ref"] in {"K2", "1000"} else row for row in customers]
    run = line.take_in(export(line, changed, rows, 3, files=NO_TOTALS))
    assert run.state is RunState.HELD or run.state is RunState.PUBLISHED
    assert standing(line, "K2")[:2] == ("GBP", 100_00)
    assert standing(line, "1000")[0] == "GBP"


def test_an_account_that_never_had_a_row_may_change(line: ImportPipeline) -> None:
    customers, rows = ledger(20, 2)
    line.take_in(export(line, [*customers, customer("K9")], rows))
    euro = [*customers, customer("K9", currency="EUR")]
    line.take_in(export(line, euro, [*rows, transaction("K9", "e1", "70.00", currency="EUR")], 2))
    assert standing(line, "K9") == ("EUR", 70_00, [70_00])
