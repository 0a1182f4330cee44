import pytest

from chalicelib.einvoices.identifiers import is_endpoint, is_iban, vat_id_of


@pytest.mark.parametrize(
    ("text", "country", "found"),
    [
        ("GB 123 4567 89", "GB", "GB123456789"),
        ("123 4567 89", "GB", "GB123456789"),
        ("123456789", "GR", "EL123456789"),
        ("", "GB", ""),
        ("DE-", "DE", ""),
        ("1" * 40, "GB", ""),
    ],
)
def test_a_vat_number_begins_with_its_country(text: str, country: str, found: str) -> None:
    assert vat_id_of(text, country) == found


def test_numbers_that_are_mistyped_are_noticed() -> None:
    assert is_endpoint("0088", "5012345678900")
    assert not is_endpoint("0088", "5012345678901")
    assert is_endpoint("9932", "GB123456789")
    assert not is_endpoint("9932", "GB 123456789")
    assert not is_endpoint("1234", "GB123456789")
    assert is_iban("GB29NWBK60161331926819")
    assert not is_iban("GB29NWBK60161331926818")
    assert not is_iban("GB29")
