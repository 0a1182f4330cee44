"""What each field of manifest.json may hold. It is read by hand: dealers check exports where only Python is installed.

A reader takes a value as JSON has it, and raises FieldError for one that cannot be used. What may be written in two
ways is taken in both: a number in quotes, for one. Names that a later version adds are left alone.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from chalicelib.ccx.manifest import FIRST_YEAR, LAST_SEQUENCE, LAST_YEAR, DocumentCount, FileScope, ManifestFile, Source
from chalicelib.kernel.clock import is_time_zone
from chalicelib.kernel.money import minor_digits

Place = tuple[str | int, ...]
"""The way to a field: `("files", 0, "rows")`."""
Reader = Callable[[Any], Any]

MAX_EXPONENT = 17
"""Numbers have 18 digits before the point at most."""
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(rf"{_DATE.pattern}[Tt ][0-9]{{2}}:[0-9]{{2}}")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?")
_NAME = r"[a-z][a-z0-9_]{0,60}"
_TRUE, _FALSE = frozenset({"true", "yes", "y", "t", "on", "1"}), frozenset({"false", "no", "n", "f", "off", "0"})


class FieldError(ValueError):
    """A field that cannot be used, or that is `missing`, and where it is."""

    def __init__(self, *place: str | int, missing: bool = False) -> None:
        super().__init__(place)
        self.place: Place = place
        self.missing = missing


class Field(NamedTuple):
    """How a field is read, and whether it must be there."""

    read: Reader
    required: bool = False


Fields = Mapping[str, Field]


def read_fields(raw: Any, fields: Fields) -> dict[str, Any]:
    """The fields of one JSON object that are there, in their order. Raises FieldError for the first that is wrong."""
    if not isinstance(raw, dict):
        raise FieldError
    found = {}
    for name, field in fields.items():
        if name in raw:
            found[name] = _at(name, field.read, raw[name])
        elif field.required:
            raise FieldError(name, missing=True)
    return found


def _at(name: str | int, read: Reader, value: Any) -> Any:
    try:
        return read(value)
    except FieldError as error:
        raise FieldError(name, *error.place, missing=error.missing) from None
    except (ValueError, ArithmeticError):
        raise FieldError(name) from None


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise FieldError
    return value


def _short_text(value: Any) -> str:
    if len(_text(value)) > 120:  # noqa: PLR2004 - characters
        raise FieldError
    return str(value)


def _form(pattern: str) -> Reader:
    compiled = re.compile(pattern, re.ASCII)

    def read(value: Any) -> str:
        if not compiled.fullmatch(_text(value)):
            raise FieldError
        return str(value)

    return read


def _one_of(*words: str) -> Reader:
    def read(value: Any) -> str:
        if value not in words:
            raise FieldError
        return str(value)

    return read


def _whole(low: int, high: int | None = None) -> Reader:
    def read(value: Any) -> int:
        number = _integer(value)
        if number is None or number < low or (high is not None and number > high):
            raise FieldError
        return number

    return read


def _integer(value: Any) -> int | None:
    """Of a number with a point only noughts after it. The size is looked at first: 1e999999999 would fill memory."""
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        value = Decimal(value)
    if isinstance(value, Decimal):
        return int(value) if value.adjusted() <= MAX_EXPONENT and value == value.to_integral_value() else None
    return int(value) if isinstance(value, int) else None


def _truth(value: Any) -> bool:
    word = str(value).lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise FieldError


def _uuid(value: Any) -> UUID:
    return UUID(_text(value))


def _day(value: Any) -> date:
    if not _DATE.fullmatch(_text(value)):
        raise FieldError
    return date.fromisoformat(value)


def _year_in_range(moment: date) -> None:
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise FieldError


def _as_at(value: Any) -> date:
    day = _day(value)
    _year_in_range(day)
    return day


def _moment(value: Any) -> datetime:
    """RFC 3339, with its offset."""
    if not _MOMENT.match(_text(value)):
        raise FieldError
    moment = datetime.fromisoformat(value.upper())
    if moment.tzinfo is None:
        raise FieldError
    _year_in_range(moment)
    return moment


def _zone(value: Any) -> str:
    if not is_time_zone(_text(value)):
        raise FieldError
    return str(value)


def _currency(value: Any) -> str:
    minor_digits(_text(value))
    return str(value)


def _optional(read: Reader) -> Reader:
    return lambda value: None if value is None else read(value)


def _totals(value: Any) -> dict[str, dict[str, Decimal]]:
    if not isinstance(value, dict):
        raise FieldError
    return {column: _at(column, _sums, sums) for column, sums in value.items()}


def _sums(value: Any) -> dict[str, Decimal]:
    if not isinstance(value, dict):
        raise FieldError
    return {currency: _at(currency, partial(_total, currency), total) for currency, total in value.items()}


def _total(currency: str, value: Any) -> Decimal:
    digits = minor_digits(currency)
    if (
        isinstance(value, bool)
        or not isinstance(value, str | int | Decimal)
        or not _is_whole(total := Decimal(value), digits)
    ):
        raise FieldError
    return total


def _is_whole(total: Decimal, digits: int) -> bool:
    """Looks at the exponent first: arithmetic with 1e999999999 overflows."""
    if not total.is_finite() or total.adjusted() > MAX_EXPONENT:
        return False
    exponent = total.as_tuple().exponent
    return isinstance(exponent, int) and (exponent >= -digits or _is_zero_from(total, digits))


def _is_zero_from(total: Decimal, digits: int) -> bool:
    """Whether all decimals after the first `digits` are noughts."""
    _, figures, exponent = total.as_tuple()
    after = -int(exponent) - digits
    return not any(figures[-after:])


def _part(kind: Callable[..., Any], fields: Fields) -> Reader:
    return lambda value: kind(**read_fields(value, fields))


def _files(value: Any) -> tuple[ManifestFile, ...]:
    if not isinstance(value, list) or not value:
        raise FieldError
    return tuple(_at(index, _file, file) for index, file in enumerate(value))


_count = _whole(0)
_source = _part(Source, {name: Field(_short_text) for name in ("system", "version", "profile")})
_scope = _part(FileScope, {"history_from": Field(_optional(_day)), "open_items": Field(_truth)})
_documents = _part(DocumentCount, {"count": Field(_count), "bytes": Field(_count)})
_file = _part(
    ManifestFile,
    {
        "path": Field(_form(rf"{_NAME}\.csv"), required=True),
        "entity": Field(_form(_NAME), required=True),
        "mode": Field(_one_of("full", "delta", "absent")),
        "rows": Field(_count),
        "bytes": Field(_count),
        "sha256": Field(_form(r"([0-9a-fA-F]{64})?")),
        "scope": Field(_scope),
        "totals": Field(_totals),
    },
)
MANIFEST: Fields = {
    "format": Field(_one_of("ccx"), required=True),
    "version": Field(_text, required=True),
    "dealer_code": Field(_form(r"[A-Za-z0-9_-]{2,32}"), required=True),
    "source": Field(_source),
    "export_id": Field(_uuid, required=True),
    "sequence": Field(_whole(1, LAST_SEQUENCE), required=True),
    "previous_export_id": Field(_optional(_uuid)),
    "generated_at": Field(_moment, required=True),
    "as_at": Field(_as_at, required=True),
    "timezone": Field(_zone, required=True),
    "base_currency": Field(_currency, required=True),
    "files": Field(_files, required=True),
    "documents": Field(_documents),
}
