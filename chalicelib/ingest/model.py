"""An import run: one bundle on its way from the inbox to the customers, and what became of it. Pure."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from pydantic import Field
from pydantic.dataclasses import dataclass

from chalicelib.ccx.entity import Change
from chalicelib.ccx.findings import Finding
from chalicelib.ccx.manifest import FileScope, Manifest
from chalicelib.ccx.messages import Stored
from chalicelib.customers.groups import Member
from chalicelib.dealers.publication import DealerSheet, Published
from chalicelib.kernel.schemas import DEFERRED

# Tested control: decidable-days
DECIDABLE = timedelta(days=6)
"""How long a run may be approved or undone. Sweeping begins a day later, so that the two never meet."""
# Tested control: sweepable-days
SWEEPABLE = timedelta(days=7)

MAX_NAMED = 100
"""Accounts that a summary names one by one; the others are only counted."""


class RunState(StrEnum):
    """The state of a run. Only a staging run may write; only a held one may be approved; the last three are final."""

    STAGING = "staging"
    HELD = "held"
    PUBLISHED = "published"
    UNDONE = "undone"
    REFUSED = "refused"
    FAILED = "failed"


DEAD = frozenset({RunState.UNDONE, RunState.REFUSED, RunState.FAILED})
"""States in which nobody will ever read what the run wrote."""


@dataclass(frozen=True, slots=True, config=DEFERRED)
class StagedFile:
    """A CSV of the bundle as open found it. `unreadable` counts rows of which the account cannot be read."""

    entity: str
    path: str
    rows: int
    bytes: int
    header: str
    unreadable: int = 0


@dataclass(frozen=True, slots=True, config=DEFERRED)
class FileCount:
    """A file's rows by what became of them. `rejected` keep their last good value."""

    entity: str
    path: str
    rows: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    warnings: int = 0

    def plus(self, more: "FileCount") -> "FileCount":
        """Both together, under this one's path."""
        return FileCount(
            self.entity,
            self.path,
            rows=self.rows + more.rows,
            new=self.new + more.new,
            changed=self.changed + more.changed,
            unchanged=self.unchanged + more.unchanged,
            rejected=self.rejected + more.rejected,
            warnings=self.warnings + more.warnings,
        )


@dataclass(frozen=True, slots=True, config=DEFERRED)
class ControlTotal:
    """A sum over a file's rows, in minor units: as the dealer's system says and as counted. None: not known.

    Not `whole`: some of the amounts could not be read, `counted` is the sum of the others.
    """

    file: str
    column: str
    currency: str
    declared: int | None
    counted: int | None
    whole: bool = True

    @property
    def agrees(self) -> bool:
        """Whether nothing is declared or it is what was counted. What cannot be counted does not agree."""
        return self.declared is None or (self.whole and self.declared == self.counted)

    @property
    def contradicts(self) -> bool:
        """Whether what is declared is not what was counted. What cannot be counted contradicts nothing."""
        return self.whole and not self.agrees


class OpenItems(NamedTuple):
    """Open transactions of the active accounts in one currency: how many, and their sum in minor units."""

    items: int = 0
    outstanding: int = 0


class OpenMove(NamedTuple):
    """How an export moves them. `explained` is that part of the sum's move that receipts in it account for."""

    items: int = 0
    outstanding: int = 0
    explained: int = 0

    def plus(self, more: "OpenMove") -> "OpenMove":
        """Both together."""
        return OpenMove(*(mine + other for mine, other in zip(self, more, strict=True)))


