"""Text search over rows: every word must be found, in a number, an order reference, the description or an amount."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from chalicelib.ledger.model import Row

_AMOUNT = re.compile(r"[-−]?\D{0,3}?[-−]?(\d[\d.,'\u00a0\u202f]*)")
MAX_WORDS = 8


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    amounts: range | None


def matcher(text: str, *, digits: int) -> Callable[[Row], bool]:
    """A test for rows. `642` finds £642.18 and order 1642, `£1,093.50` that amount. At most 8 words count.

    `digits` are the currency's decimals.
    """
    words = [_Word(word, amounts(word, digits=digits)) for word in text.casefold().split()[:MAX_WORDS]]

    def found(row: Row) -> bool:
        hay = haystack(row)
        return all(word.text in hay or (word.amounts is not None and _has_amount(row, word.amounts)) for word in words)

    return found


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


def search(rows: Iterable[Row], text: str, *, digits: int) -> list[Row]:
    """The rows in which every word of `text` is found, in their order."""
    return list(filter(matcher(text, digits=digits), rows))
