"""What the portal knows of an account's rows beyond its export: payments under way, disputes. Pure."""

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from json import dumps, loads
from types import MappingProxyType
from typing import NamedTuple

from chalicelib.ledger.row import RowKey


@dataclass(frozen=True, slots=True)
class RowOverlay:
    """What is added to one row until an export includes it.

    `pending` is what a payment under way takes of it: minor units, signed as the row's outstanding. `dispute_id` and
    `in_dispute`, how much of it is disputed, are those of a dispute in the portal.
    """

    pending: int = 0
    disputed: bool = False
    dispute_id: str = ""
    in_dispute: int = 0


Overlays = Mapping[RowKey, RowOverlay]

NO_OVERLAYS: Overlays = MappingProxyType({})
NO_OVERLAY = RowOverlay()


class DisputeMark(NamedTuple):
    """A row is in an open dispute over this much of it, which was raised in this era of the account."""

    dispute_id: str
    amount: int
    era: str = ""


@dataclass(frozen=True, slots=True)
class DisputeMarks:
    """All of an account's rows that are in an open dispute. `version` is 0 while nothing is stored."""

    by_row: Mapping[RowKey, DisputeMark]
    version: int = 0

    def with_rows(self, marks: Mapping[RowKey, DisputeMark]) -> "DisputeMarks":
        """Those rows are in dispute as well."""
        return DisputeMarks({**self.by_row, **marks}, self.version)

    def without(self, dispute_id: str) -> "DisputeMarks":
        """That dispute is over."""
        left = {key: mark for key, mark in self.by_row.items() if mark.dispute_id != dispute_id}
        return DisputeMarks(left, self.version)

    def overlays(self, era: str) -> Overlays:
        """What is added to the rows of this era of the account."""
        return {
            key: RowOverlay(disputed=True, dispute_id=mark.dispute_id, in_dispute=mark.amount)
            for key, mark in self.by_row.items()
            if mark.era == era
        }


NO_MARKS = DisputeMarks(MappingProxyType({}))


def pack_marks(marks: Mapping[RowKey, DisputeMark]) -> bytes:
    """As stored: equal marks give equal bytes."""
    return zlib.compress(dumps([[*key, *mark] for key, mark in sorted(marks.items())], separators=(",", ":")).encode())


def unpack_marks(data: bytes) -> dict[RowKey, DisputeMark]:
    """What `pack_marks` wrote."""
    rows: Iterable[tuple[str, str, str, int, str]] = loads(zlib.decompress(data))
    return {(kind, transaction_id): DisputeMark(*mark) for kind, transaction_id, *mark in rows}  # type: ignore[arg-type]