@dataclass(frozen=True, slots=True, config=DEFERRED)
class Summary:
    """What a run brings, summed over its parts. `removed` names up to MAX_NAMED accounts that it would archive.

    `other_owners` names as many of the `owners_changed` that seem to belong to somebody else now.
    `open_by_currency` are the open transactions as the run leaves them, `last_rows` each file's rows in the newest
    published export that had it: what the next is compared with. In `unsettled` accounts absence settled nothing, for
    a row of theirs has no key that can be read.
    """

    files: tuple[FileCount, ...]
    totals: tuple[ControlTotal, ...] = ()
    settled: int = 0
    accounts: int = 0
    archived: int = 0
    open_items: int = 0
    events: int = 0
    stored_documents: int = 0
    removed: tuple[str, ...] = ()
    other_owners: tuple[str, ...] = ()
    open_by_currency: dict[str, OpenItems] = Field(default_factory=dict)
    last_rows: dict[str, int] = Field(default_factory=dict)
    unsettled: int = 0
    owners_changed: int = 0

    def file(self, entity: str) -> FileCount | None:
        """The counts of one file."""
        return next((f for f in self.files if f.entity == entity), None)

    @property
    def totals_agree(self) -> bool:
        """Whether no total contradicts what the dealer's system says."""
        return not any(total.contradicts for total in self.totals)

    @property
    def totals_known(self) -> bool:
        """Whether there was something to compare, and all of it could be counted."""
        declared = [total for total in self.totals if total.declared is not None]
        return bool(declared) and all(total.whole for total in declared)

    @property
    def rejected(self) -> int:
        """Rejected rows of all files."""
        return sum(f.rejected for f in self.files)

    @property
    def rows(self) -> int:
        """Rows of all files."""
        return sum(f.rows for f in self.files)

    @property
    def touched(self) -> int:
        """New or changed rows of all files."""
        return sum(f.new + f.changed for f in self.files)


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

    def decidable(self, now: datetime) -> bool:
        """Whether it may still be approved or undone."""
        return self.ended_at is not None and now - self.ended_at < DECIDABLE


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


class Event(NamedTuple):
    """Something a customer may want to hear of: `kind` of (type, transaction_id) in an account."""

    kind: str
    ref: str
    type: str
    transaction_id: str


Totals = dict[str, dict[str, dict[str, int]]]
"""Sums in minor units: entity -> column -> currency."""


@dataclass(slots=True, config=DEFERRED)
class PartResult:
    """What staging a part found, to be summed by the gate.

    `uncounted` names by entity and column the currencies in which an amount cannot be read (`""`: any of them).
    `members` are all accounts of the part that have a master, `changes` the rows, by entity, of which something
    follows. `open_moves` are by currency.
    """

    counts: dict[str, FileCount] = Field(default_factory=dict)
    totals: Totals = Field(default_factory=dict)
    uncounted: dict[str, dict[str, set[str]]] = Field(default_factory=dict)
    findings: list[Finding] = Field(default_factory=list)
    kept_warnings: int = 0
    events: list[Event] = Field(default_factory=list)
    settled: int = 0
    removed_items: int = 0
    accounts: int = 0
    active_before: int = 0
    archived: int = 0
    removed: list[str] = Field(default_factory=list)
    other_owners: list[str] = Field(default_factory=list)
    owners_changed: int = 0
    open_delta: int = 0
    open_moves: dict[str, OpenMove] = Field(default_factory=dict)
    unsettled: int = 0
    documents: int = 0
    members: list[Member] = Field(default_factory=list)
    changes: dict[str, list[Change]] = Field(default_factory=dict)

    def count(self, entity: str, path: str, **more: int) -> None:
        """Add to the counts of a file."""
        have = self.counts.get(entity) or FileCount(entity, path)
        self.counts[entity] = have.plus(FileCount(entity, path, **more))

    def add_sum(self, entity: str, column: str, currency: str, amount: int) -> None:
        """Add to a control total."""
        sums = self.totals.setdefault(entity, {}).setdefault(column, {})
        sums[currency] = sums.get(currency, 0) + amount


@dataclass(frozen=True, slots=True, config=DEFERRED)
class Upload:
    """An expected or received bundle. `state`: begun, waiting, taken (by `run`), same (as `run`)."""

    upload_id: str
    name: str
    begun_at: datetime
    uploaded_by: str
    state: str = "begun"
    run: int | None = None
    sequence: int | None = None
    etag: str | None = None
    arrived_at: datetime | None = None
    version: int | None = None

    def late(self, now: datetime) -> bool:
        """Whether it has waited for longer than a day, which somebody should look at."""
        return self.state == "waiting" and self.arrived_at is not None and now - self.arrived_at > timedelta(hours=24)


def minor(value: Decimal, digits: int) -> int | None:
    """Whole units to minor units, or None if there are more decimals than the currency has."""
    scaled = value.scaleb(digits)
    return int(scaled) if scaled == scaled.to_integral_value() else None


def as_of(run: ImportRun) -> date | None:
    """The date its figures are true for."""
    return run.manifest.as_at if run.manifest else None
