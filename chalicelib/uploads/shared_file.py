"""A document that the dealer's staff put there for a customer. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Self, TypeVar

from chalicelib.uploads.model import FileState, IncomingFile

MAX_READERS = 200
"""People of one account whose first opening is noted; nobody has as many."""


class DocumentKind(StrEnum):
    """What staff say that a document is."""

    AGREEMENT = "agreement"
    CERTIFICATE = "certificate"
    STATEMENT = "statement"
    QUOTE = "quote"
    ORDER = "order"
    SERVICE = "service"
    MANUAL = "manual"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedFile(IncomingFile):
    """`is_visible` is what staff have chosen, `shown_at` when its customer could first see it.

    `announced_at`: when they were notified by email. `opened`: when each of their people first opened it, by id.
    """

    title: str
    document_kind: DocumentKind
    is_visible: bool = False
    shown_at: datetime | None = None
    announced_at: datetime | None = None
    opened: Mapping[str, datetime] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """What staff call it."""
        return self.title

    @property
    def is_from_staff(self) -> bool:
        """Always."""
        return True

    @property
    def is_shown(self) -> bool:
        """Whether its customer sees it: never before it was checked, whatever staff have chosen."""
        # Tested control: only-visible-documents
        is_chosen = self.is_visible
        # Tested control: only-checked-documents
        is_checked = self.state is FileState.ACCEPTED
        return is_chosen and is_checked

    @property
    def can_be_deleted(self) -> bool:
        """Not while it is being checked: its content might be kept after it is gone."""
        # Tested control: not-deleted-while-checked
        return self.state is not FileState.RECEIVED

    def accepted(self, now: datetime) -> Self:
        """Both facts are known, and good: what staff have chosen counts from now on."""
        return _first_shown(replace(self, state=FileState.ACCEPTED, decided_at=now), now)

    def with_visibility(self, now: datetime, *, visible: bool) -> Self:
        """As staff choose. The time of its first showing stays."""
        return _first_shown(replace(self, is_visible=visible), now)

    def opened_by(self, person_id: str, now: datetime) -> Self:
        """Noted once for each person."""
        if person_id in self.opened or len(self.opened) >= MAX_READERS:
            return self
        return replace(self, opened={**self.opened, person_id: now})


S = TypeVar("S", bound=SharedFile)


def _first_shown(file: S, now: datetime) -> S:
    return replace(file, shown_at=now) if file.is_shown and file.shown_at is None else file
