"""manifest.json and the bundle's own name: who sent what, as at when, and how much of it there must be."""

import json
import re
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal, NamedTuple, Self, TypeVar
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails

from chalicelib.ccx.codes import Code
from chalicelib.ccx.findings import BundleError
from chalicelib.ccx.messages import Phrase, phrase
from chalicelib.kernel.clock import is_time_zone
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.money import minor_digits

MAX_BYTES = 256 * 1024
"""The run keeps its manifest and headers, in one item of at most 400 KB."""
VERSION = "1."
LARGEST = 10**18
LAST_SEQUENCE = 99_999_999
AHEAD = timedelta(days=366)
MAX_EXPONENT = 17
"""Totals have 18 digits before the point at most."""
FIRST_YEAR, LAST_YEAR = 2000, 2199
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(rf"{_DATE.pattern}[Tt ][0-9]{{2}}:[0-9]{{2}}")


D = TypeVar("D", bound=date)


def _zone(name: str) -> str:
    if not is_time_zone(name):
        msg = "is not a time zone, such as Europe/London"
        raise ValueError(msg)
    return name


def _currency(code: str) -> str:
    minor_digits(code)
    return code


def _in_range(moment: D) -> D:
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        msg = f"is not between {FIRST_YEAR} and {LAST_YEAR}"
        raise ValueError(msg)
    return moment


def _written_as_date(value: object) -> object:
    """Pydantic also takes a number of seconds, and a moment at midnight."""
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        msg = "is not written as YYYY-MM-DD"
        raise ValueError(msg)
    return value


def _written_as_moment(value: object) -> object:
    """Pydantic also takes a number of seconds, and a date."""
    if not isinstance(value, str) or not _MOMENT.match(value):
        msg = "is not written as YYYY-MM-DDThh:mm"
        raise ValueError(msg)
    return value


Day = Annotated[date, BeforeValidator(_written_as_date)]
Currency = Annotated[str, AfterValidator(_currency)]
Count = Annotated[int, Field(ge=0)]


class _Part(BaseModel):
    # A later minor version may say more.
    model_config = ConfigDict(defer_build=True, frozen=True, extra="ignore", hide_input_in_errors=True)


class Source(_Part):
    """The system that made the export."""

    system: str = Field(default="", max_length=120)
    version: str = Field(default="", max_length=120)
    profile: str = Field(default="ccx", max_length=120)


class FileScope(_Part):
    """What a full file covers: all open items, and settled ones from `history_from` on."""

    history_from: Day | None = None
    open_items: bool = True


class ManifestFile(_Part):
    """One CSV of the bundle. `totals` are control totals: column -> currency -> sum over all rows, in whole units."""

    path: str = Field(pattern=r"^[a-z][a-z0-9_]{0,60}\.csv$")
    entity: str = Field(pattern=r"^[a-z][a-z0-9_]{0,60}$")
    mode: Literal["full", "delta", "absent"] = "full"
    rows: Count = 0
    bytes: Count = 0
    sha256: str = Field(default="", pattern=r"^([0-9a-fA-F]{64})?$")
    scope: FileScope = Field(default_factory=FileScope)
    totals: dict[str, dict[Currency, Decimal]] = Field(default_factory=dict)

    @field_validator("totals")
    @classmethod
    def _no_part_of_a_penny(cls, totals: dict[str, dict[str, Decimal]]) -> dict[str, dict[str, Decimal]]:
        for sums in totals.values():
            for currency, total in sums.items():
                if not _is_whole(total, minor_digits(currency)):
                    msg = f"has more decimals than {currency}, or too many digits"
                    raise ValueError(msg)
        return totals


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


class DocumentCount(_Part):
    """What documents/ holds."""

    count: Count = 0
    bytes: Count = 0


