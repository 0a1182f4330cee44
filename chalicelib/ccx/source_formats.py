"""Figures in a message as English writes them, the source language, for an export without a dealer around it.

It is `rendering.format` of the locale en-GB without Babel, which the program for dealers' machines does not have. A
test compares the two.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from chalicelib.kernel.money import minor_digits

_MINUS = "\N{MINUS SIGN}"
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec".split()


class SourceFormats:
    """Pounds have their sign, other currencies their code: `£1,796.80`, `EUR 12.00`."""

    def money(self, minor: int, currency: str) -> str:
        """-4820 GBP -> `−£48.20`."""
        digits = minor_digits(currency)
        whole, fraction = divmod(abs(minor), 10**digits)
        sign = "£" if currency == "GBP" else f"{currency} "
        point = f".{fraction:0{digits}d}" if digits else ""
        return f"{_MINUS if minor < 0 else ''}{sign}{whole:,}{point}"

    def date(self, day: date) -> str:
        """`18 Nov 2026`."""
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"

    def count(self, number: int) -> str:
        """1482 -> `1,482`."""
        return f"{_MINUS if number < 0 else ''}{abs(number):,}"

    def number(self, value: Decimal, least: int = 0) -> str:
        """Without trailing zeros, but with `least` decimals: 3.9200 with 2 -> `3.92`."""
        whole, _, fraction = f"{abs(value):f}".partition(".")
        fraction = fraction.rstrip("0").ljust(least, "0")
        return f"{_MINUS if value < 0 else ''}{int(whole):,}{'.' + fraction if fraction else ''}"

    def either(self, values: Sequence[str]) -> str:
        """`trade, retail or cash`."""
        *first, last = values or ("",)
        return f"{', '.join(first)} or {last}" if first else last


SOURCE_FORMATS = SourceFormats()
