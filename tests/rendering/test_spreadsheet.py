import csv
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from chalicelib.rendering.spreadsheet import Cell, Column, FileKind, neutral, write

COLUMNS = [Column("Inv. Date"), Column("Reference No"), Column("Total"), Column("Note", 30)]
HOSTILE = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    " =1",
    "\u3000=1",
    "\uff1d1+1",
    "\u00a0=cmd|' /C calc'!A0",
    '=HYPERLINK("x")',
]
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=20)
CELLS = st.one_of(
    st.none(), TEXT, st.dates(date(1901, 1, 1)), st.integers(-(10**9), 10**9).map(lambda n: Decimal(n) / 100)
)


def written(kind: FileKind, rows: list[list[Cell]]) -> bytes:
    out = BytesIO()
    write(out, kind, COLUMNS, rows, title="My Transactions: 1200/A")
    return out.getvalue()


def opened(rows: list[list[Cell]]) -> Any:
    return load_workbook(BytesIO(written(FileKind.XLSX, rows))).active


def test_csv_is_utf8_with_a_mark_and_typed_by_its_looks() -> None:
    content = written(FileKind.CSV, [[date(2024, 6, 5), "127070", Decimal("-48.20"), 'He said "ö", then\nleft']])
    assert content.startswith(b"\xef\xbb\xbfInv. Date,")
    assert b"\r\n" in content
    (row,) = list(csv.reader(StringIO(content.decode("utf-8-sig"), newline="")))[1:]
    assert row == ["2024-06-05", "127070", "-48.20", 'He said "ö", then\nleft']


@given(st.lists(st.lists(CELLS, min_size=4, max_size=4), max_size=5))
def test_no_cell_of_a_csv_begins_a_formula_unless_it_is_a_number(rows: list[list[Cell]]) -> None:
    read = list(csv.reader(StringIO(written(FileKind.CSV, rows).decode("utf-8-sig"), newline="")))[1:]
    assert len(read) == len(rows)
    for line, row in zip(read, rows, strict=True):
        for text, cell in zip(line, row, strict=True):
            if isinstance(cell, Decimal):
                assert Decimal(text) == cell
            else:
                assert not text.lstrip().startswith(("=", "+", "-", "@"))


@pytest.mark.parametrize("text", HOSTILE)
def test_formulas_are_text_in_both(text: str) -> None:
    sheet = opened([[None, text, None, text]])
    assert [sheet.cell(2, column).data_type for column in (2, 4)] == ["s", "s"]
    assert sheet.cell(2, 2).value.startswith("'")
    assert neutral(text) == f"'{text}"
    assert neutral("127070") == "127070"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("A;=cmd|' /C calc'!A0", "A;'=cmd|' /C calc'!A0"),
        ("A\t=1", "A\t'=1"),
        ("A | @SUM(1)", "A |' @SUM(1)"),
        ("A;;+1|-1", "A;;'+1|'-1"),
        ("A\n=1", "A\n'=1"),
        ("A\r\n \uff1d1", "A\r\n' \uff1d1"),
        ("Filter; 10 mm", "Filter; 10 mm"),
        ("a-b", "a-b"),
    ],
)
def test_no_other_separator_makes_a_formula_of_the_rest_of_a_cell(text: str, kept: str) -> None:
    content = written(FileKind.CSV, [[None, text, None, None]]).decode("utf-8-sig")
    (row,) = list(csv.reader(StringIO(content, newline="")))[1:]
    assert row[1] == kept
    assert opened([[None, text, None, None]]).cell(2, 2).value.replace("_x000D_", "\r") == text


def test_xlsx_cells_are_typed() -> None:
    sheet = opened([[date(2024, 6, 5), "00127", Decimal("-48.20"), None]])
    assert sheet.title == "My Transactions  1200 A"
    headings = [sheet.cell(1, column) for column in (1, 2, 3, 4)]
    assert [cell.value for cell in headings] == ["Inv. Date", "Reference No", "Total", "Note"]
    assert all(cell.font.b for cell in headings)
    day, reference, total, blank = (sheet.cell(2, column) for column in (1, 2, 3, 4))
    assert (day.is_date, day.value.date(), reference.value, reference.data_type) == (
        True,
        date(2024, 6, 5),
        "00127",
        "s",
    )
    assert (total.value, total.data_type, total.number_format) == (-48.2, "n", "#,##0.00")
    assert blank.value is None
    assert sheet.freeze_panes == "A2"


def test_a_sheet_is_never_without_a_name() -> None:
    out = BytesIO()
    write(out, FileKind.XLSX, [Column("JPY", decimals=0)], [[Decimal(1234)]], title="[]")
    sheet = load_workbook(BytesIO(out.getvalue())).active
    assert sheet is not None
    assert (sheet.title, sheet["A2"].number_format) == ("Sheet", "#,##0")
