"""What docs/security.md claims, taken out."""

from tests.soak.removals.model import Removal

CONTROLS: tuple[Removal, ...] = ()
