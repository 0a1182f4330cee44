import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rendering.format import formats
from chalicelib.rendering.typed_amount import typed_amount


@pytest.mark.parametrize(
    ("text", "locale", "currency", "minor"),
    [
        ("46.15", "en-GB", "GBP", 4615),
        (" £46.15 ", "en-GB", "GBP", 4615),
        ("1,046.15", "en-GB", "GBP", 104615),
        ("46", "en-GB", "GBP", 4600),
        ("46,15", "en-GB", "GBP", 4615),
        ("46.5", "de-DE", "EUR", 4650),
        ("1.046,15", "de-DE", "EUR", 104615),
        ("1.046", "de-DE", "EUR", 104600),
        ("1.046,15 €", "de-DE", "EUR", 104615),
        ("EUR 12", "en-GB", "EUR", 1200),
        ("500", "ja-JP", "JPY", 500),
        ("5.50", "ja-JP", "JPY", None),
        ("46.155", "en-GB", "GBP", None),
        ("", "en-GB", "GBP", None),
        ("-5", "en-GB", "GBP", None),
        ("abc", "en-GB", "GBP", None),
        ("1e3", "en-GB", "GBP", None),
        ("\N{ARABIC-INDIC DIGIT FIVE}x", "en-GB", "GBP", None),
        ("9" * 400, "en-GB", "GBP", None),
    ],
)
def test_amounts_are_read_as_people_type_them(text: str, locale: str, currency: str, minor: int | None) -> None:
    assert typed_amount(text, locale=locale, currency=currency) == minor


@given(st.integers(1, 10**9), st.sampled_from([("en-GB", "GBP"), ("de-DE", "EUR")]))
def test_what_a_page_shows_is_read_back(minor: int, of: tuple[str, str]) -> None:
    locale, currency = of
    shown = formats(locale, "Europe/London", currency).money(minor, currency)
    assert typed_amount(shown, locale=locale, currency=currency) == minor


@given(st.text(max_size=40))
def test_whatever_is_typed_is_an_amount_or_none(text: str) -> None:
    found = typed_amount(text, locale="en-GB", currency="GBP")
    assert found is None or found >= 0
