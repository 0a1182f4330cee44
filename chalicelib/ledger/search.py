"""Text search over rows: every word must be found, in a number, type, order, machine, description, amount or date."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest

from chalicelib.kernel.i18n import SOURCE_LOCALE
from chalicelib.ledger.row import Row
from chalicelib.ledger.search_dates import DatePattern, calendar, date_at

_AMOUNT = re.compile(r"[-−]?\D{0,3}?[-−]?(\d[\d.,'\u00a0\u202f]*)")
_LABEL = r"(?:no|nr|num|number|ref|inv)[.:]?"
_LABELS = re.compile(rf"[#№]|{_LABEL}")
"""Words that only say that a number follows: `# 127118`, `no. 127118`."""
_LABELLED = re.compile(rf"[#№](?=.)|{_LABEL}#?(?=\d{{3}})")
MAX_WORDS = 8


@dataclass(frozen=True, slots=True)
class _Word:
    """`number` is the text without the label of a number before it: 127118 of `#127118`."""

    text: str
    number: str
    amounts: range | None


@dataclass(frozen=True, slots=True)
class _Term:
    """Words that belong together: those of a date, which may also be meant as text, or a single one."""

    words: tuple[_Word, ...]
    date: DatePattern | None = None


def matcher(text: str, *, digits: int, locale: str = SOURCE_LOCALE) -> Callable[[Row], bool]:
    """A test for rows. `642` finds £642.18 and order 1642, `23 Nov` what is dated so. At most 8 words count.

    A number is found as people write it: `#127118`, `no. 127118`, and `invoice 127118` as our own pages call it.
    `digits` are the currency's decimals, `locale` says how dates are written.
    """
    terms = list(_terms(_words(text), digits=digits, locale=locale))

    def found(row: Row) -> bool:
        hay = haystack(row)
        return all(_has(row, hay, term) for term in terms)

    return found


def _words(text: str) -> list[str]:
    """The words, without those that only announce the number after them."""
    words = text.casefold().split()[:MAX_WORDS]
    return [
        word
        for word, following in zip_longest(words, words[1:], fillvalue="")
        if not (_LABELS.fullmatch(word) and any(map(str.isdigit, following)))
    ]


def _word(text: str, *, digits: int) -> _Word:
    label = _LABELLED.match(text)
    return _Word(text, text[label.end() :] if label else text, amounts(text, digits=digits))


def _terms(words: list[str], *, digits: int, locale: str) -> Iterator[_Term]:
    known = calendar(locale)
    while words:
        pattern, length = date_at(words, known) or (None, 1)
        yield _Term(tuple(_word(word, digits=digits) for word in words[:length]), pattern)
        words = words[length:]


def _has(row: Row, hay: str, term: _Term) -> bool:
    if term.date is not None and _is_dated(row, term.date):
        return True
    return all(_has_word(row, hay, word) for word in term.words)


def _has_word(row: Row, hay: str, word: _Word) -> bool:
    return word.text in hay or word.number in hay or (word.amounts is not None and _has_amount(row, word.amounts))


def _is_dated(row: Row, pattern: DatePattern) -> bool:
    """A day may be any that the row shows; a month is that of the row's own date."""
    if pattern.day is None:
        return pattern.fits(row.transaction_date)
    shown = (row.transaction_date, row.due_date, row.settled_date, row.discount_date)
    return any(map(pattern.fits, shown))


def haystack(row: Row) -> str:
    """The row's searchable text, case folded, its parts apart."""
    parts = (
        row.reference,
        row.type.replace("_", " "),
        row.description,
        row.order_no,
        row.customer_order_ref,
        row.advice_no,
        row.machine,
        row.transaction_id,
    )
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
