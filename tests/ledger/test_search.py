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
