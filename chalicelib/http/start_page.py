"""Where somebody starts who names no page: after login, from the root, from an error page."""

from typing import NamedTuple

from chalicelib.customers.impersonation.model import Impersonation
from chalicelib.dealers.model import Dealer, Module
from chalicelib.identity.model import Membership, MembershipKind, Session
from chalicelib.kernel.areas import ALL_AREAS, Area
from chalicelib.kernel.i18n import Text, lazy_gettext


class StartPage(NamedTuple):
    """A page, and what a link to it says."""

    path: str
    label: Text


LOG_IN = StartPage("/login", lazy_gettext("Log in"))
LOG_OUT = "/logout"
SWITCHER = StartPage("/accounts", lazy_gettext("Choose an account"))
TRANSACTIONS = StartPage("/transactions", lazy_gettext("Go to My Transactions"))
DETAILS = StartPage("/details", lazy_gettext("Go to Account details"))
_OTHERS = (
    (Module.DOCUMENTS, Area.DOCUMENTS, StartPage("/documents", lazy_gettext("Go to Documents"))),
    (Module.MESSAGES, Area.MESSAGES, StartPage("/messages", lazy_gettext("Go to Messages"))),
)
"""Of somebody who is kept from invoices."""


def start_page(session: Session | None, dealer: Dealer | None, areas: frozenset[Area] = ALL_AREAS) -> StartPage:
    """For a session, or for a visitor without one (None). `dealer`: of the session's membership."""
    if session is None:
        return LOG_IN
    return member_start_page(session.membership, dealer, areas) if session.membership else SWITCHER


def member_start_page(membership: Membership, dealer: Dealer | None, areas: frozenset[Area] = ALL_AREAS) -> StartPage:
    """A customer of a dealer without invoices has no page of figures yet, only the switcher.

    Who is kept from invoices starts on the first page that they are given.
    """
    if membership.kind is MembershipKind.STAFF:
        return StartPage("/staff/accounts", lazy_gettext("Go to Customer Accounts"))
    modules = dealer.modules if dealer else frozenset()
    if Area.INVOICES in areas:
        return TRANSACTIONS if Module.INVOICES in modules else SWITCHER
    return next((page for module, area, page in _OTHERS if module in modules and area in areas), DETAILS)


def viewed_start_path(impersonation: Impersonation, dealer: Dealer | None) -> str:
    """Where a member of staff starts who sees the portal as a customer: there is one account, and nothing to switch."""
    start = member_start_page(impersonation.membership, dealer)
    return start.path if start != SWITCHER else "/details"
