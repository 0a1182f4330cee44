"""What is said of an export: stored as a code with its parameters, and put into words when somebody reads it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from chalicelib.ccx.code_texts import TEXTS
from chalicelib.ccx.codes import Code
from chalicelib.kernel.i18n import LazyText, gettext


@dataclass(frozen=True, slots=True)
class Money:
    """An amount as it was read, in minor units. One that is to be written into a file is plain text instead."""

    minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Day:
    """A date as it was read, in ISO 8601."""

    day: str


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole, shown in percent."""

    part: int
    whole: int


@dataclass(frozen=True, slots=True)
class Choice:
    """Values of which one may be written into a file."""

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words within a sentence: their English source, which is a message itself, and what fills it."""

    source: str
    params: dict[str, int | str] = field(default_factory=dict)


Param = int | str | Money | Day | Share | Choice | Phrase
"""A whole number is shown as a count; text as it is: a name, a cell, or what is to be written into a file."""
Params = Mapping[str, Param]


@dataclass(frozen=True, slots=True)
class Message:
    """A code, and what fills its text."""

    code: Code
    params: dict[str, Param] = field(default_factory=dict)


Stored = Message | str
"""A message as it is stored. Text is of before there were codes for it: English, shown as it is."""


class Formats(Protocol):
    """How a reader's figures are written: `rendering.format` has a dealer's, `SOURCE_FORMATS` those of nobody."""

    def money(self, minor: int, currency: str) -> str:
        """179680 GBP -> `£1,796.80`."""

    def date(self, day: date) -> str:
        """`18 Nov 2026`."""

    def count(self, number: int) -> str:
        """1482 -> `1,482`."""

    def number(self, value: Decimal, least: int = 0) -> str:
        """Without trailing zeros, but with `least` decimals."""

    def either(self, values: Sequence[str]) -> str:
        """`trade, retail or cash`, in the language of the texts."""


def phrase(text: LazyText, **params: int | str) -> Phrase:
    """Words that stand in a message: `phrase(lazy_gettext("up to %(limit)s digits"), limit=8)`."""
    return Phrase(text.message, params)


def sentences(message: Stored, fmt: Formats) -> str:
    """What is wrong and what to do, in the reader's language: `This cell is empty. Write the account number.`."""
    if isinstance(message, str):
        return message
    text, values = TEXTS[message.code], _Values(message.params, fmt)
    reason, remedy = str(text.reason) % values, str(text.remedy) % values
    return gettext("%(reason)s. %(remedy)s.", reason=reason, remedy=remedy)


def reason_of(message: Stored, fmt: Formats) -> str:
    """What is wrong, without the remedy."""
    if isinstance(message, str):
        return message.partition(". ")[0]
    return str(TEXTS[message.code].reason) % _Values(message.params, fmt)


class _Values(dict[str, str]):
    """The parameters as they are shown. One that a text names since the message was stored is an ellipsis."""

    def __init__(self, params: Params, fmt: Formats) -> None:
        super().__init__((name, _shown(param, fmt)) for name, param in params.items())

    def __missing__(self, name: str) -> str:
        return "\N{HORIZONTAL ELLIPSIS}"


def _shown(param: Param, fmt: Formats) -> str:
    return _SHOWN[type(param)](param, fmt)


def _percent(share: Share, fmt: Formats) -> str:
    percent = Decimal(100 * share.part) / max(1, share.whole)
    return f"{fmt.number(round(percent, 1), 1) if percent < 10 else fmt.count(round(percent))}%"  # noqa: PLR2004 - digits


def _phrase(phrase: Phrase, fmt: Formats) -> str:
    return gettext(phrase.source) % _Values(phrase.params, fmt)


_SHOWN: dict[type, Callable[[Any, Formats], str]] = {
    int: lambda number, fmt: fmt.count(number),
    str: lambda text, _: text,
    Money: lambda money, fmt: fmt.money(money.minor, money.currency),
    Day: lambda day, fmt: fmt.date(date.fromisoformat(day.day)),
    Share: _percent,
    Choice: lambda choice, fmt: fmt.either(choice.values),
    Phrase: _phrase,
}
