import pytest

from chalicelib.ledger.search_dates import DatePattern, calendar, date_at


def pattern(text: str) -> DatePattern:
    """`2026-11-23`, with `?` for what is open."""
    year, month, day = (None if part == "?" else part for part in text.split("-"))
    return DatePattern(year, month, day)


@pytest.mark.parametrize(
    ("locale", "text", "expected", "length"),
    [
        ("en-GB", "23 nov", "?-11-23", 2),
        ("en-GB", "nov 23", "?-11-23", 2),
        ("en-GB", "23rd november", "?-11-23", 2),
        ("en-GB", "23 nov 2026", "2026-11-23", 3),
        ("en-GB", "nov 23, 2026", "2026-11-23", 3),
        ("en-GB", "23 nov 127070", "?-11-23", 2),
        ("en-GB", "october", "?-10-?", 1),
        ("en-GB", "octo", "?-10-?", 1),
        ("en-GB", "sept", "?-09-?", 1),
        ("en-GB", "october 2025", "2025-10-?", 2),
        ("en-GB", "23/11/2026", "2026-11-23", 1),
        ("en-GB", "23/11/26", "2026-11-23", 1),
        ("en-GB", "23-nov-2026", "2026-11-23", 1),
        ("en-GB", "23/11", "?-11-23", 1),
        ("en-GB", "11/23", "?-11-23", 1),
        ("en-GB", "2026-11-23", "2026-11-23", 1),
        ("en-GB", "2026-11", "2026-11-?", 1),
        ("en-GB", "11/2026", "2026-11-?", 1),
        ("en-US", "11/5/2026", "2026-11-05", 1),
        ("en-GB", "11/5/2026", "2026-05-11", 1),
        ("de-DE", "23.11.", "?-11-23", 1),
        ("de-DE", "26. dez.", "?-12-26", 2),
        ("de-DE", "oktober", "?-10-?", 1),
        ("de-DE", "october", "?-10-?", 1),
        ("fr-FR", "23 févr. 2026", "2026-02-23", 3),
    ],
)
def test_dates_as_people_type_them(locale: str, text: str, expected: str, length: int) -> None:
    assert date_at(text.split(), calendar(locale)) == (pattern(expected), length)


@pytest.mark.parametrize(
    "text", ["127070", "12.05", "1,093.50", "2026", "32", "32/11", "31/13/2026", "0/11", "a-b-c-d", "ju", "paris"]
)
def test_what_is_no_date(text: str) -> None:
    assert date_at([text], calendar("en-GB")) is None


def test_a_pattern_fits_what_it_leaves_open() -> None:
    assert pattern("?-11-?").fits("2026-11-23")
    assert pattern("2026-11-23").fits("2026-11-23")
    assert not pattern("2025-11-23").fits("2026-11-23")
    assert not pattern("?-11-22").fits("2026-11-23")
    assert not pattern("?-10-?").fits("2026-11-23")
    assert not pattern("?-10-?").fits(None)
