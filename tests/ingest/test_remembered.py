"""What one export leaves unsaid, the next one may say: nothing is remembered as known that was never taken."""

from typing import Any

import pytest

from chalicelib import settings
from chalicelib.dealers import queries as dealers
from chalicelib.documents.model import document_name
from chalicelib.documents.queries import invoice_lines
from chalicelib.ingest.model import RunState
from chalicelib.store import blobs
from tests.bundles import PDF, customer, document, transaction
from tests.bundles import line as invoice_line
from tests.ccx.words import words
from tests.ingest.exports import export, ledger
from tests.ingest.pipeline import ImportPipeline

NO_TRANSACTIONS = {"transactions": {"entity": "not_read_yet"}}
WINDOWED = {"transactions": {"scope": {"open_items": False}}}


@pytest.mark.parametrize(("said", "between"), [(0, NO_TRANSACTIONS), (0, WINDOWED), (1, WINDOWED)])
def test_what_was_left_open_is_settled_by_the_next_full_export(line: ImportPipeline, said: int, between: Any) -> None:
    customers, rows = ledger(1, 2)
    line.take_in(export(line, customers, rows))
    line.take_in(export(line, customers, rows[:said], 2, files=between))
    assert sum(row.outstanding > 0 for row in line.rows("1000")) == 2
    run = line.take_in(export(line, customers, rows[:said], 3))
    assert run.state is RunState.PUBLISHED, (run.reasons, run.message)
    assert sum(row.outstanding > 0 for row in line.rows("1000")) == said


def test_a_rejected_line_leaves_the_last_good_set(line: ImportPipeline) -> None:
    customers, rows = [customer("1000")], [transaction("1000", "1", "36.00")]
    lines = [invoice_line("1000", "1", n, "5.00") for n in range(1, 7)]
    more = [invoice_line("1000", "2", n, "5.00") for n in range(1, 60)]
    rows.append(transaction("1000", "2", "354.00"))
    line.take_in(export(line, customers, rows, lines=[*lines, *more]))
    new = [one | {"description": "new"} for one in lines]
    spoiled = [*new[:1], new[1] | {"quantity": "many"}, *new[2:], *more]
    run = line.take_in(export(line, customers, rows, 2, lines=spoiled))
    assert run.state is RunState.PUBLISHED, (run.reasons, run.message)
    assert _descriptions(line, "1") == [f"Part {n}" for n in range(1, 7)]
    line.take_in(export(line, customers, rows, 3, lines=[*new, *more]))
    assert _descriptions(line, "1") == ["new"] * 6


def test_a_master_that_vanishes_is_told_of_at_its_accounts(line: ImportPipeline) -> None:
    customers, rows = ledger(8)
    customers += [customer("5000"), customer("5001", master_account_ref="5000")]
    line.take_in(export(line, customers, rows))
    run = line.take_in(export(line, [one for one in customers if one["account_ref"] != "5000"], rows, 2))
    assert run.state is RunState.PUBLISHED, (run.reasons, run.message)
    assert run.summary is not None
    assert [count.warnings for count in run.summary.files] == [1, 0]


def test_lines_that_came_with_a_rejected_transaction_are_taken_with_the_corrected_one(line: ImportPipeline) -> None:
    customers, rows = ledger(1, 60)
    lines = [invoice_line("1000", "1000-0", 1, "5.00"), *(invoice_line("1000", "1000-1", n, "1.00") for n in range(60))]
    line.take_in(export(line, customers, rows, lines=lines))
    lines[0] = lines[0] | {"description": "new"}
    bad = [rows[0] | {"due_date": "soon"}, *rows[1:]]
    run = line.take_in(export(line, customers, bad, 2, lines=lines))
    assert run.state is RunState.PUBLISHED, (run.reasons, run.message)
    assert _descriptions(line, "1000-0") == ["Part 1"]
    line.take_in(export(line, customers, rows, 3, lines=lines))
    assert _descriptions(line, "1000-0") == ["new"]


def test_files_that_an_export_does_not_name_the_account_in_count_no_rows_of_it(line: ImportPipeline) -> None:
    customers, rows = ledger(2)
    documents = [document("1000", f"d{n}") for n in range(3)]
    line.take_in(export(line, customers, rows, documents=documents))
    run = line.take_in(export(line, customers, rows, 2, documents=[document("1001", "e1")]))
    assert run.summary is not None
    count = run.summary.file("documents")
    assert count is not None
    assert (count.rows, count.new, count.unchanged) == (1, 1, 0)


def test_another_file_behind_the_same_row_is_taken(line: ImportPipeline) -> None:
    customers, rows = ledger(1)
    documents = [document("1000", "d1", sha256="", bytes="")]
    line.take_in(export(line, customers, rows, documents=documents, contents={"d1": PDF}))
    other = PDF.replace(b"Catalog", b"catalog")
    run = line.take_in(export(line, customers, rows, 2, documents=documents, contents={"d1": other}))
    name = document_name(run=run.number, ref="1000", document_id="d1")
    assert blobs.get(line.scope, settings.load().files_bucket, name) == other


def test_a_currency_that_vanishes_is_a_move(line: ImportPipeline) -> None:
    customers, rows = ledger(60, 1)
    abroad = [customer("E1", currency="EUR")]
    euros = [transaction("E1", f"e{n}", "9.00", currency="EUR") for n in range(60)]
    line.take_in(export(line, [*customers, *abroad], [*rows, *euros]))
    run = line.take_in(export(line, [*customers, *abroad], rows, 2))
    assert run.state is RunState.HELD
    assert "EUR 540.00 to EUR 0.00" in " ".join(map(words, run.reasons))


def test_a_total_of_which_an_amount_cannot_be_read_is_not_known(line: ImportPipeline) -> None:
    customers, rows = ledger(1, 60)
    bad = [rows[0] | {"total_amount": "much"}, *rows[1:]]
    run = line.take_in(export(line, customers, bad))
    assert run.state is RunState.PUBLISHED, (run.reasons, run.message)
    assert not dealers.published(line.scope, fresh=True).totals_known


def _descriptions(line: ImportPipeline, transaction_id: str) -> list[str | None]:
    row = next(row for row in line.rows("1000") if row.transaction_id == transaction_id)
    assert row.lines is not None
    run, part, offset, length, _ = row.lines
    found = invoice_lines(line.scope, ref="1000", run=run, part=part, offset=offset, length=length)
    return [one.description for one in found]


def test_more_documents_under_the_same_id_are_another_export(line: ImportPipeline) -> None:
    customers, rows = ledger(1)
    documents = [document("1000", "d1")]
    line.take_in(export(line, customers, rows, documents=documents))
    more = {"d1": PDF, "d2": PDF}
    run = line.take_in(export(line, customers, rows, documents=documents, contents=more))
    assert run.code == "B026_SAME_ID"


def test_a_customer_that_was_rejected_and_then_left_out_is_archived(line: ImportPipeline) -> None:
    customers, rows = ledger(12, 1)
    line.take_in(export(line, customers, rows))
    bad = [customers[0] | {"account_type": "wrong"}, *customers[1:]]
    assert line.take_in(export(line, bad, rows, 2)).state is RunState.PUBLISHED
    line.take_in(export(line, customers[1:], rows[1:], 3))
    assert [entry.ref for entry in line.entries() if entry.archived] == ["1000"]
