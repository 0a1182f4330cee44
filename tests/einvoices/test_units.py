import pytest

from chalicelib.einvoices.units import AGREED, ONE, unit_code


@pytest.mark.parametrize(
    ("unit", "code"),
    [
        (None, ONE),
        (" ", ONE),
        ("Each", ONE),
        ("Stk.", ONE),
        ("m", "MTR"),
        ("m2", "MTK"),
        ("m\N{SUPERSCRIPT TWO}", "MTK"),
        ("M^3", "MTQ"),
        ("MIN", "MIN"),
        ("ml", "MLT"),
        ("Hrs", "HUR"),
        ("Box", "XBX"),
        ("gal", AGREED),
        ("bale", AGREED),
    ],
)
def test_units_as_dealers_write_them(unit: str | None, code: str) -> None:
    assert unit_code(unit) == code
