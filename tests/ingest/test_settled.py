"""What is said of a row that nothing is outstanding of: when, how anybody knows, and that it is done with."""

from datetime import date

import pytest

from chalicelib.ingest.checks.account import Known
from chalicelib.ledger.merge import freeze, merge
from chalicelib.ledger.row import Row
from tests.bundles import customer, transaction
from tests.ccx.words import words
from tests.ingest.accounts import check, codes
from tests.ingest.exports import export, ledger
from tests.ingest.found import rejects
from tests.ingest.pipeline import ImportPipeline

AS_AT = date(2024, 6, 5)
OPEN = Row("1", "invoice", "1", "2024-05-01", 770, 770)
SETTLED = OPEN._replace(outstanding=0)


def after(before: list[Row], fresh: list[Row]) -> Row:
    (row,) = merge(before, fresh, rejected=(), complete=True, as_at=AS_AT).rows
    return row


@pytest.mark.parametrize(
    ("before", "fresh", "expected"),
    [
        ([], [SETTLED], (None, True, False)),
        ([SETTLED._replace(settled_inferred=True)], [SETTLED], (None, True, False)),
        ([OPEN], [SETTLED], ("2024-06-05", True, False)),
        ([OPEN], [], ("2024-06-05", True, True)),
        (
            [SETTLED._replace(settled_date="2024-06-01", settled_inferred=True, vanished=True)],
            [SETTLED],
            ("2024-06-01", True, False),
        ),
        ([SETTLED._replace(settled_date="2024-05-09")], [SETTLED], ("2024-05-09", False, False)),
        ([OPEN], [SETTLED._replace(settled_date="2024-05-09")], ("2024-05-09", False, False)),
        (
            [SETTLED._replace(settled_date="2024-06-01", settled_inferred=True, vanished=True)],
            [OPEN],
            (None, False, False),
        ),
    ],
)
def test_what_is_known_of_a_settlement(before: list[Row], fresh: list[Row], expected: tuple[object, ...]) -> None:
    row = after(before, fresh)
    assert (row.settled_date, row.settled_inferred, row.vanished) == expected


def test_a_first_export_dates_no_settlement(line: ImportPipeline) -> None:
    customers, rows = ledger(1, 3)
    rows[0]["outstanding_amount"] = "0.00"
    line.take_in(export(line, customers, rows))
    line.take_in(export(line, customers, rows[:2], 2, as_at="2024-06-06"))
    found = {row.transaction_id: (row.settled_date, row.vanished) for row in line.rows("1000")}
    assert found == {"1000-0": (None, False), "1000-1": (None, False), "1000-2": ("2024-06-06", True)}


def test_a_settled_row_that_comes_with_another_day_or_total_is_warned_of(line: ImportPipeline) -> None:
    customers, rows = ledger(1, 3)
    rows[0]["outstanding_amount"] = "0.00"
    line.take_in(export(line, customers, rows))
    rows[0] |= {"transaction_date": "2024-06-04", "total_amount": "9.00"}
    run = line.take_in(export(line, customers, rows, 2))
    told = rejects(line.scope, number=run.number, warnings=True)
    assert [(f.code, f.column) for f in told] == [
        ("W317_SETTLED_CHANGED", "total_amount"),
        ("W317_SETTLED_CHANGED", "transaction_date"),
    ]
    assert words(told[0]).startswith("This was settled with the total_amount £1.50")
    assert line.take_in(export(line, customers, rows, 3)).summary is not None
    assert rejects(line.scope, number=3, warnings=True) == []


def test_an_open_row_may_change() -> None:
    known = Known(settled={("invoice", "2"): SETTLED})
    assert codes(check([customer("1200")], [transaction("1200", "1", "7.70")], known=known)) == []


def pays(total: int, outstanding: int = 0) -> Row:
    return Row("r", "payment", "r", "2024-06-05", total, outstanding)


@pytest.mark.parametrize(
    ("fresh", "without_receipt"),
    [
        ([pays(-770)], 0),
        ([pays(-769)], 1),
        ([Row("2", "invoice", "2", "2024-06-05", 770, 770)], 1),
        ([Row("b", "brought_forward", "b", "2024-06-05", 770, 770)], 0),
        ([], 1),
    ],
)
def test_an_absent_item_is_explained_by_a_receipt_that_covers_it(fresh: list[Row], without_receipt: int) -> None:
    merged = merge([OPEN], fresh, rejected=(), complete=True, as_at=AS_AT)
    assert (merged.settled, merged.without_receipt) == (1, without_receipt)


def test_of_two_absent_items_one_receipt_explains_the_one_it_covers() -> None:
    other = OPEN._replace(transaction_id="2", total=100, outstanding=100)
    merged = merge([OPEN, other], [pays(-800)], rejected=(), complete=True, as_at=AS_AT)
    assert (merged.settled, merged.without_receipt, merged.explained) == (2, 1, -800)


@pytest.mark.parametrize(
    ("before", "fresh", "explained"),
    [
        ([OPEN], [SETTLED, pays(-770)], -770),
        ([OPEN], [SETTLED, pays(-500)], -500),
        ([OPEN], [SETTLED], 0),
        ([OPEN], [OPEN, pays(-770, -770)], -770),
        ([SETTLED], [OPEN, Row("f", "refund", "f", "2024-06-05", 770, 0)], 770),
        ([], [OPEN], 0),
        ([OPEN], [Row("b", "brought_forward", "b", "2024-06-05", 100, 100)], -670),
    ],
)
def test_what_receipts_account_for(before: list[Row], fresh: list[Row], explained: int) -> None:
    assert merge(before, fresh, rejected=(), complete=True, as_at=AS_AT).explained == explained


def test_rows_of_several_years_come_out_in_order() -> None:
    rows = [
        OPEN._replace(transaction_id=str(n), transaction_date=f"{year}-01-01")
        for n, year in enumerate((2023, 2024, 2023))
    ]
    merged = merge([], rows, rejected=(), complete=True, as_at=AS_AT).rows
    assert [row.transaction_date[:4] for row in merged] == ["2024", "2023", "2023"]


def test_an_account_that_is_frozen_keeps_its_rows() -> None:
    assert freeze([OPEN], {OPEN.key}).rows == [OPEN._replace(stale=True)]
