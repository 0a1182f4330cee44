"""Text search over rows: every word must be found, in a number, an order, the description, an amount or a date."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from chalicelib.kernel.i18n import SOURCE_LOCALE
from chalicelib.ledger.model import Row
from chalicelib.ledger.search_dates import DatePattern, calendar, date_at

_AMOUNT = re.compile(r"[-−]?\D{0,3}?[-−]?(\d[\d.,'\u00a0\u202f]*)")
MAX_WORDS = 8


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    amounts: range | None


@dataclass(frozen=True, slots=True)
class _Term:
    """Words that belong together: those of a date, which may also be meant as text, or a single one."""

    words: tuple[_Word, ...]
    date: DatePattern | None = None


def matcher(text: str, *, digits: int, locale: str = SOURCE_LOCALE) -> Callable[[Row], bool]:
    """A test for rows. `642` finds £642.18 and order 1642, `23 Nov` what is dated so. At most 8 words count.

    `digits` are the currency's decimals, `locale` says how dates are written.
    """
    terms = list(_terms(text.casefold().split()[:MAX_WORDS], digits=digits, locale=locale))

    def found(row: Row) -> bool:
        hay = haystack(row)
        return all(_has(row, hay, term) for term in terms)

    return found


def _terms(words: list[str], *, digits: int, locale: str) -> Iterator[_Term]:
    known = calendar(locale)
    while words:
        pattern, length = date_at(words, known) or (None, 1)
        yield _Term(tuple(_Word(word, amounts(word, digits=digits)) for word in words[:length]), pattern)
        words = words[length:]


def _has(row: Row, hay: str, term: _Term) -> bool:
    if term.date is not None and _is_dated(row, term.date):
        return True
    return all(word.text in hay or (word.amounts is not None and _has_amount(row, word.amounts)) for word in term.words)


def _is_dated(row: Row, pattern: DatePattern) -> bool:
    """A day may be any that the row shows; a month is that of the row's own date."""
    if pattern.day is None:
        return pattern.fits(row.transaction_date)
    shown = (row.transaction_date, row.due_date, row.settled_date, row.discount_date)
    return any(map(pattern.fits, shown))


def haystack(row: Row) -> str:
    """The row's searchable text, case folded, its parts apart."""
    parts = (row.reference, row.description, row.order_no, row.customer_order_ref, row.advice_no, row.transaction_id)
    return "\n".join(filter(None, parts)).casefold()


def amounts(word: str, *, digits: int) -> range | None:
    """The minor units that a typed amount stands for: `642` -> 64200..64299, `642.1` -> 64210..64219. None: no amount.

    A last separator followed by as many digits as the currency has, or fewer, is the decimal one.
    """
    match = _AMOUNT.fullmatch(word)
    if not match:
        return None
    whole, fraction = _split(match[1], digits)
    plain = re.sub(r"\D", "", whole)
    if not plain or not plain.isascii():
        return None
    low = int(plain + fraction.ljust(digits, "0"))
    return range(low, low + 10 ** (digits - len(fraction)))


def _split(number: str, digits: int) -> tuple[str, str]:
    at = max(number.rfind("."), number.rfind(","))
    if at < 0 or len(number) - at - 1 > digits:
        return number, ""
    return number[:at], number[at + 1 :]


def _has_amount(row: Row, wanted: range) -> bool:
    return abs(row.total) in wanted or abs(row.outstanding) in wanted


def search(rows: Iterable[Row], text: str, *, digits: int, locale: str = SOURCE_LOCALE) -> list[Row]:
    """The rows in which every word of `text` is found, in their order."""
    return list(filter(matcher(text, digits=digits, locale=locale), rows))
