"""What the rights of somebody on an account are called, on pages and in mails."""

from collections.abc import Collection, Mapping

from chalicelib.customers.colleagues.model import Rights
from chalicelib.dealers.model import Module
from chalicelib.kernel.areas import AREA_LABELS, Area
from chalicelib.kernel.i18n import LazyText, lazy_gettext
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.roles import Role

LEVELS: Mapping[Role, LazyText] = {
    Role.VIEW: lazy_gettext("View"),
    Role.PAY: lazy_gettext("View and pay"),
    Role.ADMIN: lazy_gettext("Admin"),
}
"""In their order on pages."""
_OF_MODULE = {
    Area.INVOICES: Module.INVOICES,
    Area.STATEMENTS: Module.INVOICES,
    Area.DISPUTES: Module.INVOICES,
    Area.DOCUMENTS: Module.DOCUMENTS,
    Area.MESSAGES: Module.MESSAGES,
}


def offered_areas(modules: Collection[str]) -> list[Area]:
    """Those that a dealer with these modules has, in order."""
    return [area for area in AREA_LABELS if _OF_MODULE[area] in modules]


def areas_in_words(rights: Rights, modules: Collection[str]) -> str:
    """Which areas somebody sees of those that there are."""
    offered = offered_areas(modules)
    given = [str(AREA_LABELS[area]) for area in offered if area in rights.areas]
    if len(given) == len(offered):
        return _("All areas")
    return ", ".join(given) or _("Account details only")


def accounts_in_words(rights: Rights) -> str:
    """Which accounts of the group; empty where it is all."""
    return ", ".join(sorted(rights.accounts))
