"""Failures of a run that are not errors in the export: code, what happened, and what to do."""

from typing import NamedTuple


class Failure(NamedTuple):
    """A code beginning with F, and its words for the dealer."""

    code: str
    message: str


STALLED = Failure(
    "F501_STALLED",
    "This export stopped half way and was given up. Nothing has changed for your customers. Upload it once more.",
)
POISON = Failure(
    "F502_CANNOT_READ",
    "We could not read part of this export in five attempts. Nothing has changed for your customers. "
    "Upload it once more; if it happens again, contact support.",
)
REPLACED = Failure(
    "F506_REPLACED",
    "Another file came in the place of this export while it was read. Nothing has changed for your customers. "
    "Upload it once more.",
)
OVERTAKEN = Failure(
    "F503_OVERTAKEN",
    "What customers see was changed while this export was read or waited, so it no longer fits. Upload a new export.",
)
REFUSED_BY_STAFF = Failure("F504_REFUSED", "You refused this export. Your customers see the one before.")
EXPIRED = Failure("F505_NOT_DECIDED", "Nobody decided on this export for six days. Upload a new export.")
