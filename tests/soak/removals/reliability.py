"""What docs/reliability.md claims, taken out. FAULTS are what may happen to an import; the ten rules have their own."""

from tests.soak.removals.model import Removal
from tests.soak.removals.rules import RULES

__all__ = ["FAULTS", "RULES"]

FAULTS: tuple[Removal, ...] = ()
