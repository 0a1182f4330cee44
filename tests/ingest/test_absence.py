"""What it means that an export does not name something."""

from hashlib import sha256

from chalicelib.ingest.model import RunState
from tests.bundles import TRANSACTION_COLUMNS, build_bundle, csv_bytes, customer, document, transaction, with_balances
from tests.bundles import line as invoice_line
from tests.ingest.exports import export, ledger
from tests.ingest.pipeline import ImportPipeline


def test_an_account_that_is_absent_is_archived_and_its_ledger_frozen(line: ImportPipeline) -> None:
    customers, rows = ledger(3)
    line.take_in(export(line, customers, rows))
    before = line.rows("1002")
    run = line.take_in(export(line, customers[:2], rows[:20], 2))
    assert run.state is RunState.PUBLISHED
    head = line.head("1002")
    assert head is not None
    assert head.archived
    assert line.rows("1002") == before
    assert [entry.ref for entry in line.entries() if entry.archived] == ["1002"]
    assert run.summary is not None
    assert run.summary.removed == ("1002",)


def test_an_archived_account_stays_so_and_comes_back_with_its_history(line: ImportPipeline) -> None:
    customers, rows = ledger(2)
    line.take_in(export(line, customers, rows))
    line.take_in(export(line, customers[:1], rows[:10], 2))
    again = line.take_in(export(line, customers[:1], rows[:10], 3))
    assert again.summary is not None
    assert again.summary.archived == 0
    line.take_in(export(line, customers, rows[:15], 4))
    head = line.head("1001")
    assert head is not None
    assert not head.archived
    assert [row.outstanding for row in line.rows("1001")].count(0) == 5


def test_an_open_item_that_is_absent_counts_as_settled_on_that_day(line: ImportPipeline) -> None:
    customers, rows = ledger(1)
    line.take_in(export(line, customers, rows))
    run = line.take_in(export(line, customers, rows[1:], 2, as_at="2024-06-06"))
    gone = next(row for row in line.rows("1000") if row.transaction_id == "1000-0")
    assert (gone.outstanding, gone.settled_inferred, gone.settled_date) == (0, True, "2024-06-06")
    assert (gone.settled_reason, gone.total) == (None, 150)
    assert run.summary is not None
    assert run.summary.settled == 1
    assert run.summary.open_items == 9


def test_history_that_is_absent_stays(line: ImportPipeline) -> None:
    old = transaction(
        "1000", "old", "9.00", outstanding_amount="0.00", settled_date="2023-01-01", settled_reason="paid"
    )
    customers, rows = ledger(1)
    line.take_in(export(line, customers, [*rows, old]))
    line.take_in(export(line, customers, rows, 2))
    kept = next(row for row in line.rows("1000") if row.transaction_id == "old")
    assert (kept.settled_date, kept.settled_reason, kept.settled_inferred) == ("2023-01-01", "paid", False)


def test_a_settled_row_without_a_date_was_settled_when_it_was_first_seen_so(line: ImportPipeline) -> None:
    customers, rows = ledger(1)
    line.take_in(export(line, customers, rows))
    rows[0]["outstanding_amount"] = "0.00"
    for sequence, day in ((2, "2024-06-06"), (3, "2024-06-07")):
        rows[1]["description"] = f"changed {sequence}"
        line.take_in(export(line, customers, rows, sequence, as_at=day))
    paid = next(row for row in line.rows("1000") if row.transaction_id == "1000-0")
    assert (paid.settled_date, paid.settled_inferred) == ("2024-06-06", True)


def test_nothing_is_inferred_where_open_items_are_not_covered(line: ImportPipeline) -> None:
    customers, rows = ledger(1)
    line.take_in(export(line, customers, rows))
    windowed = {"transactions": {"scope": {"history_from": "2024-06-01", "open_items": False}}}
    line.take_in(export(line, customers, rows[:3], 2, files=windowed))
    assert all(row.outstanding for row in line.rows("1000"))


def test_a_row_of_an_unreadable_account_stops_inference_in_its_whole_file(line: ImportPipeline) -> None:
    customers, rows = ledger(2, 60)
    line.take_in(export(line, customers, rows))
    spoiled = [*rows[:59], rows[60] | {"account_ref": ""}, *rows[60:]]
    run = line.take_in(export(line, customers, spoiled, 2, files={"transactions": {"totals": {}}}))
    assert run.state is RunState.PUBLISHED, (run.reasons, run.message)
    assert len([row for row in line.rows("1000") if row.outstanding]) == 60
    # once every row can be read, what is absent counts
    line.take_in(export(line, customers, [*rows[:59], *rows[60:]], 3))
    assert len([row for row in line.rows("1000") if row.outstanding]) == 59


