"""What the portal knows of an account's rows beyond its export: payments under way, disputes. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from chalicelib.ledger.row import RowKey


@dataclass(frozen=True, slots=True)
class RowOverlay:
    """What is added to one row until an export includes it.

    `pending` is what a payment under way takes of it: minor units, signed as the row's outstanding.
    """

    pending: int = 0
    disputed: bool = False


Overlays = Mapping[RowKey, RowOverlay]

NO_OVERLAYS: Overlays = MappingProxyType({})
NO_OVERLAY = RowOverlay()
