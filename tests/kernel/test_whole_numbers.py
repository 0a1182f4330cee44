import pytest

from chalicelib.kernel.whole_numbers import whole_number


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("7", 7), ("0042", 42), ("999999999", 999_999_999)])
def test_digits_are_a_number(text: str, number: int) -> None:
    assert whole_number(text) == number


@pytest.mark.parametrize("text", ["", "-1", "+1", " 1", "1_0", "1.0", "\u0661", "\u00b2", "1\n", "1" * 10, "7" * 5_000])
def test_nothing_else_is(text: str) -> None:
    assert whole_number(text) is None


def test_how_many_digits_is_the_callers_to_say() -> None:
    assert (whole_number("20240605", most_digits=8), whole_number("20240605", most_digits=7)) == (20_240_605, None)
