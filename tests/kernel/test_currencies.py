from babel.numbers import get_currency_precision, list_currencies

from chalicelib.kernel.currencies import DIGITS


def test_the_table_is_that_of_the_cldr() -> None:
    assert dict(DIGITS) == {currency: get_currency_precision(currency) for currency in list_currencies()}
