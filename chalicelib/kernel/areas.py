"""The parts of a customer's portal that somebody may be given or kept from."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from chalicelib.kernel.i18n import LazyText, lazy_gettext


class Area(StrEnum):
    """Stored: a member keeps its value."""

    INVOICES = "invoices"
    STATEMENTS = "statements"
    DISPUTES = "disputes"
    DOCUMENTS = "documents"
    MESSAGES = "messages"


AREA_LABELS: Mapping[Area, LazyText] = {
    Area.INVOICES: lazy_gettext("Invoices and balance"),
    Area.STATEMENTS: lazy_gettext("Statements"),
    Area.DISPUTES: lazy_gettext("Disputes"),
    Area.DOCUMENTS: lazy_gettext("Documents"),
    Area.MESSAGES: lazy_gettext("Messages"),
}
"""What they are called on pages and in mails, in their order there."""
ALL_AREAS = frozenset(Area)
NEEDS: Mapping[Area, Area] = {Area.STATEMENTS: Area.INVOICES, Area.DISPUTES: Area.INVOICES}
"""A statement lists invoices, and a dispute is about them: who may not see those has neither."""


def areas_of(names: Iterable[str]) -> frozenset[Area]:
    """Those of these names, without what is none and without those whose other area is missing."""
    given = set(names)
    known = {area for area in Area if area.value in given}
    return frozenset(area for area in known if NEEDS.get(area, area) in known)
