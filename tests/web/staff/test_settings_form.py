"""Fields are read one by one, and all that is wrong is said at once."""

import pytest

from chalicelib.kernel.errors import InvalidError
from chalicelib.web.staff.settings_form import OneOf, SettingField, plain_text, read_form


def a_number(text: str) -> int:
    if not text.isdecimal():
        raise InvalidError("Enter a number")
    return int(text)


FIELDS = [SettingField(name, a_number) for name in ("one", "two", "three")]


def test_what_is_right_is_read_and_what_is_wrong_says_what_to_do() -> None:
    found = read_form(FIELDS, {"one": " 1 ", "two": "x", "other": "9"})
    assert found.values == {"one": 1}
    assert found.errors == {"two": "Enter a number"}


def test_a_choice_is_one_of_its_options() -> None:
    choice = OneOf({"a": None, "b": 2}, "Choose one")
    assert (choice("a"), choice("b")) == (None, 2)
    with pytest.raises(InvalidError, match="Choose one"):
        choice("c")


def test_a_text_that_is_too_long_says_by_how_much_and_is_not_cut() -> None:
    read = plain_text(600, lines=True)
    assert read("a\r\n" * 200).count("\n") == 199
    for typed, said in (
        ("x" * 812, "812 of 600 characters: shorten it by 212"),
        ("x" * 9_000, "9000 of 600 characters"),
    ):
        with pytest.raises(InvalidError, match=said):
            read(typed)
