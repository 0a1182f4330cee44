"""What a person may enter of themselves."""

import pytest

from chalicelib.profiles.model import Details, changed_fields, entered

GOOD = {
    "title": "mr",
    "first_name": " Alan ",
    "last_name": "Barlow",
    "line1": "Postgate  Farm",
    "line2": "",
    "city": "Whitby",
    "postcode": "YO21 6ND",
    "phone": "01632 960 114",
    "mobile": "07700 900118",
    "alternate": "",
}


def test_what_was_entered_is_tidied_and_numbers_are_made_international() -> None:
    found = entered(GOOD, country="GB")
    assert found.errors == {}
    assert found.details == Details(
        "mr", "Alan", "Barlow", "Postgate Farm", "", "Whitby", "YO21 6ND", "+441632960114", "+447700900118"
    )
    assert found.details.name == "Alan Barlow"


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("title", "", "Choose your title"),
        ("title", "king", "Choose your title"),
        ("first_name", " \u202e", "Enter your first name"),
        ("last_name", "", "Enter your last name"),
        ("last_name", "x" * 41, "Shorten it to 40 characters"),
        ("last_name", "Pay at https://pay.example", "Enter a name alone"),
        ("last_name", "moorbeck-pay.com or ring 0900 1", "Enter a name alone"),
        ("first_name", "www.pay.example", "Enter a name alone"),
        ("line1", "x" * 101, "Shorten it to 100 characters"),
        ("postcode", "x" * 13, "Shorten it to 12 characters"),
        ("mobile", "7700", "Enter your mobile number, such as 07400 123456"),
        ("alternate", "0" * 5000, "Enter a telephone number"),
    ],
)
def test_what_is_wrong_is_said_of_its_field(name: str, typed: str, said: str) -> None:
    found = entered({**GOOD, name: typed}, country="GB")
    assert set(found.errors) == {name}
    assert said in found.errors[name]


def test_what_differs_is_named_without_its_value() -> None:
    assert changed_fields(Details(city="Whitby"), Details(city="York", title="mr")) == ["title", "city"]
    assert changed_fields(Details(), Details()) == []
