"""English without Babel says what the renderer says with it."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.ccx.source_formats import SOURCE_FORMATS
from chalicelib.kernel.currencies import DIGITS
from chalicelib.kernel.i18n import SOURCE_LOCALE
from chalicelib.rendering.format import formats

RENDERED = formats(SOURCE_LOCALE, "UTC")


@given(st.integers(-(10**15), 10**15), st.sampled_from(sorted(DIGITS)))
def test_money(minor: int, currency: str) -> None:
    assert SOURCE_FORMATS.money(minor, currency) == RENDERED.money(minor, currency)
    assert SOURCE_FORMATS.money(minor, "GBP") == RENDERED.money(minor, "GBP")


@given(st.dates())
def test_dates(day: date) -> None:
    assert SOURCE_FORMATS.date(day) == RENDERED.date(day)


@given(st.integers(), st.decimals(allow_nan=False, allow_infinity=False, places=4), st.integers(0, 3))
def test_numbers(number: int, value: Decimal, least: int) -> None:
    assert SOURCE_FORMATS.count(number) == RENDERED.count(number)
    assert SOURCE_FORMATS.number(value, least) == RENDERED.number(value, least)


@given(st.lists(st.text(st.characters(categories=["L"]), min_size=1), max_size=4).map(tuple))
def test_alternatives(values: tuple[str, ...]) -> None:
    assert SOURCE_FORMATS.either(values) == RENDERED.either(values)
