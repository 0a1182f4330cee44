"""An import run: one bundle on its way from the inbox to the customers, and what became of it. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from pydantic import Field
from pydantic.dataclasses import dataclass

from chalicelib.ccx.findings import Finding
from chalicelib.ccx.manifest import FileScope, Manifest
from chalicelib.ccx.messages import Stored
from chalicelib.dealers.publication import DealerSheet, Published
from chalicelib.ingest.staged_file import StagedFile
from chalicelib.ingest.summary import Summary
from chalicelib.ingest.uploader import Uploader
from chalicelib.kernel.ids import numbered_ulid
from chalicelib.kernel.schemas import DEFERRED

# Tested control: decidable-days
DECIDABLE = timedelta(days=6)
"""How long a run may be approved or undone. Sweeping begins a day later, so that the two never meet."""
# Tested control: sweepable-days
SWEEPABLE = timedelta(days=7)


class RunState(StrEnum):
    """The state of a run. Only a staging run may write; only a held one may be approved; the last three are final."""

    STAGING = "staging"
    HELD = "held"
    PUBLISHED = "published"
    UNDONE = "undone"
    REFUSED = "refused"
    FAILED = "failed"


class UploadState(StrEnum):
    """The state of an upload: what became of the file."""

    BEGUN = "begun"
    """Somebody may send it, or it has come and was not opened yet."""
    WAITING = "waiting"
    """For an export before it."""
    TAKEN = "taken"
    SAME = "same"
    """As an earlier run took."""
    LOST = "lost"
    """It came and was not there any more when its turn came."""


DEAD = frozenset({RunState.UNDONE, RunState.REFUSED, RunState.FAILED})
"""States in which nobody will ever read what the run wrote."""


class RunFilter(NamedTuple):
    """Runs of one state; of refused ones those that were, or were not, overtaken, or either."""

    state: RunState
    overtaken: bool | None = None


@dataclass(frozen=True, slots=True, config=DEFERRED)
class ImportRun:
    """A run and all that is needed to go on with it.

    `base` is what was published when it was opened: it is built on that, replaces that, and undo brings that back.
    `etag` is of the object that was opened: no other is read. `eras` are those that begin with it, by account: what
    staff decide later waits for the next. `n` is the number of parts, None until the bundle has been spread; in the
    parts of `unchanged` it has changed nothing. `sheets` are the dealer's, by entity, as they are
    once it is published: those of its own number it has written.
    """

    number: int
    state: RunState
    upload_id: str
    name: str
    uploaded_by: str
    opened_at: datetime
    base: Published
    manifest: Manifest | None = None
    content: str = ""
    etag: str | None = None
    eras: dict[str, str] = Field(default_factory=dict)
    n: int | None = None
    unchanged: tuple[int, ...] = ()
    files: tuple[StagedFile, ...] = ()
    warnings: tuple[Finding, ...] = ()
    resent_at: datetime | None = None
    gated_at: datetime | None = None
    ended_at: datetime | None = None
    undone_at: datetime | None = None
    code: str | None = None
    message: Stored | None = None
    file: str | None = None
    reasons: tuple[Stored, ...] = ()
    summary: Summary | None = None
    decided_by: str | None = None
    finalised_at: datetime | None = None
    swept_at: datetime | None = None
    sheets: dict[str, DealerSheet] = Field(default_factory=dict)
    version: int | None = None

    @property
    def uploader(self) -> Uploader:
        """Who uploaded its bundle."""
        return Uploader.parse(self.uploaded_by)

    @property
    def task_id(self) -> str:
        """The ULID of its task while it is held. Its upload's will not do: one that is replaced makes another run."""
        return numbered_ulid(self.opened_at, self.number)

    @property
    def parts(self) -> range:
        """The numbers of its parts; none before it is spread."""
        return range(self.n or 0)

    @property
    def seconds(self) -> float | None:
        """How long it took to read, or None while that goes on."""
        end = self.gated_at or self.ended_at
        return (end - self.opened_at).total_seconds() if end else None

    def scope_of(self, entity: str) -> FileScope | None:
        """What the file of an entity covers, or None if the bundle has none."""
        found = self.manifest.file(entity) if self.manifest else None
        return found.scope if found else None

    @property
    def decidable_until(self) -> datetime | None:
        """Until then it may be approved or undone; None before it has ended."""
        return self.ended_at + DECIDABLE if self.ended_at else None

    def decidable(self, now: datetime) -> bool:
        """Whether it may still be approved or undone."""
        return self.decidable_until is not None and now < self.decidable_until


@dataclass(frozen=True, slots=True, config=DEFERRED)
class Lease:
    """What the dealer's imports share, one item.

    The last number given, the one run that may stage until `expires_at`, and runs decided but not yet finalised.
    """

    last_run: int = 0
    run: int | None = None
    expires_at: datetime | None = None
    finalising: frozenset[int] = frozenset()
    version: int | None = None

    def is_free(self, now: datetime) -> bool:
        """Whether another run may begin."""
        return self.run is None or self.has_expired(now)

    def has_expired(self, now: datetime) -> bool:
        """Whether its holder has been silent for too long."""
        return self.run is not None and self.expires_at is not None and self.expires_at <= now


class Part(NamedTuple):
    """A part that is done: the run that wrote its shard (this one, or an earlier one where nothing changed)."""

    number: int
    shard_run: int
    rows: int
    done_at: datetime


@dataclass(frozen=True, slots=True, config=DEFERRED)
class Upload:
    """An expected or received bundle. `run` is the one that took it, or that took the same before."""

    upload_id: str
    name: str
    begun_at: datetime
    uploaded_by: str
    state: UploadState = UploadState.BEGUN
    run: int | None = None
    sequence: int | None = None
    etag: str | None = None
    arrived_at: datetime | None = None
    version: int | None = None

    def late(self, now: datetime) -> bool:
        """Whether it has waited for longer than a day, which somebody should look at."""
        return (
            self.state is UploadState.WAITING
            and self.arrived_at is not None
            and now - self.arrived_at > timedelta(hours=24)
        )
