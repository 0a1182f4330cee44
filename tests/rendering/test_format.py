"""Money, dates and counts read as the words of the product say, in any locale."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from gettext import GNUTranslations

import pytest
from babel.numbers import format_currency, parse_decimal
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.kernel import i18n
from chalicelib.rendering.format import MINUS, Formats, formats

UK = formats("en-GB", "Europe/London")
LOCALES = ("en-GB", "de-DE", "fr-FR", "en-IN", "pl-PL", "es-ES", "de-CH", "en-US")
NOW = datetime(2026, 11, 21, 14, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (179680, "GBP", "£1,796.80"),
        (-4820, "GBP", "−£48.20"),
        (0, "GBP", "£0.00"),
        (5, "GBP", "£0.05"),
        (1200, "EUR", "EUR 12.00"),
        (-1200, "EUR", "−EUR 12.00"),
        (123456789, "JPY", "JPY 123,456,789"),
        (1234567, "KWD", "KWD 1,234.567"),
    ],
)
def test_money_as_the_words_say(minor: int, currency: str, text: str) -> None:
    assert UK.money(minor, currency) == text


def test_the_dealers_own_currency_has_its_sign_wherever_the_dealer_is() -> None:
    assert Formats("en-GB", "Europe/Dublin", "EUR").money(1200, "EUR") == "€12.00"
    assert Formats("en-GB", "Europe/Dublin", "EUR").money(1200, "GBP") == "GBP 12.00"
    assert Formats("de-DE", "Europe/Berlin").money(-123456, "EUR") == "−1.234,56\xa0€"
    assert Formats("en-IN", "Asia/Kolkata").money(123456789, "INR") == "₹12,34,567.89"


@given(minor=st.integers(-(10**15), 10**15), locale=st.sampled_from(LOCALES))
def test_money_is_grouped_as_babel_groups_it_and_loses_nothing(minor: int, locale: str) -> None:
    name, text = locale.replace("-", "_"), Formats(locale, "UTC", "GBP").money(minor, "GBP")
    assert text.startswith(MINUS) == (minor < 0)
    assert text.removeprefix(MINUS) == format_currency(Decimal(abs(minor)).scaleb(-2), "GBP", locale=name)
    digits = "".join(c for c in text if c.isdigit() or c in ".,") if locale == "en-GB" else ""
    if digits:
        assert parse_decimal(digits, locale="en_GB") * 100 == abs(minor)


@pytest.mark.parametrize(
    ("day", "full", "near"),
    [
        (date(2026, 11, 18), "18 Nov 2026", "18 Nov"),
        (date(2026, 12, 18), "18 Dec 2026", "18 Dec"),
        (date(2027, 1, 9), "9 Jan 2027", "9 Jan"),
        (date(2026, 3, 1), "1 Mar 2026", "1 Mar 2026"),
        (date(2027, 6, 30), "30 Jun 2027", "30 Jun 2027"),
    ],
)
def test_a_date_drops_its_year_when_that_is_clear(day: date, full: str, near: str) -> None:
    assert (UK.date(day), UK.near_date(day, NOW.date())) == (full, near)
    assert UK.date_tag(day) == f'<time datetime="{day}">{full}</time>'
    assert UK.near_date_tag(day, NOW.date()) == f'<time datetime="{day}">{near}</time>'


def test_half_a_year_is_183_days() -> None:
    today = NOW.date()
    for days, has_year in ((182, False), (183, True), (-182, False), (-183, True)):
        day = today + timedelta(days=days)
        assert UK.near_date(day, today).endswith(str(day.year)) == has_year, days


@pytest.mark.parametrize(
    ("value", "least", "text"),
    [
        ("0", 0, "0"),
        ("0.00", 0, "0"),
        ("-1", 0, "−1"),
        ("1.0000", 0, "1"),
        ("3.9200", 2, "3.92"),
        ("3", 2, "3.00"),
        ("-1234.5", 0, "−1,234.5"),
    ],
)
def test_a_number_has_no_more_decimals_than_it_needs(value: str, least: int, text: str) -> None:
    assert UK.number(Decimal(value), least) == text


@pytest.mark.parametrize(
    ("locale", "near"),
    [("en-GB", "26 Dec"), ("en-US", "Dec 26"), ("de-DE", "26.12."), ("fr-FR", "26/12"), ("sv-SE", "26/12")],
)
def test_a_near_date_is_in_digits_where_the_page_speaks_another_language(locale: str, near: str) -> None:
    assert formats(locale, "UTC").near_date(date(2026, 12, 26), date(2026, 11, 26)) == near


def test_a_near_date_is_in_words_where_the_page_speaks_the_locales_language() -> None:
    i18n.catalogues["de-DE"] = GNUTranslations()
    try:
        with i18n.activated("de-DE"):
            assert formats("de-DE", "UTC").near_date(date(2026, 12, 26), date(2026, 11, 26)) == "26. Dez."
    finally:
        del i18n.catalogues["de-DE"]


@pytest.mark.parametrize(
    ("back", "text"),
    [(timedelta(), "Today 14:22"), (timedelta(hours=15), "Yesterday 23:22"), (timedelta(days=2), "19 Nov 2026 14:22")],
)
def test_a_moment_says_today_and_yesterday(back: timedelta, text: str) -> None:
    assert UK.moment(NOW - back, NOW) == text
    assert text in UK.moment_tag(NOW - back, NOW)


def test_moments_and_dates_are_the_dealers() -> None:
    late = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    assert UK.stamp(late) == "1 Jul 2026 00:30"
    assert UK.near_stamp(late, date(2026, 7, 5)) == "1 Jul 00:30"
    assert UK.near_stamp(late, date(2027, 7, 5)) == "1 Jul 2026 00:30"
    assert UK.near_stamp_tag(late, date(2026, 7, 5)) == '<time datetime="2026-07-01T00:30+01:00">1 Jul 00:30</time>'
    assert UK.stamp_tag(late) == '<time datetime="2026-07-01T00:30+01:00">1 Jul 2026 00:30</time>'
    assert UK.today(late) == date(2026, 7, 1)
    assert UK.date(late) == "30 Jun 2026"


def test_counts_shares_and_plurals() -> None:
    assert (UK.count(1482), UK.count(-1482), UK.count(7)) == ("1,482", "−1,482", "7")
    assert (UK.percent(341, 1482), UK.percent(0.62), UK.percent(0, 0), UK.percent(3, 3)) == ("23%", "62%", "0%", "100%")
    assert (UK.percent(1, 10_000), UK.percent(9_999, 10_000)) == ("1%", "99%")
    rows = "%(num)s row", "%(num)s rows"
    assert [UK.plural(number, *rows) for number in (0, 1, 1482)] == ["0 rows", "1 row", "1,482 rows"]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "1 second"), (41, "41 seconds"), (125, "2 minutes"), (3600, "1 hour"), (200_000, "2 days")],
)
def test_durations(seconds: float, text: str) -> None:
    assert UK.duration(seconds) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (1500, "1.5\N{NO-BREAK SPACE}kB"),
        (121_000_000, "121\N{NO-BREAK SPACE}MB"),
        (2_000_000_000, "2\N{NO-BREAK SPACE}GB"),
        (1_870, "1.9\N{NO-BREAK SPACE}kB"),
        (9_960, "10\N{NO-BREAK SPACE}kB"),
        (18_900, "19\N{NO-BREAK SPACE}kB"),
    ],
)
def test_sizes(count: int, text: str) -> None:
    assert UK.size(count) == text


def test_other_languages_write_sizes_and_percents_their_own_way() -> None:
    german = formats("de", "Europe/Berlin")
    assert german.size(1500) == "1,5\N{NO-BREAK SPACE}kB"
    assert german.percent(341, 1482) == "23\N{NO-BREAK SPACE}%"
    assert german.percent(0) == "0\N{NO-BREAK SPACE}%"


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)), st.sampled_from(LOCALES))
def test_every_date_has_a_form_in_every_locale(day: date, locale: str) -> None:
    made = formats(locale, "UTC")
    assert str(day.day) in made.date(day)
    assert made.near_date(day, day)
