"""Money is integer minor units of one ISO 4217 currency. No binary float ever holds an amount."""

import re
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from babel.numbers import get_currency_precision, is_currency

AMOUNT = re.compile(r"-?\d{1,13}(\.\d{1,3})?")


@cache
def minor_digits(currency: str) -> int:
    """Digits after the point: GBP 2, JPY 0, KWD 3. Raises ValueError if `currency` is not ISO 4217."""
    if not re.fullmatch(r"[A-Z]{3}", currency) or not is_currency(currency):
        msg = f"not a currency code: {currency!r}"
        raise ValueError(msg)
    return get_currency_precision(currency)


def parse_amount(text: str, currency: str) -> int:
    """`7.70` GBP -> 770. Raises ValueError for other forms and for more digits than the currency has."""
    if not AMOUNT.fullmatch(text):
        msg = f"not an amount: {text!r}"
        raise ValueError(msg)
    whole, _, fraction = text.partition(".")
    digits = minor_digits(currency)
    if len(fraction.rstrip("0")) > digits:
        msg = f"more than {digits} decimals: {text!r}"
        raise ValueError(msg)
    return int(whole.lstrip("-") + fraction.ljust(digits, "0")[:digits]) * (-1 if whole.startswith("-") else 1)


def as_decimal(minor: int, currency: str) -> Decimal:
    """770 GBP -> Decimal('7.70'), for text and spreadsheets."""
    return Decimal(minor).scaleb(-minor_digits(currency))


def round_half_up(value: Decimal) -> int:
    """To a whole minor unit, halves away from zero (HMRC VATREC12030)."""
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))