class Manifest(_Part):
    """Version 1.x of the format. `sequence` grows with each export of a dealer; `export_id` is one export's own."""

    format: Literal["ccx"]
    version: str
    dealer_code: str = Field(pattern=r"^[A-Za-z0-9_-]{2,32}$")
    source: Source = Field(default_factory=Source)
    export_id: UUID
    sequence: Annotated[int, Field(ge=1, le=LAST_SEQUENCE)]
    previous_export_id: UUID | None = None
    generated_at: Annotated[AwareDatetime, BeforeValidator(_written_as_moment), AfterValidator(_in_range)]
    as_at: Annotated[Day, AfterValidator(_in_range)]
    timezone: Annotated[str, AfterValidator(_zone)]
    base_currency: Currency
    files: tuple[ManifestFile, ...] = Field(min_length=1)
    documents: DocumentCount = Field(default_factory=DocumentCount)

    @model_validator(mode="after")
    def _no_file_twice(self) -> Self:
        for names in ([f.path for f in self.files], [f.entity for f in self.files]):
            if len(set(names)) < len(names):
                msg = "lists a file twice"
                raise ValueError(msg)
        return self

    def file(self, entity: str) -> ManifestFile | None:
        """The file of an entity, None if the export says nothing of it or that it is absent."""
        return next((f for f in self.files if f.entity == entity and f.mode != "absent"), None)


_WANTED: Mapping[str, Phrase] = {
    "format": phrase(lazy_gettext("%(example)s, in quotes"), example="ccx"),
    "version": phrase(lazy_gettext("%(example)s, in quotes"), example="1.0"),
    "dealer_code": phrase(lazy_gettext("your dealer code: 2 to 32 letters, digits, _ and -")),
    "export_id": phrase(lazy_gettext("a UUID, a new one for each export")),
    "sequence": phrase(lazy_gettext("a whole number from %(low)s to %(high)s"), low=1, high=LAST_SEQUENCE),
    "previous_export_id": phrase(lazy_gettext("the export_id of the export before, or null")),
    "generated_at": phrase(lazy_gettext("a moment, for example %(example)s"), example="2024-06-05T06:00:00Z"),
    "as_at": phrase(lazy_gettext("a date, for example %(example)s"), example="2024-06-05"),
    "timezone": phrase(lazy_gettext("a time zone, for example %(example)s"), example="Europe/London"),
    "base_currency": phrase(lazy_gettext("a currency code, for example %(example)s"), example="GBP"),
    "files": phrase(lazy_gettext("a list with one entry for each CSV file")),
    "path": phrase(lazy_gettext("the name of the file in the zip, for example %(example)s"), example="customers.csv"),
    "entity": phrase(lazy_gettext("the name of the file without .csv, for example %(example)s"), example="customers"),
    "mode": phrase(lazy_gettext("%(example)s, in quotes"), example="full"),
    "rows": phrase(lazy_gettext("a whole number")),
    "bytes": phrase(lazy_gettext("a whole number")),
    "count": phrase(lazy_gettext("a whole number")),
    "sha256": phrase(lazy_gettext("the SHA-256 of the file in 64 hexadecimal digits")),
    "history_from": phrase(lazy_gettext("a date, for example %(example)s"), example="2024-06-05"),
    "open_items": phrase(lazy_gettext("true or false, without quotes")),
    "totals": phrase(
        lazy_gettext("sums with as many decimals as their currency has, for example %(example)s"),
        example='{"outstanding_amount": {"GBP": "37.46"}}',
    ),
}
_FILE = phrase(lazy_gettext("the file"))
_JSON = phrase(lazy_gettext("one JSON object"))
_AS_DESCRIBED = phrase(lazy_gettext("the expected value"))
_MISSING = phrase(lazy_gettext("is missing"))
_UNUSABLE = phrase(lazy_gettext("is not valid here"))


def parse_manifest(data: bytes) -> Manifest:
    """Raises BundleError that names the first field it cannot use."""
    raw = _json(data)
    version = raw.get("version")
    if isinstance(version, str) and not version.startswith(VERSION):
        raise BundleError(Code.B013_VERSION, "manifest.json", version=version[:20])
    try:
        return Manifest.model_validate(raw)
    except ArithmeticError:
        raise _bad(_FILE, phrase(lazy_gettext("holds a number that is too large")), _AS_DESCRIBED) from None
    except ValidationError as error:
        raise _bad_field(error.errors(include_url=False)[0]) from None


