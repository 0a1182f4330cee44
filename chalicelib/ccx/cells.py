"""One cell of text to one value, or CellError with the code that says why not. Empty cells never come here.

Dates stay ISO text and rates stay decimal text, as rows are stored. Kinds are named in `columns`.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from operator import ne
from typing import Any

from chalicelib.ccx.codes import Code
from chalicelib.ccx.messages import Choice, Param, Phrase, phrase
from chalicelib.kernel.emails import is_email
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.money import as_decimal, minor_digits

Parser = Callable[[str], Any]
EXAMPLE_DATE = "2026-09-30"
EARLIEST = "1900"
"""Nothing in a ledger is older: such a year was meant to be another."""
_NUMBER4 = phrase(lazy_gettext("digits with a point and up to 4 decimals, for example %(example)s"), example="2.5")
_PERCENTAGE = lazy_gettext("a percentage from 0 to %(high)s, for example %(example)s")
_WHOLE_NUMBER = lazy_gettext("a whole number from %(low)s to %(high)s")
_AMOUNT = re.compile(r"(-?)(\d{1,13})(?:\.(\d{1,3}))?", re.ASCII)
_DECIMAL4 = re.compile(r"-?\d{1,13}(?:\.\d{1,4})?", re.ASCII)
_PERCENT = re.compile(r"\d{1,3}(?:\.\d{1,3})?", re.ASCII)
_INTEGER = re.compile(r"-?\d{1,15}", re.ASCII)
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_ISO_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_PERIOD = re.compile(r"\d{4}-(0[1-9]|1[0-2])", re.ASCII)


class CellError(Exception):
    """The cell cannot be used. `params` fill the text of `code`."""

    def __init__(self, code: Code, **params: Param) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


@dataclass(frozen=True, slots=True)
class Text:
    """Any text up to `limit` characters.

    Tabs and line ends in a quoted cell are kept in `multiline` text, refused in `exact` text, and a space elsewhere.
    """

    limit: int
    multiline: bool = False
    exact: bool = False

    def __call__(self, cell: str) -> str:
        """The text itself."""
        if len(cell) > self.limit:
            raise CellError(Code.E102_TOO_LONG, length=len(cell), limit=self.limit)
        return cell

    def column(self, column: Sequence[str]) -> list[str | None]:
        """Many cells, empty ones as None. Raises CellError if one is too long or wants trimming."""
        if max(map(len, column)) > self.limit or any(map(ne, column, map(str.strip, column))):
            raise CellError(Code.E102_TOO_LONG)
        return [cell or None for cell in column]


def one_of(*values: str) -> Parser:
    """One of a few words, spelt exactly so."""
    known = frozenset(values)

    def parse(cell: str) -> str:
        if cell in known:
            return cell
        raise CellError(Code.E103_BAD_VALUE, what=Choice(values))

    return parse


def form(pattern: str, what: Phrase) -> Parser:
    """Text that matches `pattern` whole."""
    compiled = re.compile(pattern, re.ASCII)

    def parse(cell: str) -> str:
        if compiled.fullmatch(cell):
            return cell
        raise CellError(Code.E119_BAD_FORM, what=what)

    return parse


def boolean(cell: str) -> bool:
    """`true` or `false`."""
    if cell == "true":
        return True
    if cell == "false":
        return False
    raise CellError(Code.E108_BAD_BOOLEAN)


def iso_date(cell: str) -> str:
    """A calendar date `YYYY-MM-DD` since 1900, as the same text."""
    if _ISO_DATE.fullmatch(cell) and cell >= EARLIEST:
        try:
            date.fromisoformat(cell)
        except ValueError:
            pass
        else:
            return cell
    raise CellError(Code.E104_BAD_DATE, form="YYYY-MM-DD", example=EXAMPLE_DATE)


def moment(cell: str) -> str:
    """A date and time with its offset, RFC 3339."""
    if _ISO_MOMENT.fullmatch(cell):
        try:
            datetime.fromisoformat(cell.upper())
        except ValueError:
            pass
        else:
            return cell
    raise CellError(Code.E104_BAD_DATE, form="YYYY-MM-DDThh:mm:ssZ", example=f"{EXAMPLE_DATE}T06:00:00Z")


def period(cell: str) -> str:
    """An accounting month `YYYY-MM`."""
    if _PERIOD.fullmatch(cell):
        return cell
    raise CellError(Code.E104_BAD_DATE, form="YYYY-MM", example="2026-09")


class Amount:
    """Amounts of a currency to minor units: `7.70` GBP -> 770. More decimals than it has are refused unless zeros."""

    def __init__(self, currency: str) -> None:
        self._currency = currency
        self._digits = minor_digits(currency)
        fraction = rf"\.\d{{{self._digits}}}" if self._digits else ""
        self._usual = re.compile(rf"(?:(?:-?\d{{1,13}}{fraction})?\n)*", re.ASCII)

    def __call__(self, cell: str) -> int:
        """Minor units of one cell."""
        match = _AMOUNT.fullmatch(cell)
        if not match:
            raise CellError(Code.E105_BAD_AMOUNT, example=_example(self._currency))
        sign, whole, fraction = match.groups("")
        digits = self._digits
        if len(fraction) > digits:
            if fraction[digits:].strip("0"):
                example = _example(self._currency)
                raise CellError(Code.E106_DECIMALS, currency=self._currency, digits=digits, example=example)
            fraction = fraction[:digits]
        minor = int(whole + fraction.ljust(digits, "0"))
        return -minor if sign else minor

    def column(self, column: Sequence[str]) -> list[int | None]:
        """Many cells, empty ones as None. Where all have the usual form, one match serves them all."""
        text = "\n".join(column) + "\n"
        if self._usual.fullmatch(text):
            return [int(cell) if cell else None for cell in text.replace(".", "").split("\n")[:-1]]
        return [self(cell) if cell else None for cell in column]


amount = cache(Amount)
"""The parser of a currency's amounts."""


