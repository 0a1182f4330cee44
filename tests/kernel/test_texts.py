import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.kernel.texts import header_text, visible


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("  Page 2\r\nfollows\t now ", "Page 2\nfollows  now"),
        ("nul\x00 escape\x1b[31m c1\x9b", "nul escape[31m c1"),
        ("invoice\u202efdp.exe \u2066x\u2069\u2028", "invoicefdp.exe x"),
        ("half\ud83d", "half"),
        ("שלום \u200f", "שלום"),
    ],
)
def test_what_nobody_sees_goes_and_the_rest_stays(text: str, kept: str) -> None:
    assert visible(text) == kept


@pytest.mark.parametrize(
    "emoji", ["👨\u200d👩\u200d👧", "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", "👍🏽", "✔\ufe0f"]
)
def test_what_joins_the_parts_of_an_emoji_stays(emoji: str) -> None:
    assert visible(emoji) == emoji


@given(st.text())
def test_what_is_kept_is_utf_8_and_stays_as_it_is(text: str) -> None:
    kept = visible(text)
    assert kept.encode().decode() == kept
    assert visible(kept) == kept


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Too\u200b much \n charged\u00ad", "Too much charged"),
        ("👨\u200d👩\u200d👧 €\u00a05", "👨👩👧 € 5"),
        ("a\x00b\u2028c\U000e0062d\ue000", "ab cd"),
    ],
)
def test_a_header_is_one_line_of_what_is_printed(text: str, line: str) -> None:
    assert header_text(text) == line


@given(st.text())
def test_a_header_is_always_printable(text: str) -> None:
    assert header_text(text).isprintable()
