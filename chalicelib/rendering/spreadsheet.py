"""Rows as CSV or XLSX that a spreadsheet opens without surprises: numbers are numbers, text is never a formula."""

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from io import TextIOWrapper
from typing import IO

from chalicelib.kernel.i18n import gettext as _

Cell = str | int | Decimal | date | None

_START = r"[\s\u200b\ufeff]*[-=+@－＝＋＠]"  # noqa: RUF001 - Excel takes the wide forms too
_FORMULA = re.compile(rf"[\t\r]|{_START}")
_LATER_FORMULA = re.compile(rf"(?<=[;|\t\n])(?={_START})")
"""Where a program that separates cells by `;` (Excel in most of Europe), `|` or tabs sees one begin within ours."""


class FileKind(StrEnum):
    """The two forms, by file extension."""

    CSV = "csv"
    XLSX = "xlsx"


CONTENT_TYPES = {
    FileKind.CSV: "text/csv; charset=utf-8",
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class Column:
    """A heading, the width of its column in characters, and how many decimals its numbers show."""

    label: str
    width: int = 12
    decimals: int = 2


def neutral(text: str) -> str:
    """`text`, with an apostrophe before what a spreadsheet would take for a formula, leading space or not."""
    # Tested control: formula-prefix
    return f"'{text}" if _FORMULA.match(text) else text


def neutral_in_csv(text: str) -> str:
    """The same where a program may divide the cell at a separator of its own."""
    return _LATER_FORMULA.sub("'", neutral(text))


def write(
    out: IO[bytes], kind: FileKind, columns: Sequence[Column], rows: Iterable[Sequence[Cell]], *, title: str
) -> None:
    """Write all rows to `out`, one at a time: 100,000 take no more memory than 100."""
    if kind is FileKind.CSV:
        write_csv(out, columns, rows)
    else:
        write_xlsx(out, columns, rows, title=title)


def write_csv(out: IO[bytes], columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> None:
    """RFC 4180 in UTF-8 with the mark by which Excel knows it; dates ISO, decimals with a point."""
    text = TextIOWrapper(out, encoding="utf-8-sig", newline="", write_through=False)
    writer = csv.writer(text)
    writer.writerow([neutral_in_csv(column.label) for column in columns])
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    text.flush()
    text.detach()


def _plain(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return neutral_in_csv(cell)
    if isinstance(cell, int):
        return str(cell)
    return cell.isoformat() if isinstance(cell, date) else f"{cell:f}"


def write_xlsx(out: IO[bytes], columns: Sequence[Column], rows: Iterable[Sequence[Cell]], *, title: str) -> None:
    """One sheet with a frozen, bold heading; each cell typed."""
    from xlsxwriter import Workbook  # type: ignore[import-untyped]

    with Workbook(out, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet(_sheet_name(title))
        bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
        numbers = [book.add_format({"num_format": _number_format(column.decimals)}) for column in columns]
        for at, column in enumerate(columns):
            sheet.set_column(at, at, column.width)
            sheet.write_string(0, at, neutral(column.label), bold)
        sheet.freeze_panes(1, 0)
        for line, row in enumerate(rows, 1):
            for at, cell in enumerate(row):
                if cell is None:
                    continue
                if isinstance(cell, str):
                    # Tested control: xlsx-neutral
                    sheet.write_string(line, at, neutral(cell))
                elif isinstance(cell, date):
                    sheet.write_datetime(line, at, cell, day)
                else:
                    sheet.write_number(line, at, float(cell), numbers[at])


def _number_format(decimals: int) -> str:
    return f"#,##0.{'0' * decimals}" if decimals else "#,##0"


def _sheet_name(title: str) -> str:
    plain = "".join(" " if letter in "[]:*?/\\'" else letter for letter in title).strip()
    return plain[:31] or _("Sheet")
