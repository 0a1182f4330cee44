import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.customers.directory.prefix_search import matches, query_words, word_lines

NAMES = [
    "Mr T.Furber",
    "Müller & Søn",
    "O'Neil Plant",
    "ØRSTED A/S",
    "Łukasz Straße",
    "CUST.POLICY ADJUSTM'T",
    "Иван Ли",
]
LINES = word_lines(NAMES)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("furb", ["Mr T.Furber"]),
        ("FURBER t", ["Mr T.Furber"]),
        ("urber", []),
        ("muller", ["Müller & Søn"]),
        ("MÜLLER søn", ["Müller & Søn"]),
        ("son", ["Müller & Søn"]),
        ("o'neil", ["O'Neil Plant"]),
        ("oneil", ["O'Neil Plant"]),
        ("neil", ["O'Neil Plant"]),
        ("o\u2019neil pl", ["O'Neil Plant"]),
        ("o", ["O'Neil Plant", "ØRSTED A/S"]),
        ("strasse", ["Łukasz Straße"]),
        ("lukasz", ["Łukasz Straße"]),
        ("adjustm't", ["CUST.POLICY ADJUSTM'T"]),
        ("иван", ["Иван Ли"]),
        ("a/s", ["ØRSTED A/S"]),
        ("furber muller", []),
    ],
)
def test_a_word_is_found_by_its_beginning(typed: str, found: list[str]) -> None:
    assert [NAMES[at] for at in matches(LINES, query_words(typed))] == found


@given(st.lists(st.text(max_size=20), max_size=5), st.data())
def test_every_word_finds_its_own_text_from_one_letter_on(texts: list[str], data: st.DataObject) -> None:
    lines = word_lines(texts)
    assert len(lines) == len(texts)
    for at, text in enumerate(texts):
        for word in query_words(text):
            begin = word[: data.draw(st.integers(1, len(word)))]
            assert at in matches(lines, [begin])


@given(st.text(), st.text())
def test_what_is_typed_is_cut_at_spaces(one: str, other: str) -> None:
    assert query_words(f"{one} {other}") == [*query_words(one), *query_words(other)]
