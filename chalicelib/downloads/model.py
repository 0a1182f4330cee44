"""A file that somebody asked for, and what becomes of it while it is made in the background. Pure."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import IO

from pydantic import AliasChoices, Field
from pydantic.dataclasses import dataclass as checked

from chalicelib.kernel.schemas import STRICT
from chalicelib.kernel.scopes import CustomerScope, DealerScope
from chalicelib.rendering import spreadsheet
from chalicelib.rendering.spreadsheet import Cell, Column, FileKind

MemberScope = DealerScope | CustomerScope
"""Who may ask for files: the scopes that name a person."""

MAX_IMMEDIATE_ROWS = 5_000
"""A Lambda answers at most 6 MB, and a workbook of more rows takes over a second."""
KEPT_FOR = timedelta(days=1)
STALE_AFTER = timedelta(minutes=15)
"""The function has five minutes. What is not there by now was lost on the way, and is asked for again."""

SILENT_AFTER = timedelta(minutes=2)
"""A function that makes volumes and has said nothing for so long is dead: another goes on from its last volume."""


class DownloadKind(StrEnum):
    """What a file is, by its extension."""

    CSV = "csv"
    XLSX = "xlsx"
    ZIP = "zip"
    PDF = "pdf"


SPREADSHEETS = frozenset({DownloadKind.CSV, DownloadKind.XLSX})
CONTENT_TYPES: Mapping[DownloadKind, str] = {
    **{DownloadKind(kind.value): content_type for kind, content_type in spreadsheet.CONTENT_TYPES.items()},
    DownloadKind.ZIP: "application/zip",
    DownloadKind.PDF: "application/pdf",
}


class DownloadState(StrEnum):
    """The state of a file."""

    QUEUED = "queued"
    READY = "ready"
    FAILED = "failed"


class Missing(StrEnum):
    """Why a document is not in a file that was to hold it."""

    NOT_ARRIVED = "not_arrived"
    GONE = "gone"
    DAMAGED = "damaged"
    TOO_LONG = "too_long"


def contents_ref(contents: Iterable[str]) -> str:
    """A digest of the ids of what is in a file: with one more or one less it is another file, to be made anew."""
    return sha256("\n".join(contents).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadFile(ABC):
    """A file that can be made: of `count` rows or files, with those that turn out to be impossible.

    `snapshot_ref` names the run, as SnapshotRef or ListSnapshotRef write it; of what has no run it is `contents_ref`.
    `restarted`: the run that was asked for can no longer be read, this is of the newest.
    """

    file_name: str
    count: int
    snapshot_ref: str = ""
    restarted: bool = False

    @property
    @abstractmethod
    def kind(self) -> DownloadKind:
        """What it is."""

    @property
    @abstractmethod
    def is_large(self) -> bool:
        """Whether it is made in the background."""

    @abstractmethod
    def write(self, out: IO[bytes]) -> tuple[str, ...]:
        """Make it, and return the names of what could not be put into it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpreadsheetFile(DownloadFile):
    """Rows, which are made as they are written."""

    form: FileKind
    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Cell]]

    @property
    def kind(self) -> DownloadKind:
        """What it is."""
        return DownloadKind(self.form.value)

    @property
    def is_large(self) -> bool:
        """Whether it is made in the background."""
        return self.count > MAX_IMMEDIATE_ROWS

    def write(self, out: IO[bytes]) -> tuple[str, ...]:
        """All rows."""
        spreadsheet.write(out, self.form, self.columns, self.rows, title=self.title)
        return ()


@checked(frozen=True, slots=True, kw_only=True, config=STRICT)
class MissingDocument:
    """A document that could not be put into a file: what it is called, and why."""

    name: str
    reason: Missing


@checked(frozen=True, slots=True, kw_only=True, config=STRICT)
class Volume:
    """One of the files that many documents are split into: of `count` documents, and how many bytes it has."""

    file_name: str
    count: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenVolume:
    """What was put into one: the documents before `next_document`, without those that are missing."""

    next_document: int
    count: int
    missing: tuple[MissingDocument, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumedFile(ABC):
    """Many documents, split into as few files as they may be; made in the background, one volume after the other.

    `snapshot_ref` and `restarted` as of DownloadFile.
    """

    file_name: str
    count: int
    kind: DownloadKind
    snapshot_ref: str
    restarted: bool = False

    @abstractmethod
    def write_volume(
        self, out: IO[bytes], start: int, *, is_late: Callable[[], bool], note: Callable[[int], None]
    ) -> WrittenVolume:
        """Write the volume that begins with document `start`, of at least one document.

        It ends where it is full or `is_late` says so. `note` is told how many documents are done.
        """

    def volume_name(self, number: int, *, single: bool) -> str:
        """`documents.zip` where there is only one, else `documents-part-2.zip`."""
        stem, _dot, extension = self.file_name.rpartition(".")
        return self.file_name if single else f"{stem}-part-{number}.{extension}"


@checked(frozen=True, slots=True, kw_only=True, config=STRICT)
class Download:
    """A file in the making, or made.

    `address` (path and query) says what is in it, `snapshot_ref` of which run. `account_refs` are those of the customer
    who asked, `account_ref` the current one, `eras` their eras; staff have none. `left_out` names what is not in it.

    Of a file in volumes, `total` is how many documents it is of and `done` how many of them are dealt with. `worker` is
    who makes it, `progressed_at` when that was last heard of, `failures` how often it failed; `missing` has the first
    of `missing_count`. `email` is told once it is ready, if that takes a while; `language` is the reader's.
    """

    download_id: str
    address: str
    snapshot_ref: str = Field(validation_alias=AliasChoices("snapshot_ref", "as_of"))  # its old name
    account_refs: tuple[str, ...]
    file_name: str
    kind: DownloadKind
    asked_at: datetime
    state: DownloadState = DownloadState.QUEUED
    count: int = 0
    restarted: bool = False
    account_ref: str | None = None
    eras: dict[str, str] = Field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    total: int = 0
    done: int = 0
    volumes: tuple[Volume, ...] = ()
    missing: tuple[MissingDocument, ...] = ()
    missing_count: int = 0
    worker: str = ""
    progressed_at: datetime | None = None
    failures: int = 0
    email: str = ""
    language: str = ""

    @property
    def is_volumed(self) -> bool:
        """Whether it is split into volumes."""
        return self.total > 0

    def is_of(self, scope: MemberScope) -> bool:
        """Whether it was asked for on behalf of the same accounts that `scope` acts for."""
        return (self.account_refs, self.eras) == (account_refs(scope), eras(scope))

    def state_at(self, now: datetime) -> DownloadState:
        """Its state: what was queued and never came has failed."""
        heard = self.progressed_at or self.asked_at
        lost = self.state is DownloadState.QUEUED and now - heard >= STALE_AFTER
        return DownloadState.FAILED if lost else self.state

    def is_worked_on(self, now: datetime) -> bool:
        """Whether a function makes it at this moment: it says so at least every few seconds."""
        return bool(self.worker and self.progressed_at and now - self.progressed_at < SILENT_AFTER)

    def is_kept(self, now: datetime) -> bool:
        """Whether it is still there to fetch."""
        return now - self.asked_at < KEPT_FOR


def account_refs(scope: MemberScope) -> tuple[str, ...]:
    """The accounts that the scope acts for; none for staff."""
    return tuple(sorted(scope.account_refs)) if isinstance(scope, CustomerScope) else ()


def eras(scope: MemberScope) -> dict[str, str]:
    """The eras of those accounts, by reference; none for staff."""
    return dict(scope.eras) if isinstance(scope, CustomerScope) else {}
