import pytest

from chalicelib.kernel.names import is_name, name_for_strangers


@pytest.mark.parametrize(
    "name",
    [
        "Anna",
        "J. R. R.",
        "St. John-Smythe",
        "O'Neill",
        "Maria da Conceição",
        "Müller",
        "محمد",
        "王小明",
        "Ford 2",
    ],
)
def test_what_people_are_called_is_a_name(name: str) -> None:
    assert is_name(name)
    assert name_for_strangers(f"{name} {name}") == f"{name} {name}"


@pytest.mark.parametrize(
    "text",
    [
        "moorbeck-pay.com",
        "moorbeck-pay.\u200bcom",
        "moorbeck-pay.xn--p1ai",
        "or ring 0900 123 456",
        "ring \N{FULLWIDTH DIGIT ZERO}\N{FULLWIDTH DIGIT NINE}00",
        "zero9 0 0",
        "Pay now!",
        "al@farm.example",
        "Your account is suspended. To keep it",
    ],
)
def test_what_leads_somewhere_or_says_something_is_none(text: str) -> None:
    assert not is_name(text)


@pytest.mark.parametrize(
    "name",
    [
        "Your account is suspended. To keep it verify at moorbeck-pay.com",
        "Your account is suspended ring 0900 123",
        "Your account is suspended and so we ask you to come here",
        "x" * 90,
    ],
)
def test_strangers_are_not_told_what_is_none(name: str) -> None:
    assert name_for_strangers(name) == ""
