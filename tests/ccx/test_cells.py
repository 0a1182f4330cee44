import re
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.ccx import cells
from chalicelib.ccx.cells import CellError, Parser
from chalicelib.ccx.codes import Code
from chalicelib.ccx.messages import Message, phrase
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.money import as_decimal, minor_digits
from tests.ccx.words import words

FORM = re.compile(r"-?\d{1,13}(\.\d{1,3})?", re.ASCII)
LETTERS = phrase(lazy_gettext("letters"))
PARSERS: list[Parser] = [
    cells.Text(5),
    cells.one_of("a", "b"),
    cells.form("[a-z]+", LETTERS),
    cells.boolean,
    cells.iso_date,
    cells.moment,
    cells.period,
    cells.amount("GBP"),
    cells.amount("JPY"),
    cells.decimal4,
    cells.percent,
    cells.whole_percent,
    cells.integer(0, 9),
    cells.currency,
    cells.email,
]


@given(st.sampled_from(PARSERS), st.text(min_size=1, max_size=40))
def test_any_text_is_a_value_or_a_finding_with_words(parse: Parser, cell: str) -> None:
    try:
        parse(cell)
    except CellError as error:
        assert "…" not in words(Message(error.code, error.params))  # noqa: PT017 - it may also parse


@given(st.integers(-(10**15), 10**15), st.sampled_from(["GBP", "JPY", "KWD"]))
def test_every_amount_comes_back(minor: int, currency: str) -> None:
    cell = str(as_decimal(minor // 10**3, currency))
    assert cells.amount(currency)(cell) == minor // 10**3


@given(st.from_regex(r"-?\d{1,15}(\.\d{0,4})?", fullmatch=True), st.sampled_from(["GBP", "JPY", "KWD"]))
def test_amounts_are_whole_minor_units(cell: str, currency: str) -> None:
    scaled = Decimal(cell).scaleb(minor_digits(currency)) if FORM.fullmatch(cell) else None
    expected = int(scaled) if scaled is not None and scaled % 1 == 0 else None
    try:
        found: int | None = cells.amount(currency)(cell)
    except CellError:
        found = None
    assert found == expected or not cell.isascii()


@pytest.mark.parametrize(
    ("currency", "column", "expected"),
    [
        ("GBP", ["7.70", "", "-1000.05"], [770, None, -100_005]),
        ("GBP", ["770", "7.7", ""], [77_000, 770, None]),
        ("JPY", ["770", "", "-7"], [770, None, -7]),
        ("KWD", ["1.235", "1"], [1_235, 1_000]),
        ("GBP", ["770", "", "-1"], [77_000, None, -100]),
    ],
)
def test_a_column_reads_as_its_cells(currency: str, column: list[str], expected: list[int | None]) -> None:
    assert cells.amount(currency).column(column) == expected


@pytest.mark.parametrize(("currency", "cell"), [("JPY", "770."), ("GBP", "7."), ("GBP", "7.705")])
def test_a_column_refuses_what_a_cell_does(currency: str, cell: str) -> None:
    with pytest.raises(CellError):
        cells.amount(currency).column(["7", cell])


@given(st.dates(min_value=date(1900, 1, 1)))
def test_every_date_comes_back(day: date) -> None:
    assert cells.iso_date(day.isoformat()) == day.isoformat()


def refusal(parse: Parser, cell: str) -> str:
    with pytest.raises(CellError) as caught:
        parse(cell)
    return words(Message(caught.value.code, caught.value.params))


@pytest.mark.parametrize(
    "cell",
    ["31/09/2026", "2026-02-31", "05/06/2024", "1/2/26", "0026-02-01", "20240605", "\u0662\u0660\u0662\u0664-06-05"],
)
def test_a_bad_date_is_told_the_form_and_never_another_date(cell: str) -> None:
    said = "There is no such date in the form YYYY-MM-DD. Use this form, for example 2026-09-30."
    assert refusal(cells.iso_date, cell) == said


@pytest.mark.parametrize(
    "cell", ["£7.70", "1,020.00", "7.", ".5", "+7.70", "1e3", "7.7000", "- 7", "(7.70)", "\u0667.70", "--1"]
)
def test_what_is_no_amount(cell: str) -> None:
    assert refusal(cells.amount("GBP"), cell).startswith("This is not an amount. Use digits with a point")


def test_more_decimals_than_the_currency_has() -> None:
    assert refusal(cells.amount("GBP"), "7.705") == (
        "GBP has 2 decimals, this has more. Use no more than these, for example 1020.50."
    )
    assert refusal(cells.amount("JPY"), "7.5").endswith("for example 1020.")
    assert cells.amount("GBP")("7.700") == 770
    assert cells.amount("JPY")("7.00") == 7
    assert cells.amount("KWD")("-1.235") == -1235


@pytest.mark.parametrize(
    "cell", ["a@b.example", "al.barlow@postgate.example", "o'neil+x@a-b.co.uk", "a@m\u00fcller.de"]
)
def test_addresses(cell: str) -> None:
    assert cells.email(cell) == cell


@pytest.mark.parametrize(
    "cell",
    [
        "a",
        "a@b",
        "a@@b.uk",
        "a b@c.uk",
        "a@b.uk\nBcc: x@y.uk",
        ".a@b.uk",
        "a@-b.uk",
        "x" * 65 + "@b.uk",
        "a@farm.local",
    ],
)
def test_what_is_no_address(cell: str) -> None:
    with pytest.raises(CellError) as caught:
        cells.email(cell)
    assert caught.value.code is Code.W306_BAD_EMAIL


@pytest.mark.parametrize("cell", ["2024-06-05T05:00:00Z", "2024-06-05T05:00:00.25+01:00", "2024-06-05t05:00z"])
def test_moments(cell: str) -> None:
    assert cells.moment(cell) == cell


@pytest.mark.parametrize("cell", ["2024-06-05", "2024-06-05T05:00:00", "2024-06-31T05:00:00Z"])
def test_what_is_no_moment(cell: str) -> None:
    assert refusal(cells.moment, cell).endswith("T06:00:00Z.")


@pytest.mark.parametrize(("parse", "good", "bad"), [
    (cells.percent, "99.99", "100"),
    (cells.whole_percent, "100", "100.01"),
    (cells.decimal4, "-2.1234", "1.23456"),
    (cells.integer(0, 365), "365", "366"),
    (cells.integer(0, 365), "0", "-1"),
    (cells.integer(0, 365), "7", "7.0"),
    (cells.period, "2024-06", "2024-13"),
    (cells.currency, "GBP", "gbp"),
    (cells.boolean, "true", "TRUE"),
    (cells.boolean, "false", "0"),
    (cells.Text(3), "abc", "abcd"),
    (cells.Text(32), "B0003", "B" * 33),
    (cells.one_of("a", "b"), "a", "A"),
    (cells.form("[A-Z]{2}", LETTERS), "GB", "GBR"),
])  # fmt: skip
def test_limits(parse: Parser, good: str, bad: str) -> None:
    parse(good)
    assert refusal(parse, bad)


def test_rates_stay_decimal_text() -> None:
    assert Decimal(cells.percent("5.00")) == 5
