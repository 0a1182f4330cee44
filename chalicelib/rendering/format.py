"""Money, dates and counts as the dealer's readers write them. Words: sentence case, U+2212 for minus, 24 hours."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date as Date  # noqa: N812 - `date` is a method of Formats
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache, cached_property, lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import DateTimePattern, format_skeleton, get_date_format, parse_pattern
from babel.lists import format_list
from babel.numbers import format_currency, get_currency_precision, get_territory_currencies
from markupsafe import Markup

from chalicelib.kernel.i18n import gettext, language, ngettext

MINUS = "\N{MINUS SIGN}"
NEAR = timedelta(days=183)
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_NO_BREAK = "\N{NO-BREAK SPACE}"
_SIZES = (("GB", 10**9), ("MB", 10**6), ("kB", 10**3))
_SEVERAL = 10
"""From so many of a unit, tenths of it say nothing."""


@dataclass(frozen=True)
class Formats:
    """The formats of one dealer: `locale` BCP 47 (`en-GB`), `time_zone` IANA, `currency` the one shown by its sign."""

    locale: str
    time_zone: str
    currency: str = ""

    @cached_property
    def _babel(self) -> Locale:
        return Locale.parse(self.locale, sep="-")

    @cached_property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @cached_property
    def _home(self) -> str:
        return self.currency or next(iter(get_territory_currencies(self._babel.territory or "GB")), "")

    @cached_property
    def _numbers(self) -> Callable[[str], str]:
        """Groups the digits of a whole number."""
        return _grouping(self.locale)

    @cached_property
    def _full(self) -> DateTimePattern:
        return get_date_format("medium", self._babel)

    @cached_property
    def _percent(self) -> str:
        """`{}%`, or with a space before the sign."""
        return "{}" + str(self._babel.percent_formats[None].pattern).rpartition("0")[2]

    def money(self, minor: int, currency: str) -> str:
        """179680 GBP -> `£1,796.80`; -4820 -> `−£48.20`; a currency that is not the dealer's: `EUR 12.00`."""
        _, _, before, after = _currency_shape(self.locale, currency, home=currency == self._home)
        return f"{MINUS if minor < 0 else ''}{before}{self.amount(abs(minor), currency)}{after}"

    def amount(self, minor: int, currency: str) -> str:
        """Money without its currency, for columns that say it once: 179680 GBP -> `1,796.80`."""
        digits, point, _, _ = _currency_shape(self.locale, currency, home=currency == self._home)
        text = str(abs(minor)).rjust(digits + 1, "0")
        whole = self._numbers(text[: len(text) - digits])
        fraction = point + text[len(text) - digits :] if digits else ""
        return f"{MINUS if minor < 0 else ''}{whole}{fraction}"

    def number(self, value: Decimal, least: int = 0) -> str:
        """Without trailing zeros, but with `least` decimals: 1.0000 -> `1`; 3.9200 with 2 -> `3.92`."""
        whole, _, fraction = f"{abs(value):f}".partition(".")
        fraction = fraction.rstrip("0").ljust(least, "0")
        _, point, _, _ = _currency_shape(self.locale, "GBP", home=True)
        return f"{MINUS if value < 0 else ''}{self._numbers(whole)}{point + fraction if fraction else ''}"

    def count(self, number: int) -> str:
        """1482 -> `1,482`."""
        return (MINUS if number < 0 else "") + self._numbers(str(abs(number)))

    def either(self, values: Sequence[str]) -> str:
        """`trade, retail or cash`, in the language of the texts around it."""
        return format_list(values, style="or", locale=language().replace("-", "_"))

    def percent(self, part: float, whole: float = 1) -> str:
        """(341, 1482) -> `23%`; nothing of nothing is `0%`. Rounded, but 100% and 0% only when exact."""
        if not whole or not part:
            return self._percent.format(0)
        share = round(100 * part / whole)
        if 0 < part < whole:
            share = min(99, max(1, share))
        return self._percent.format(self.count(share))

    def date(self, day: Date) -> str:
        """`18 Nov 2026`, the medium form of the locale."""
        return _apply_date(self._full, _as_date(day), self._babel)

    def near_date(self, day: Date, today: Date) -> str:
        """`18 Dec` within half a year of `today`, else with its year.

        In digits (`18.12.`) where the page around it is not in the locale's language: `26. Dez.` in an English sentence
        reads as a slip.
        """
        if abs(_as_date(day) - _as_date(today)) >= NEAR:
            return self.date(day)
        spoken = self.locale.partition("-")[0] == language().partition("-")[0]
        return _near_date(self.locale, _as_date(day), "MMMd" if spoken else "Md")

    def month(self, day: Date) -> str:
        """`November 2026`; in digits where `near_date` is."""
        spoken = self.locale.partition("-")[0] == language().partition("-")[0]
        return _near_date(self.locale, _as_date(day), "yMMMM" if spoken else "yM")

    def short_month(self, day: Date) -> str:
        """`Nov 2026`, for a chart."""
        spoken = self.locale.partition("-")[0] == language().partition("-")[0]
        return _near_date(self.locale, _as_date(day), "yMMM" if spoken else "yM")

    def moment(self, moment: datetime, now: datetime) -> str:
        """`Today 14:20`, `Yesterday 16:05`, `21 Nov 2026 06:12`, in the dealer's time zone."""
        local = moment.astimezone(self._zone)
        age = (now.astimezone(self._zone).date() - local.date()).days
        day = gettext("Today") if age == 0 else gettext("Yesterday") if age == 1 else self.date(local.date())
        return f"{day} {local:%H:%M}"

    def stamp(self, moment: datetime) -> str:
        """`21 Nov 2026 06:12`: for a moment within a sentence, or in print."""
        local = moment.astimezone(self._zone)
        return f"{self.date(local.date())} {local:%H:%M}"

    def time(self, moment: datetime) -> str:
        """`06:12`: for a moment of the next hours."""
        return f"{moment.astimezone(self._zone):%H:%M}"

    def near_stamp(self, moment: datetime, today: Date) -> str:
        """`21 Nov 06:12` within half a year of `today`, else with its year."""
        local = moment.astimezone(self._zone)
        return f"{self.near_date(local.date(), today)} {local:%H:%M}"

    def today(self, now: datetime) -> Date:
        """The calendar date at `now` where the dealer is."""
        return now.astimezone(self._zone).date()

    def date_tag(self, day: Date) -> Markup:
        """`date` in a `<time datetime>`."""
        return _time_tag(_as_date(day).isoformat(), self.date(day))

    def near_date_tag(self, day: Date, today: Date) -> Markup:
        """`near_date` in a `<time datetime>`."""
        return _time_tag(_as_date(day).isoformat(), self.near_date(day, today))

    def moment_tag(self, moment: datetime, now: datetime) -> Markup:
        """`moment` in a `<time datetime>`."""
        return _time_tag(moment.astimezone(self._zone).isoformat(timespec="minutes"), self.moment(moment, now))

    def stamp_tag(self, moment: datetime) -> Markup:
        """`stamp` in a `<time datetime>`."""
        return _time_tag(moment.astimezone(self._zone).isoformat(timespec="minutes"), self.stamp(moment))

    def near_stamp_tag(self, moment: datetime, today: Date) -> Markup:
        """`near_stamp` in a `<time datetime>`."""
        local = moment.astimezone(self._zone)
        return _time_tag(local.isoformat(timespec="minutes"), self.near_stamp(moment, today))

    def duration(self, seconds: float) -> str:
        """41 -> `41 seconds`, 125 -> `2 minutes`, 0.4 -> `1 second`: one unit, rounded down."""
        if seconds >= _DAY:
            return self.plural(int(seconds // _DAY), "%(num)s day", "%(num)s days")
        if seconds >= _HOUR:
            return self.plural(int(seconds // _HOUR), "%(num)s hour", "%(num)s hours")
        if seconds >= _MINUTE:
            return self.plural(int(seconds // _MINUTE), "%(num)s minute", "%(num)s minutes")
        return self.plural(max(1, round(seconds)), "%(num)s second", "%(num)s seconds")

    def plural(self, number: int, singular: str, plural: str) -> str:
        """(1482, "%(num)s row", "%(num)s rows") -> `1,482 rows`, translated. Templates call `ngettext` instead."""
        return ngettext(singular, plural, number, num=self.count(number))

    def size(self, count: int) -> str:
        """Bytes in powers of ten: 121_000_000 -> `121 MB`, 512 -> `512 bytes`. A unit never stands alone on a line."""
        for unit, length in _SIZES:
            if count >= length:
                is_few = count < _SEVERAL * length
                tenths = _nearest(10 * count, length) if is_few else 10 * _nearest(count, length)
                whole, tenth = divmod(tenths, 10)
                _, point, _, _ = _currency_shape(self.locale, "GBP", home=True)
                shown = f"{whole}{point}{tenth}" if tenth else f"{whole}"
                return f"{shown}{_NO_BREAK}{unit}"
        return self.plural(count, "%(num)s byte", "%(num)s bytes")


def _nearest(count: int, length: int) -> int:
    return (2 * count + length) // (2 * length)


@cache
def formats(locale: str, time_zone: str, currency: str = "") -> Formats:
    """The one Formats of these settings, so that its patterns are parsed once in a process."""
    return Formats(locale, time_zone, currency)


@cache
def _grouping(locale: str) -> Callable[[str], str]:
    babel = Locale.parse(locale, sep="-")
    last, rest = babel.decimal_formats[None].grouping
    mark = babel.number_symbols["latn"]["group"]

    def group(digits: str) -> str:
        if len(digits) <= last:
            return digits
        parts = [digits[-last:]]
        digits = digits[:-last]
        while digits:
            parts.append(digits[-rest:])
            digits = digits[:-rest]
        return str(mark.join(reversed(parts)))

    return group


@cache
def _currency_shape(locale: str, currency: str, *, home: bool) -> tuple[int, str, str, str]:
    """Digits after the point, the point, and what comes before and after the number."""
    babel = Locale.parse(locale, sep="-")
    digits, point = get_currency_precision(currency), babel.number_symbols["latn"]["decimal"]
    if not home:
        return digits, point, f"{currency} ", ""
    zero = format_currency(0, currency, locale=babel, numbering_system="latn")
    before, after = zero.split(f"0{point}{'0' * digits}" if digits else "0", 1)
    return digits, point, before, after


@lru_cache(4096)
def _near_date(locale: str, day: Date, skeleton: str) -> str:
    return format_skeleton(skeleton, day, locale=Locale.parse(locale, sep="-"))


@lru_cache(4096)
def _apply_date(pattern: DateTimePattern, day: Date, locale: Locale) -> str:
    return str(parse_pattern(pattern).apply(day, locale))


def _as_date(day: Date) -> Date:
    return day.date() if isinstance(day, datetime) else day


@lru_cache(4096)
def _time_tag(iso: str, text: str) -> Markup:
    return Markup('<time datetime="{}">{}</time>').format(iso, text)
