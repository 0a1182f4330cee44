from datetime import date
from typing import Any

import pytest

from chalicelib.ledger.merge import Merged, freeze, key_of, merge
from chalicelib.ledger.row import Row
from tests.ledger.rows import a_row

AS_AT = date(2024, 6, 5)


def merged(before: list[Row], fresh: list[Row], **more: Any) -> Merged:
    """Of a whole export, as at AS_AT."""
    return merge(before, fresh, **{"rejected": (), "complete": True, "as_at": AS_AT, **more})


def by_reference(found: Merged) -> dict[str, Row]:
    return {row.reference: row for row in found.rows}


SAME, CHANGED, GONE, NEW = (a_row(name, total=100) for name in ("SAME", "CHANGED", "GONE", "NEW"))


def test_rows_are_counted_by_what_became_of_them() -> None:
    found = merged([SAME, CHANGED, GONE], [SAME, CHANGED._replace(outstanding=50), NEW])
    assert (found.new, found.changed, found.unchanged, found.settled) == ((key_of(NEW),), 1, 1, 1)
    rows = by_reference(found)
    assert rows["CHANGED"].outstanding == 50
    gone = rows["GONE"]
    assert (gone.outstanding, gone.settled_date, gone.settled_inferred, gone.vanished) == (0, "2024-06-05", True, True)


def test_what_only_we_know_of_a_row_is_no_change() -> None:
    known = SAME._replace(document=["D1", 4], lines=[4, 0, 0, 4], stale=True)
    found = merged([known], [SAME])
    assert (found.changed, found.unchanged) == (0, 1)


def test_of_part_of_the_rows_an_absent_one_stays_open() -> None:
    found = merged([GONE], [NEW], complete=False)
    assert (found.settled, by_reference(found)["GONE"]) == (0, GONE)


def test_a_settled_row_that_is_absent_stays_as_it_is() -> None:
    old = GONE._replace(outstanding=0, settled_date="2024-05-01")
    found = merged([old], [NEW])
    assert (found.settled, by_reference(found)["GONE"]) == (0, old)


def test_a_rejected_row_keeps_its_value_and_is_stale() -> None:
    found = merged([GONE], [], rejected={key_of(GONE)})
    assert (found.settled, found.rows) == (0, [GONE._replace(stale=True)])
    assert freeze([GONE, SAME], {key_of(GONE)}).rows == [GONE._replace(stale=True), SAME]


def test_rows_stand_newest_first() -> None:
    days = ["2024-06-01", "2024-06-03", "2024-06-02"]
    found = merged(
        [a_row("A", total=1, on=days[0])], [a_row("B", total=1, on=days[1]), a_row("C", total=1, on=days[2])]
    )
    assert [row.transaction_date for row in found.rows] == sorted(days, reverse=True)


@pytest.mark.parametrize(
    ("before", "fresh", "date_and_inferred"),
    [
        ([], SAME._replace(outstanding=0), (None, True)),
        ([SAME], SAME._replace(outstanding=0), ("2024-06-05", True)),
        (
            [SAME._replace(outstanding=0, settled_date="2024-05-01")],
            SAME._replace(outstanding=0),
            ("2024-05-01", False),
        ),
        ([SAME], SAME._replace(outstanding=0, settled_date="2024-05-02"), ("2024-05-02", False)),
        ([SAME], SAME, (None, False)),
    ],
)
def test_a_row_is_settled_since_it_was_first_seen_so(
    before: list[Row], fresh: Row, date_and_inferred: tuple[str | None, bool]
) -> None:
    (row,) = merged(before, [fresh]).rows
    assert (row.settled_date, row.settled_inferred) == date_and_inferred


def a_credit(total: int, kind: str = "payment") -> Row:
    return a_row(f"R{total}", total=total, type=kind, outstanding=0)


@pytest.mark.parametrize(
    ("gone", "fresh", "without_receipt", "explained"),
    [
        ([100], [], 1, 0),
        ([100], [a_credit(-100)], 0, -100),
        ([100, 300], [a_credit(-100)], 1, -100),
        ([100, 300], [a_credit(-399)], 1, -399),
        ([100, 300], [a_credit(-400)], 0, -400),
        ([100], [a_credit(-500)], 0, -100),
        ([100], [a_row("BF", total=0, type="brought_forward")], 0, -100),
        ([100], [a_row("INV", total=-100, outstanding=0)], 1, 0),
    ],
)
def test_receipts_explain_what_has_gone(
    gone: list[int], fresh: list[Row], without_receipt: int, explained: int
) -> None:
    found = merged([a_row(f"G{amount}", total=amount) for amount in gone], fresh)
    assert (found.without_receipt, found.explained) == (without_receipt, explained)


@pytest.mark.parametrize(
    ("fresh", "explained"), [([a_credit(80, "refund")], 80), ([a_credit(200, "refund")], 100), ([], 0)]
)
def test_money_paid_out_explains_a_rise(fresh: list[Row], explained: int) -> None:
    assert merged([], [NEW, *fresh]).explained == explained