def test_a_row_whose_key_cannot_be_read_stops_inference_for_its_account_alone(line: ImportPipeline) -> None:
    customers, rows = ledger(2, 60)
    line.take_in(export(line, customers, rows))
    spoiled = [rows[0] | {"transaction_id": ""}, *rows[1:59], *rows[60:119]]
    run = line.take_in(export(line, customers, spoiled, 2))
    assert run.state is RunState.PUBLISHED, (run.reasons, run.message)
    assert len([row for row in line.rows("1000") if row.outstanding]) == 60
    assert len([row for row in line.rows("1001") if row.outstanding]) == 59


def test_the_transactions_of_a_rejected_customer_keep_their_last_value(line: ImportPipeline) -> None:
    customers, rows = ledger(20, 2)
    line.take_in(export(line, customers, rows))
    spoiled = [customers[0] | {"account_type": "nonsense"}, *customers[1:]]
    run = line.take_in(export(line, spoiled, rows, 2))
    assert run.state is RunState.PUBLISHED, (run.reasons, run.message)
    assert [row.stale for row in line.rows("1000")] == [True, True]
    line.take_in(export(line, customers, rows, 3))
    assert [row.stale for row in line.rows("1000")] == [False, False]


def test_documents_and_lines_stay_until_others_come(line: ImportPipeline) -> None:
    rows = [transaction("1000", "1", "6.00", document_id="d1")]
    customers = with_balances([customer("1000")], rows)
    first = line.take_in(
        build_bundle(
            customers, rows, [document("1000", "d1")], [invoice_line("1000", "1", 1, "5.00")], dealer_code=line.code
        )
    )
    before = line.rows("1000")[0]
    assert before.document == ["d1", first.number]
    assert before.lines
    line.take_in(export(line, customers, [rows[0] | {"description": "changed"}], 2))
    after = line.rows("1000")[0]
    assert (after.description, after.document, after.lines) == ("changed", before.document, before.lines)


def test_a_document_that_comes_later_is_linked_then(line: ImportPipeline) -> None:
    rows = [transaction("1000", "1", "6.00", document_id="d1")]
    customers = with_balances([customer("1000")], rows)
    line.take_in(export(line, customers, rows))
    assert line.rows("1000")[0].document is None
    run = line.take_in(export(line, customers, rows, 2, documents=[document("1000", "d1")]))
    assert line.rows("1000")[0].document == ["d1", run.number]
    third = line.take_in(export(line, customers, rows, 3))
    assert line.rows("1000")[0].document == ["d1", run.number]
    assert third.state is RunState.PUBLISHED


def test_a_document_that_is_not_what_its_row_says_is_left_out_and_its_transaction_kept(line: ImportPipeline) -> None:
    customers, rows = ledger(10)
    rows[0]["document_id"] = "d0"
    documents = [document("1000", f"d{n}") for n in range(12)]
    bundle = export(line, customers, rows, documents=documents, contents={"d0": b"%PDF-1.4 another" + b" " * 53})
    run = line.take_in(bundle)
    assert run.state is RunState.PUBLISHED, (run.reasons, run.message)
    row = next(row for row in line.rows("1000") if row.transaction_id == "1000-0")
    assert (row.document, row.outstanding) == (None, 150)
    assert run.summary is not None
    documents_count = run.summary.file("documents")
    assert documents_count is not None
    assert (documents_count.new, documents_count.rejected) == (11, 1)


def test_a_balance_that_does_not_agree_is_flagged_and_the_rows_are_shown(line: ImportPipeline) -> None:
    customers, rows = ledger(1)
    customers[0]["balance"] = "1000.00"
    line.take_in(build_bundle(customers, rows, dealer_code=line.code))
    head = line.head("1000")
    assert head is not None
    assert head.out_of_balance
    assert (head.dms_balance, head.balance) == (100_000, sum(row.outstanding for row in line.rows("1000")))


def test_a_comma_too_many_settles_nothing(line: ImportPipeline) -> None:
    customers, rows = ledger(1, 60)
    line.take_in(export(line, customers, rows))
    data = csv_bytes(TRANSACTION_COLUMNS, rows).replace(b"1000-7,1000,", b"bolts, M8,1000,", 1)
    values = {"bytes": len(data), "sha256": sha256(data).hexdigest(), "totals": {}}
    spoiled = export(
        line, customers, rows, 2, raw={"transactions.csv": data}, files={"transactions": values}, as_at="2024-06-06"
    )
    run = line.take_in(spoiled)
    assert run.state is RunState.PUBLISHED, (run.reasons, run.message)
    assert all(row.outstanding for row in line.rows("1000"))
