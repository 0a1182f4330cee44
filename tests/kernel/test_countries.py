"""Countries of locales."""

import pytest

from chalicelib.kernel.countries import country_of


@pytest.mark.parametrize(
    ("locale", "country"), [("en-GB", "GB"), ("en", "GB"), ("de", "DE"), ("de-AT", "AT"), ("da", "DK"), ("xx", "XX")]
)
def test_the_country_is_that_of_the_dealers_locale(locale: str, country: str) -> None:
    assert country_of(locale) == country
