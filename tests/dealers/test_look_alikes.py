"""Names that read like another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.dealers.look_alikes import MAX_WORDS, is_one_alphabet, skeleton, skeletons_within, word_count

NAME = "Moorbeck Machinery"


@pytest.mark.parametrize(
    "text",
    [
        "MOORBECK MACHINERY",
        "Moorbeck Machinery Ltd.",
        "Moorbeck Machinery Co. Limited",
        "Moorbeck-Machinery!",
        "M00rbeck Machlnery",
        "Moorbeck Machínery",
        "\u041c\u043e\u043erb\u0435\u0441k Machinery",  # Cyrillic letters
        "M\u03bf\u03bfrbeck Machinery",  # Greek letters
        "\uff2doorbeck Machinery",  # of full width
        "Moorbeck\u200b Machinery",
        "Moorbeck Mach\u0131nery",
        "Moor beck Machinery",
    ],
)
def test_what_is_easily_taken_for_a_name_reads_the_same(text: str) -> None:
    assert skeleton(text) == skeleton(NAME)


@pytest.mark.parametrize("text", ["Moorbeck", "Moorbeck Parts", "Birkdale Machinery", "Moorbeck Machines"])
def test_other_names_read_otherwise(text: str) -> None:
    assert skeleton(text) != skeleton(NAME)


@pytest.mark.parametrize(
    "text",
    [
        "The Moorbeck Machinery team",
        "Accounts, M00rbeck Machinery",
        "Moorbeck Machinery",
        "Moorbeck Machinery-Accounts",
        "Moorbeck Machinery/Accounts",
        "Moorbeck_Machinery Accounts",
        "Moorbeck Machinery's team",
        "Moorbeck Machinery’s",
        "Moorbeck Mach|nery",
    ],
)
def test_a_name_is_found_among_other_words(text: str) -> None:
    assert skeleton(NAME) in set(skeletons_within(text))


def test_one_word_of_several_is_nobodys_name() -> None:
    assert skeleton("Claydon") not in set(skeletons_within("John Claydon"))
    assert list(skeletons_within("Claydon")) == [skeleton("Claydon")]


@given(st.text(max_size=60))
def test_any_text_is_looked_up_a_few_times(text: str) -> None:
    found = list(skeletons_within(text))
    assert len(found) <= 2 * (1 + MAX_WORDS * (MAX_WORDS - 1) // 2)
    assert "" not in found
    assert all(one.isalnum() for one in found)
    assert len(found) <= 2 or word_count(text) > 1


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("Müller & Söhne GmbH, 24 h", True),
        ("Łódź Traktory", True),
        ("Întreprinderea Țară", True),
        ("Αφοί Παπαδόπουλοι", True),
        ("Мурбек", True),
        ("Moorbeck", True),
        ("Mоorbeck", False),  # noqa: RUF001 - a Cyrillic letter among Latin ones
        ("M\u1d0forbeck Machinery", False),
        ("Moor\u0185eck", False),
        ("モーベック", False),
        ("24", True),
    ],
)
def test_a_name_in_two_alphabets_is_told_from_one_in_one(text: str, is_one: bool) -> None:  # noqa: FBT001
    assert is_one_alphabet(text) is is_one