def check_as_at(manifest: Manifest, *, today: date) -> None:
    """Figures may be true for a day a little ahead; one years away is a slip. Raises BundleError."""
    if manifest.as_at > today + AHEAD:
        raise _bad("as_at", phrase(lazy_gettext("is more than a year ahead")), _WANTED["as_at"])


def too_large() -> BundleError:
    """A manifest of more than `MAX_BYTES`."""
    return _bad(_FILE, phrase(lazy_gettext("is larger than 256 KiB")), phrase(lazy_gettext("what the format asks for")))


def _json(data: bytes) -> dict[str, Any]:
    try:
        raw = json.loads(_utf8(data), parse_float=Decimal, object_pairs_hook=_no_name_twice)
    except _RepeatedError as error:
        once = phrase(lazy_gettext("each name once"))
        raise _bad(error.name, phrase(lazy_gettext("appears twice")), once) from None
    except (ValueError, ArithmeticError, RecursionError):
        raise _bad(_FILE, phrase(lazy_gettext("is not JSON")), _JSON) from None
    if not isinstance(raw, dict):
        raise _bad(_FILE, _UNUSABLE, _JSON)
    return raw


def _utf8(data: bytes) -> str:
    with suppress(UnicodeDecodeError):
        text = data.decode("utf-8-sig")
        if "\0" not in text:  # as in UTF-16 without a mark
            return text
    raise _bad(_FILE, phrase(lazy_gettext("is not UTF-8 text")), phrase(lazy_gettext("UTF-8 text")))


def _bad_field(error: ErrorDetails) -> BundleError:
    loc = error["loc"]
    if not loc:
        once = phrase(lazy_gettext("each file once"))
        return _bad("files", phrase(lazy_gettext("lists a file twice")), once)
    wanted = next((_WANTED[name] for name in reversed(loc) if isinstance(name, str) and name in _WANTED), _AS_DESCRIBED)
    key = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc).removeprefix(".")
    return _bad(key, _MISSING if error["type"] == "missing" else _UNUSABLE, wanted)


def _bad(key: str | Phrase, problem: Phrase, what: Phrase) -> BundleError:
    shown = key[:80] if isinstance(key, str) else key
    return BundleError(Code.B012_BAD_MANIFEST, "manifest.json", key=shown, problem=problem, what=what)


class _RepeatedError(ValueError):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def _no_name_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out = dict(pairs)
    if len(out) < len(pairs):
        raise _RepeatedError(Counter(name for name, _ in pairs).most_common(1)[0][0])
    return out


class BundleName(NamedTuple):
    """What a bundle's file name says."""

    dealer_code: str
    generated_at: datetime
    sequence: int


# Browsers add " (1)" to a second copy of a download; it says nothing about the content.
_NAME = re.compile(r"ccx_([A-Za-z0-9_-]{2,32})_(\d{8}T\d{6})Z_(\d{8})(?: ?\(\d{1,3}\))?\.zip")


def parse_bundle_name(name: str) -> BundleName:
    """`ccx_<dealer code>_<yyyymmddThhmmssZ>_<8 digits>.zip`. Raises BundleError."""
    match = _NAME.fullmatch(name)
    try:
        if match:
            made = datetime.strptime(match[2], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
            return BundleName(match[1], made, int(match[3]))
    except ValueError:
        pass
    raise BundleError(Code.B010_BUNDLE_NAME, name[:120])


def check_name(name: str, manifest: Manifest) -> None:
    """The name and the manifest must agree on dealer and number. Raises BundleError."""
    named = parse_bundle_name(name)
    if (named.dealer_code, named.sequence) != (manifest.dealer_code, manifest.sequence):
        raise BundleError(Code.B010_BUNDLE_NAME, name[:120])
