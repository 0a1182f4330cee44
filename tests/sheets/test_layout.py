import random

import pytest

from chalicelib.sheets import layout
from chalicelib.sheets.layout import decode_rows, encode_rows, lay_out
from tests.sheets.notes import NOTES, Note

ROWS = [Note("0"), *(Note(f"{n}", "2023-01-05") for n in range(1, 4)), Note("4", "2024-05-01", 7)]


def test_a_page_a_year_and_one_for_rows_without_a_date() -> None:
    named, written = lay_out(NOTES, ROWS, run=7)
    assert [page.sk for page in named] == [f"X#notes{year}#0000000007" for year in ("", "#2023", "#2024")]
    assert [page.rows for page in named] == [1, 3, 1]
    assert [row for page in written for row in decode_rows(Note, page.data)] == ROWS


def test_a_page_that_did_not_change_is_named_again_and_not_written() -> None:
    before, _ = lay_out(NOTES, ROWS, run=7)
    named, written = lay_out(NOTES, [*ROWS[:-1], ROWS[-1]._replace(price=8)], run=9, kept=before)
    assert named[:2] == before[:2]
    assert [page.sk for page in written] == [named[2].sk] == ["X#notes#2024#0000000009"]


def test_a_large_year_is_split(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "PAGE_BYTES", 2_000)
    chance = random.Random(5)
    rows = [Note(f"{n:05d}", "2024-01-05", chance.randrange(10**9)) for n in range(1_000)]
    named, written = lay_out(NOTES, rows, run=7)
    assert len(written) > 3
    assert max(len(page.data) for page in written) <= 2_000
    assert [page.sk for page in named][:2] == ["X#notes#2024#00#0000000007", "X#notes#2024#01#0000000007"]
    assert [row for page in written for row in decode_rows(Note, page.data)] == rows
    again, more = lay_out(NOTES, rows, run=8, kept=named)
    assert (again, more) == (named, [])


def test_rows_of_an_older_version_have_fewer_fields() -> None:
    assert decode_rows(Note, encode_rows([("a", "2024-01-01")])) == [Note("a", "2024-01-01")]
