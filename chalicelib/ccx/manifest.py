"""manifest.json and the bundle's own name: who sent what, as at when, and how much of it there must be."""

import json
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, NamedTuple, Self
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from chalicelib.ccx.codes import Code
from chalicelib.ccx.findings import BundleError
from chalicelib.kernel.clock import time_zones
from chalicelib.kernel.money import minor_digits

MAX_BYTES = 256 * 1024
"""The run keeps its manifest and headers, in one item of at most 400 KB."""
VERSION = "1."
LARGEST = 10**18


def _zone(name: str) -> str:
    if name not in time_zones():
        msg = "is not a time zone, such as Europe/London"
        raise ValueError(msg)
    return ZoneInfo(name).key


def _currency(code: str) -> str:
    minor_digits(code)
    return code


Currency = Annotated[str, AfterValidator(_currency)]
Count = Annotated[int, Field(ge=0)]


class _Part(BaseModel):
    model_config = ConfigDict(defer_build=True, frozen=True, extra="ignore")  # a later minor version may say more


class Source(_Part):
    """The system that made the export."""

    system: str = Field(default="", max_length=120)
    version: str = Field(default="", max_length=120)
    profile: str = Field(default="ccx", max_length=120)


class FileScope(_Part):
    """What a full file covers: all open items, and settled ones from `history_from` on."""

    history_from: date | None = None
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
                whole = abs(total) < LARGEST and total.scaleb(minor_digits(currency)) % 1 == 0
                if not whole:
                    msg = f"has more decimals than {currency}, or too many digits"
                    raise ValueError(msg)
        return totals


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
    sequence: Annotated[int, Field(ge=1, le=99_999_999)]
    previous_export_id: UUID | None = None
    generated_at: AwareDatetime
    as_at: date
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


def parse_manifest(data: bytes) -> Manifest:
    """Raises BundleError that names the first field it cannot use."""
    try:
        raw = json.loads(data.decode("utf-8-sig"), parse_float=Decimal, object_pairs_hook=_no_name_twice)
    except (ValueError, RecursionError) as error:
        raise _bad("the file", "is not JSON" if not isinstance(error, _RepeatedError) else str(error)) from None
    version = raw.get("version") if isinstance(raw, dict) else None
    if isinstance(version, str) and not version.startswith(VERSION):
        raise BundleError(Code.B013_VERSION, "manifest.json", version=version[:20])
    try:
        return Manifest.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        raise _bad(".".join(map(str, first["loc"])) or "the file", first["msg"]) from None


def _bad(where: str, problem: str) -> BundleError:
    return BundleError(Code.B012_BAD_MANIFEST, "manifest.json", where=where[:80], problem=problem[:200])


class _RepeatedError(ValueError):
    pass


def _no_name_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out = dict(pairs)
    if len(out) < len(pairs):
        msg = "has a name twice"
        raise _RepeatedError(msg)
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
