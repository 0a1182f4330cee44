import pytest

from chalicelib.rendering.contact import dialled, initials


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("01632 960 014", "01632960014"),
        ("+49 (0)831 / 555 0100", "+498315550100"),
        ("01632 960014 ext. 12", "01632960014"),
        ("(01632) 960-014", "01632960014"),
        ("ask", ""),
    ],
)
def test_a_number_as_a_phone_dials_it(number: str, expected: str) -> None:
    assert dialled(number) == expected


@pytest.mark.parametrize(
    ("email", "expected"),
    [
        ("anna.reed@moorbeck.example", "AR"),
        ("al_barlow-jones@postgate.example", "AJ"),
        ("office@moorbeck.example", "OF"),
        ("x@moorbeck.example", "X"),
        ("émile.zola@moorbeck.example", "ÉZ"),
        ("__@moorbeck.example", ""),
    ],
)
def test_two_letters_of_a_person(email: str, expected: str) -> None:
    assert initials(email) == expected
