"""Spreadsheets leave lines of nothing but commas at the end of a file: they are no rows."""

from hashlib import sha256

import pytest

from chalicelib.ingest.model import RunState
from tests.bundles import CUSTOMER_COLUMNS, TRANSACTION_COLUMNS, csv_bytes, with_balances
from tests.ingest.exports import export, ledger
from tests.ingest.pipeline import ImportPipeline


@pytest.mark.parametrize("counted", [0, 2], ids=["not counted", "counted"])
def test_absence_counts_beside_lines_of_commas(line: ImportPipeline, counted: int) -> None:
    customers, rows = ledger(3, 3)
    line.take_in(export(line, customers, rows))
    customers, rows = with_balances(customers[:2], rows[1:6]), rows[1:6]
    files, raw = {}, {}
    for entity, columns, some in (
        ("customers", CUSTOMER_COLUMNS, customers),
        ("transactions", TRANSACTION_COLUMNS, rows),
    ):
        data = csv_bytes(columns, some) + b"," * (len(columns) - 1) + b"\r\n" + b"," * (len(columns) - 1) + b"\n"
        raw[f"{entity}.csv"] = data
        files[entity] = {"bytes": len(data), "sha256": sha256(data).hexdigest(), "rows": len(some) + counted}
    run = line.take_in(export(line, customers, rows, 2, raw=raw, files=files))
    assert (run.state, run.code) == (RunState.PUBLISHED, None)
    assert run.summary is not None
    assert (run.summary.rejected, run.summary.settled, run.summary.archived) == (0, 1, 1)
    assert [file.unreadable for file in run.files] == [0, 0]
    again = line.take_in(export(line, customers, rows, 3))
    assert again.summary is not None
    assert (again.summary.touched, again.summary.settled) == (0, 0)


def test_a_row_without_an_account_is_told_of(line: ImportPipeline) -> None:
    customers, rows = ledger(3, 40)
    line.take_in(export(line, customers, rows))
    run = line.take_in(
        export(
            line,
            customers,
            [{**rows[0], "account_ref": ""}, *rows[2:]],
            2,
            files={"transactions": {"totals": {}}, "customers": {"totals": {}}},
        )
    )
    assert run.state is RunState.PUBLISHED, run.reasons
    assert {file.entity: file.unreadable for file in run.files} == {"customers": 0, "transactions": 1}
    assert run.summary is not None
    assert run.summary.settled == 0


def test_a_row_without_its_id_is_told_of(line: ImportPipeline) -> None:
    customers, rows = ledger(2, 60)
    line.take_in(export(line, customers, rows))
    run = line.take_in(export(line, customers, [rows[0] | {"transaction_id": ""}, *rows[1:59], *rows[60:119]], 2))
    assert run.summary is not None
    assert (run.summary.incomplete_accounts, run.summary.settled) == (1, 1)
