"""How a dealer stands with the operator: suspended, leaving, or gone. Pure."""

from dataclasses import field
from datetime import date, datetime
from typing import Annotated

from pydantic import Field
from pydantic.dataclasses import dataclass

from chalicelib.kernel.schemas import DEFERRED, STRICT_SETTINGS

MAX_REASON = 200
"""Characters."""


@dataclass(frozen=True, slots=True, config=STRICT_SETTINGS)
class Suspension:
    """Nobody uses the portal. `reason` is the operator's; `contact` is whom the dealer's staff are to contact."""

    since: datetime
    reason: Annotated[str, Field(min_length=3, max_length=MAX_REASON)]
    contact: Annotated[str, Field(min_length=3, max_length=254)]


@dataclass(frozen=True, slots=True, config=STRICT_SETTINGS)
class CheckedExport:
    """An export of the dealer's data that was read again and found whole. `digest` is the archive's SHA-256."""

    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    made_at: datetime
    checked_at: datetime


@dataclass(frozen=True, slots=True, config=STRICT_SETTINGS)
class Closing:
    """The dealer leaves: from `deletes_on` on its data may be deleted, and from `deleting_since` on they are."""

    requested_at: datetime
    deletes_on: date
    contact: Annotated[str, Field(min_length=3, max_length=254)]
    export: CheckedExport | None = None
    deleting_since: datetime | None = None


@dataclass(frozen=True, slots=True, config=DEFERRED)
class ClosedDealer:
    """What remains of a dealer whose data are deleted: no person's, and nothing that was written there.

    `counts` are of what was deleted; `deleted_at` is when nothing was found any more. Its address and its code are
    nobody's until `released_on`.
    """

    dealer_id: str
    slug: str
    code: str
    begun_at: datetime
    with_export: bool
    counts: dict[str, int] = field(default_factory=dict)
    deleted_at: datetime | None = None
    released_on: date | None = None
    is_released: bool = False
