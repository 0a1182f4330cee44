from chalicelib.ccx.entity import Absence, Change
from chalicelib.sheets.model import MergedSheet, merge
from tests.sheets.notes import NOTES, Note, entity

A, B, C = Note("a", "2023-05-01", 1), Note("b", "2024-05-01", 2), Note("c", None, 3)


def test_rows_come_change_and_go_and_lie_by_year_and_key() -> None:
    merged = merge(NOTES, [A, B], [C, B._replace(price=9)], rejected=(), complete=True)
    assert merged == MergedSheet([C, B._replace(price=9)], new=[("c",)], changed=[("b",)], gone=[("a",)])
    assert merged.changes("1200") == [
        Change("1200", ("c",), "new"),
        Change("1200", ("b",), "changed"),
        Change("1200", ("a",), "gone"),
    ]
    assert list(merged.new_rows(NOTES)) == [(("c",), C)]


def test_a_rejected_row_keeps_its_last_good_value_marked_stale() -> None:
    assert merge(NOTES, [A, B], [B], rejected={("a",)}, complete=True).rows == [A._replace(stale=True), B]
    assert merge(NOTES, [A._replace(stale=True)], [A], rejected=(), complete=True).rows == [A]


def test_nothing_goes_where_absence_says_nothing() -> None:
    assert merge(NOTES, [A, B], [], rejected=(), complete=False).rows == [A, B]
    assert merge(entity(Absence.KEPT), [A, B], [], rejected=(), complete=True).rows == [A, B]


def test_absence_counts_from_the_scope_on_and_where_there_is_no_date() -> None:
    merged = merge(NOTES, [A, B, C], [], rejected=(), complete=True, history_from="2024-01-01")
    assert (merged.rows, merged.gone) == ([A], [("b",), ("c",)])
