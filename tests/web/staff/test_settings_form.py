"""Fields are read one by one, and all that is wrong is said at once."""

import pytest

from chalicelib.kernel.errors import InvalidError
from chalicelib.web.staff.settings_fields import FIELDS as SETTINGS
from chalicelib.web.staff.settings_form import OneOf, SettingField, plain_text, read_form


def a_number(text: str) -> int:
    if not text.isdecimal():
        raise InvalidError("Enter a number")
    return int(text)


FIELDS = [SettingField(name, a_number) for name in ("one", "two", "three")]
EXPORT_BY = [one for one in SETTINGS if one.name == "export_by"]


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


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        *(("07:00", "07:00"), ("7", "07:00"), ("7.30", "07:30"), ("7am", "07:00"), ("12 AM", "00:00")),
        *(("12pm", "12:00"), ("7:05 pm", "19:05"), ("23", "23:00"), (" ", "")),
    ],
)
def test_a_time_is_read_as_people_type_it(typed: str, stored: str) -> None:
    assert read_form(EXPORT_BY, {"export_by": typed}).values == {"export_by": stored}


@pytest.mark.parametrize("typed", ["24", "7:60", "13pm", "0am", "seven", "7:0", "123", "am"])
def test_what_is_no_time_says_what_to_enter(typed: str) -> None:
    assert read_form(EXPORT_BY, {"export_by": typed}).errors == {"export_by": "Enter a time, such as 07:00"}
