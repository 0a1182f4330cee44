"""manifest.json: who sent what, as at when, and how much of it there must be."""

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Self, TypeVar
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)

from chalicelib.kernel.clock import is_time_zone
from chalicelib.kernel.money import minor_digits

MAX_BYTES = 256 * 1024
"""The run keeps its manifest and headers, in one item of at most 400 KB."""
VERSION = "1."
LAST_SEQUENCE = 99_999_999
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
