"""An amount as somebody types it into a form."""

import re
from decimal import Decimal

from babel import Locale
from babel.numbers import NumberFormatError, parse_decimal

from chalicelib.kernel.money import minor_digits, minor_units

_LONGEST = 20
_NO_AMOUNT = re.compile(r"[^\d.,'\u2019\u00a0\u202f ]")
_SIGNS = re.compile(r"^(?:[A-Z]{3}|[^\w\s\d.,'-])?\s*|\s*(?:[A-Z]{3}|[^\w\s\d.,'-])?$")
_POINT = re.compile(r"\d+[.,]\d{1,2}")


def typed_amount(text: str, *, locale: str, currency: str) -> int | None:
    """Minor units of `46.15`, `£1,046.15` or in German `1.046,15`; None for what is no amount of this currency.

    A number with one separator and one or two digits behind it is read alike in every language: `46,15` and `46.15`.
    """
    value = typed_decimal(text, locale=locale)
    return None if value is None else minor_units(value, minor_digits(currency))


def typed_decimal(text: str, *, locale: str) -> Decimal | None:
    """The same in major units, of whatever currency."""
    bare = _SIGNS.sub("", text.strip()[:_LONGEST])
    if not bare or len(text.strip()) > _LONGEST or _NO_AMOUNT.search(bare):
        return None
    if _POINT.fullmatch(bare):
        return Decimal(bare.replace(",", "."))
    try:
        return parse_decimal(bare, locale=Locale.parse(locale, sep="-"), strict=True)
    except NumberFormatError:
        return None
