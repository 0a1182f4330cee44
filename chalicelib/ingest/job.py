"""What every step of an import is given: whose it is, the time, new ids, and how long it may still take."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.ingest.entities import ENTITIES, Entities
from chalicelib.kernel.clock import Clock
from chalicelib.kernel.deadline import MIN_SECONDS_LEFT, Remaining, no_deadline
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import ImportScope


@dataclass(frozen=True, slots=True)
class Job:
    """`remaining` gives the seconds this call may still take, `entities` what exports may hold."""

    scope: ImportScope
    clock: Clock
    ids: Ids
    remaining: Remaining = no_deadline
    entities: Entities = ENTITIES

    @property
    def now(self) -> datetime:
        """Aware, in UTC."""
        return self.clock()

    @property
    def short_of_time(self) -> bool:
        """Whether to stop here and go on in another call."""
        return self.remaining() < MIN_SECONDS_LEFT
