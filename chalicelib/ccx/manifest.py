"""manifest.json: who sent what, as at when, and how much of it there must be."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

MAX_BYTES = 256 * 1024
"""The run keeps its manifest and headers, in one item of at most 400 KB."""
VERSION = "1."
LAST_SEQUENCE = 99_999_999
FIRST_YEAR, LAST_YEAR = 2000, 2199

Mode = Literal["full", "delta", "absent"]


@dataclass(frozen=True, slots=True)
class Source:
    """The system that made the export."""

    system: str = ""
    version: str = ""
    profile: str = "ccx"


@dataclass(frozen=True, slots=True)
class FileScope:
    """What a full file covers: all open items, and settled ones from `history_from` on."""

    history_from: date | None = None
    open_items: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestFile:
    """One CSV of the bundle. `totals` are control totals: column -> currency -> sum over all rows, in whole units."""

    path: str
    entity: str
    mode: Mode = "full"
    rows: int = 0
    bytes: int = 0
    sha256: str = ""
    scope: FileScope = FileScope()
    totals: dict[str, dict[str, Decimal]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DocumentCount:
    """What documents/ holds."""

    count: int = 0
    bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """Version 1.x of the format. `sequence` grows with each export of a dealer; `export_id` is one export's own."""

    format: Literal["ccx"]
    version: str
    dealer_code: str
    source: Source = Source()
    export_id: UUID
    sequence: int
    previous_export_id: UUID | None = None
    generated_at: datetime
    as_at: date
    timezone: str
    base_currency: str
    files: tuple[ManifestFile, ...]
    documents: DocumentCount = DocumentCount()

    def file(self, entity: str) -> ManifestFile | None:
        """The file of an entity, None if the export says nothing of it or that it is absent."""
        return next((f for f in self.files if f.entity == entity and f.mode != "absent"), None)
