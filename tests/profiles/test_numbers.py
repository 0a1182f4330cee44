"""Telephone numbers: what is stored of what people type, and how it is shown again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.profiles.numbers import NotANumberError, e164, mobile_e164, shown


@pytest.mark.parametrize(
    ("typed", "country", "stored", "again"),
    [
        ("01632 960 114", "GB", "+441632960114", "01632 960114"),
        ("+44 (0)7700 900118", "GB", "+447700900118", "07700 900118"),
        ("0044 7700 900118", "GB", "+447700900118", "07700 900118"),
        ("030 123456", "DE", "+4930123456", "030 123456"),
        ("+49 30 123456", "GB", "+4930123456", "+49 30 123456"),
        ("(503) 555-0142", "US", "+15035550142", "(503) 555-0142"),
    ],
)
def test_a_number_is_stored_as_e164_and_shown_in_the_national_form(
    typed: str, country: str, stored: str, again: str
) -> None:
    assert e164(typed, country=country) == stored
    assert shown(stored, country=country) == again


@pytest.mark.parametrize("typed", ["call me", "960 114", "01632", "1" * 30, "+999 1234567", "+44"])
def test_what_nobody_can_dial_is_refused(typed: str) -> None:
    with pytest.raises(NotANumberError, match="telephone number with its area code"):
        e164(typed, country="GB")


@pytest.mark.parametrize(
    ("typed", "country"),
    [("07700 90011", "GB"), ("020 7946 001", "GB"), ("+44 7700 90011", "DE"), ("01 42 68 53 0", "FR")],
)
def test_a_number_without_one_of_its_digits_is_refused(typed: str, country: str) -> None:
    with pytest.raises(NotANumberError, match="a digit too few or too many"):
        e164(typed, country=country)


@pytest.mark.parametrize(("typed", "stored"), [("0800 1111", "+448001111"), ("01204 52345", "+44120452345")])
def test_short_numbers_that_there_are_are_kept_with_their_leading_0(typed: str, stored: str) -> None:
    assert e164(typed, country="GB") == stored
    assert shown(stored, country="GB") == typed


def test_an_extension_cannot_be_stored() -> None:
    with pytest.raises(NotANumberError, match="without an extension"):
        e164("01632 960114 ext 12", country="GB")


@given(st.text(max_size=41))
def test_whatever_is_typed_is_a_number_or_refused(typed: str) -> None:
    try:
        stored = e164(typed, country="GB")
    except NotANumberError:
        return
    assert e164(shown(stored, country="GB"), country="GB") == stored


def test_nothing_is_shown_of_nothing() -> None:
    assert shown("", country="GB") == ""


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("07400 123456", "+447400123456"), ("+44 (0)7400 123456", "+447400123456"), ("+353 85 123 4567", "+353851234567")],
)
def test_a_text_message_goes_to_a_mobile_number_of_an_allowed_country(typed: str, stored: str) -> None:
    assert mobile_e164(typed, country="GB", allowed={"GB", "IE"}) == stored


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Enter your mobile number, such as 07400 123456"),
        ("+1 201 555 0123", "We send no text messages to this country"),
        ("+7 912 345 67 89", "We send no text messages to this country"),
        ("+44 7797 712345", "We cannot send text messages to this number"),  # Jersey's, which begins as Britain's do
        ("01632 960 114", "We cannot send text messages to this number"),
        ("0906 123 4567", "We cannot send text messages to this number"),  # costs those who call it
        ("07400 123456 ext 7", "without an extension"),
    ],
)
def test_no_text_message_goes_anywhere_else(typed: str, said: str) -> None:
    with pytest.raises(NotANumberError) as refused:
        mobile_e164(typed, country="GB", allowed={"GB", "IE"})
    assert said in str(refused.value.message)
