"""Where somebody starts who names no page: after login, from the root, from an error page."""

from typing import NamedTuple

from chalicelib.customers.impersonation.model import Impersonation
from chalicelib.dealers.model import Dealer, Module
from chalicelib.identity.model import Membership, MembershipKind, Session
from chalicelib.kernel.i18n import Text, lazy_gettext


class StartPage(NamedTuple):
    """A page, and what a link to it says."""

    path: str
    label: Text


LOG_IN = StartPage("/login", lazy_gettext("Log in"))
LOG_OUT = "/logout"
SWITCHER = StartPage("/accounts", lazy_gettext("Choose an account"))


def start_page(session: Session | None, dealer: Dealer | None) -> StartPage:
    """For a session, or for a visitor without one (None). `dealer`: of the session's membership."""
    if session is None:
        return LOG_IN
    return member_start_page(session.membership, dealer) if session.membership else SWITCHER


def member_start_page(membership: Membership, dealer: Dealer | None) -> StartPage:
    """A customer of a dealer without invoices has no page of figures yet, only the switcher."""
    if membership.kind is MembershipKind.STAFF:
        return StartPage("/staff/accounts", lazy_gettext("Go to Customer Accounts"))
    if dealer and Module.INVOICES in dealer.modules:
        return StartPage("/transactions", lazy_gettext("Go to My Transactions"))
    return SWITCHER


def viewed_start_path(impersonation: Impersonation, dealer: Dealer | None) -> str:
    """Where a member of staff starts who sees the portal as a customer: there is one account, and nothing to switch."""
    start = member_start_page(impersonation.membership, dealer)
    return start.path if start != SWITCHER else "/details"
