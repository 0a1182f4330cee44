import pytest

from chalicelib.ledger.search import MAX_WORDS, amounts, search
from tests.ledger.rows import a_row


@pytest.mark.parametrize(
    ("word", "digits", "expected"),
    [
        ("642", 2, range(64200, 64300)),
        ("642.1", 2, range(64210, 64220)),
        ("642.", 2, range(64200, 64300)),
        ("£1,093.50", 2, range(109350, 109351)),
        ("1.093,50", 2, range(109350, 109351)),
        ("1,093", 2, range(109300, 109400)),
        ("EUR12.00", 2, range(1200, 1201)),
        ("1234", 0, range(1234, 1235)),
        ("1.235", 3, range(1235, 1236)),
        ("PO42", 2, range(4200, 4300)),
        ("abc", 2, None),
        ("12-34", 2, None),
        (".", 2, None),
        ("£٣٤", 2, None),
    ],
)
def test_amounts_as_people_type_them(word: str, digits: int, expected: range | None) -> None:
    assert amounts(word, digits=digits) == expected


def test_only_the_first_words_count() -> None:
    row = a_row("127070", total=770)
    assert search([row], " ".join(["127070"] * MAX_WORDS + ["else"]), digits=2) == [row]
    assert search([row], "127070 else", digits=2) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("23 Nov", ["dated", "due", "worded"]),
        ("23/11/2026", ["dated"]),
        ("November", ["dated", "worded"]),
        ("November 2025", []),
        ("23 Nov hose", ["dated"]),
        ("26. Dez.", ["late"]),
    ],
)
def test_a_day_is_any_that_a_row_shows_and_a_month_that_of_its_own_date(text: str, expected: list[str]) -> None:
    rows = [
        a_row("dated", total=770, on="2026-11-23", description="Hose"),
        a_row("due", total=770, on="2026-10-24", due_date="2025-11-23"),
        a_row("late", total=770, on="2026-12-26"),
        a_row("worded", total=770, on="2026-01-05", description="23 rolls, of November"),
    ]
    locale = "de-DE" if "Dez" in text else "en-GB"
    assert [row.reference for row in search(rows, text, digits=2, locale=locale)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("#127118", ["127118"]),
        ("  # 127118 ", ["127118"]),
        ("no. 127118", ["127118"]),
        ("No.127118", ["127118"]),
        ("№ 127118", ["127118"]),
        ("Invoice no. 127118", ["127118"]),
        ("Invoice #127118", ["127118"]),
        ("inv 127118", ["127118"]),
        ("INV 127119", ["INV127119"]),
        ("inv127119", ["INV127119"]),
        ("credit note C20417", ["C20417"]),
        ("payment 127118", []),
        ("#A1", ["#A1"]),
        ("number plate", ["C20417"]),
        ("#", ["#A1"]),
        ("hose no", []),
    ],
)
def test_a_number_is_found_as_people_write_it(text: str, expected: list[str]) -> None:
    rows = [
        a_row("127118", total=770),
        a_row("INV127119", total=770),
        a_row("C20417", total=-770, type="credit_note", description="Number plate"),
        a_row("#A1", total=770),
    ]
    assert [row.reference for row in search(rows, text, digits=2)] == expected
