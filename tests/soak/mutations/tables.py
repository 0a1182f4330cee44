"""The removals by the document that claims their controls, all of them, and two that take seconds."""

from infra.setup.paths import ROOT
from tests.soak.mutations import reliability, security

DOCUMENTS = {
    ROOT / "docs" / "reliability.md": (*reliability.RULES, *reliability.FAULTS),
    ROOT / "docs" / "security.md": security.CONTROLS,
}
EVERY = tuple(removal for removals in DOCUMENTS.values() for removal in removals)
QUICK = tuple(removals[0] for removals in DOCUMENTS.values() if removals)
