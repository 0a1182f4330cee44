"""An account as one published run left it, and the reference by which a reader stays with that run."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from chalicelib.dealers.publication import Published
from chalicelib.ledger.model import AccountHead

# Tested control: cursor-kept-days
KEPT_FOR = timedelta(days=6)
"""How long an older run can be read on: sweeping begins a day later."""
_LINK = re.compile(r"(\d{1,9})\.(\d{8})\.(\d{8})\.(\d{1,9})", re.ASCII)


@dataclass(frozen=True, slots=True)
class SnapshotRef:
    """The run a reader began with, so that paging and downloads stay whole: its `as_at`, and the day it was `seen`.

    `sequence` is the export's number in the dealer's system, which the page names.
    """

    run: int
    as_at: date
    seen: date
    sequence: int

    def __str__(self) -> str:
        """For a link: `412.20261121.20261123.397`."""
        return f"{self.run}.{self.as_at:%Y%m%d}.{self.seen:%Y%m%d}.{self.sequence}"

    @classmethod
    def parse(cls, text: str) -> "SnapshotRef | None":
        """What `str` wrote; None for anything else, and the reader starts with the newest."""
        match = _LINK.fullmatch(text)
        try:
            if match:
                as_at, seen = map(date.fromisoformat, match.group(2, 3))
                return cls(int(match[1]), as_at, seen, int(match[4]))
        except ValueError:
            pass
        return None

    def is_readable(self, published: Published, today: date) -> bool:
        """Whether this older run can still be read: it is recent, and was not undone."""
        recent = timedelta() <= today - self.seen < KEPT_FOR
        # Tested control: cursor-not-undone
        return recent and self.run < published.run and self.run not in published.skipped


@dataclass(frozen=True, slots=True)
class AccountSnapshot:
    """An account as of one run. `head` is None while no export has named it.

    `restarted`: the run asked for can no longer be read, this is the newest. `snapshot_ref` is None before the first
    export.
    """

    head: AccountHead | None
    published: Published
    snapshot_ref: SnapshotRef | None
    restarted: bool = False

    @property
    def as_at(self) -> date | None:
        """The date the figures are true for; an archived account keeps its own."""
        if self.head and self.head.archived:
            return self.head.as_at
        return self.snapshot_ref.as_at if self.snapshot_ref else None

    @property
    def is_older(self) -> bool:
        """Whether a newer run than this one is published."""
        # Tested control: snapshot-says-it-is-older
        return self.snapshot_ref is not None and self.snapshot_ref.run != self.published.run
