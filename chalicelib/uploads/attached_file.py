"""A file that a customer, or the dealer's staff, attach to something they write about. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Self

from chalicelib.uploads.model import FileState, IncomingFile, Reason

MAX_ATTACHED_BYTES = 10_000_000
UNNAMED = "file"
"""Where no browser has told a name."""


class OwnerKind(StrEnum):
    """What files may be attached to."""

    THREAD = "thread"
    DISPUTE = "dispute"


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """What a file is attached to: `owner_id`, a ULID, of this account in this era."""

    kind: OwnerKind
    owner_id: str
    account_ref: str
    era: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachedFile(IncomingFile):
    """A file of the thread or dispute `owner_id`. Both sides see it once it was accepted, before that its sender."""

    owner_kind: OwnerKind
    owner_id: str
    by_staff: bool

    @property
    def is_from_staff(self) -> bool:
        """As its record says."""
        return self.by_staff

    @property
    def max_bytes(self) -> int:
        """Less than a document's."""
        return MAX_ATTACHED_BYTES

    @property
    def never_came(self) -> bool:
        """Whether it was announced only: nothing is kept of it."""
        return self.state is FileState.REFUSED and self.reason is Reason.NEVER_CAME

    def left_out(self, now: datetime) -> Self:
        """Accepted, and then not attached: what it was for was closed before."""
        return replace(self, state=FileState.REFUSED, reason=Reason.CLOSED, decided_at=now)

    def concerns_sender(self, person_id: str, now: datetime) -> bool:
        """Whether its sender is still told what becomes of it: while it is checked, and for a day where it was refused.

        One that was announced and not sent is forgotten with its form.
        """
        if self.sent_by != person_id:
            return False
        if self.state is FileState.BEGUN:
            return self.can_be_sent(person_id, now)
        return self.state is not FileState.REFUSED or (now - (self.decided_at or now)).days < 1
