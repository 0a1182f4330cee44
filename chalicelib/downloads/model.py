"""A file that somebody asked for, and what becomes of it while it is made in the background. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import AliasChoices, Field
from pydantic.dataclasses import dataclass as checked

from chalicelib.kernel.schemas import STRICT
from chalicelib.kernel.scopes import CustomerScope, DealerScope
from chalicelib.rendering.spreadsheet import Cell, Column, FileKind

MemberScope = DealerScope | CustomerScope
"""Who may ask for files: the scopes that name a person."""

KEPT_FOR = timedelta(days=1)
STALE_AFTER = timedelta(minutes=15)
"""The function has five minutes. What is not there by now was lost on the way, and is asked for again."""


class DownloadState(StrEnum):
    """The state of a file."""

    QUEUED = "queued"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadFile:
    """The content of a file. `rows` are made as they are written.

    `snapshot_ref` names the run, as SnapshotRef or ListSnapshotRef write it. `restarted`: the run that was asked for
    can no longer be read, this is of the newest.
    """

    file_name: str
    kind: FileKind
    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Cell]]
    count: int
    snapshot_ref: str = ""
    restarted: bool = False


@checked(frozen=True, slots=True, kw_only=True, config=STRICT)
class Download:
    """A file in the making, or made.

    `address` (path and query) says what is in it, `snapshot_ref` of which run. `account_refs` are those of the customer
    who asked, `account_ref` the current one, `eras` their eras; staff have none.
    """

    download_id: str
    address: str
    snapshot_ref: str = Field(validation_alias=AliasChoices("snapshot_ref", "as_of"))  # its old name
    account_refs: tuple[str, ...]
    file_name: str
    kind: FileKind
    asked_at: datetime
    state: DownloadState = DownloadState.QUEUED
    count: int = 0
    restarted: bool = False
    account_ref: str | None = None
    eras: dict[str, str] = Field(default_factory=dict)

    def is_of(self, scope: MemberScope) -> bool:
        """Whether it was asked for on behalf of the same accounts that `scope` acts for."""
        return (self.account_refs, self.eras) == (account_refs(scope), eras(scope))

    def state_at(self, now: datetime) -> DownloadState:
        """Its state: what was queued and never came has failed."""
        lost = self.state is DownloadState.QUEUED and now - self.asked_at >= STALE_AFTER
        return DownloadState.FAILED if lost else self.state

    def is_kept(self, now: datetime) -> bool:
        """Whether it is still there to fetch."""
        return now - self.asked_at < KEPT_FOR


def account_refs(scope: MemberScope) -> tuple[str, ...]:
    """The accounts that the scope acts for; none for staff."""
    return tuple(sorted(scope.account_refs)) if isinstance(scope, CustomerScope) else ()


def eras(scope: MemberScope) -> dict[str, str]:
    """The eras of those accounts, by reference; none for staff."""
    return dict(scope.eras) if isinstance(scope, CustomerScope) else {}
