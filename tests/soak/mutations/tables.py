"""The mutations by the document that claims their controls, all of them, and two that take seconds."""

from infra.setup.paths import ROOT
from tests.soak.mutations import reliability, security

DOCUMENTS = {
    ROOT / "docs" / "reliability.md": (*reliability.RULES, *reliability.FAULTS),
    ROOT / "docs" / "security.md": security.CONTROLS,
}
EVERY = tuple(mutation for mutations in DOCUMENTS.values() for mutation in mutations)
QUICK = tuple(mutations[0] for mutations in DOCUMENTS.values() if mutations)
