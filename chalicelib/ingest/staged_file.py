"""A file of an export whose rows have been spread over parts."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StagedFile:
    """A CSV of the bundle as open found it. `unreadable` counts rows of which the account cannot be read."""

    entity: str
    path: str
    rows: int
    bytes: int
    header: str
    unreadable: int = 0