def _example(currency: str) -> str:
    return str(as_decimal(10_205 * 10 ** minor_digits(currency) // 10, currency))


def decimal4(cell: str) -> str:
    """A quantity or unit price with up to 4 decimals, as text."""
    if _DECIMAL4.fullmatch(cell):
        return cell
    raise CellError(Code.E109_BAD_NUMBER, what=_NUMBER4)


def percent(cell: str) -> str:
    """0 to 99.99, as text. 100 has its own kind."""
    if _PERCENT.fullmatch(cell) and Decimal(cell) <= Decimal("99.99"):
        return cell
    raise CellError(Code.E109_BAD_NUMBER, what=phrase(_PERCENTAGE, high="99.99", example="2.50"))


def whole_percent(cell: str) -> str:
    """0 to 100, as text."""
    if _PERCENT.fullmatch(cell) and Decimal(cell) <= 100:  # noqa: PLR2004 - percent
        return cell
    raise CellError(Code.E109_BAD_NUMBER, what=phrase(_PERCENTAGE, high="100", example="2.50"))


def integer(low: int, high: int) -> Parser:
    """A whole number from `low` to `high`."""

    def parse(cell: str) -> int:
        if _INTEGER.fullmatch(cell) and low <= int(cell) <= high:
            return int(cell)
        raise CellError(Code.E109_BAD_NUMBER, what=phrase(_WHOLE_NUMBER, low=low, high=high))

    return parse


def currency(cell: str) -> str:
    """An ISO 4217 code."""
    try:
        minor_digits(cell)
    except ValueError:
        raise CellError(Code.E107_BAD_CURRENCY) from None
    return cell


def email(cell: str) -> str:
    """One address that mail can be sent to. Its error is a warning: the cell is left out, the row stays."""
    if is_email(cell):
        return cell
    raise CellError(Code.W306_BAD_EMAIL)


def words(values: Iterable[str]) -> tuple[str, ...]:
    """The values of an enumeration, as plain text."""
    return tuple(str(value) for value in values)
