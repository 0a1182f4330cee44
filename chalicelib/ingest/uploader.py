"""Who uploaded a bundle. Pure."""

from enum import StrEnum
from typing import NamedTuple


class UploaderKind(StrEnum):
    """The ways in. The values are stored; `agent` is what the first release called an upload client."""

    STAFF = "staff"
    CLIENT = "agent"
    INBOX = "inbox"


class Uploader(NamedTuple):
    """`person_id` is that of the staff member; empty for the others."""

    kind: UploaderKind
    person_id: str = ""

    def __str__(self) -> str:
        """As it is stored: `staff <id>`, `agent`, `inbox`."""
        return f"{self.kind.value} {self.person_id}".rstrip()

    @classmethod
    def parse(cls, text: str) -> "Uploader":
        """What `str` wrote. Raises ValueError for anything else."""
        kind, _, person_id = text.partition(" ")
        return cls(UploaderKind(kind), person_id)
