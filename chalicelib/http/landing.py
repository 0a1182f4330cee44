"""Where somebody starts who names no page: after login, from the root, from an error page."""

from typing import NamedTuple

from chalicelib.dealers.model import Dealer, Module
from chalicelib.identity.model import Membership, MembershipKind, Session
from chalicelib.kernel.i18n import Text, lazy_gettext


class Landing(NamedTuple):
    """A page, and what a link to it says."""

    path: str
    label: Text


LOG_IN = Landing("/login", lazy_gettext("Log in"))
LOG_OUT = "/logout"
SWITCHER = Landing("/accounts", lazy_gettext("Choose an account"))


def landing(session: Session | None, dealer: Dealer | None) -> Landing:
    """For a session, or for a visitor without one (None). `dealer`: of the session's membership."""
    if session is None:
        return LOG_IN
    return member_landing(session.membership, dealer) if session.membership else SWITCHER


def member_landing(membership: Membership, dealer: Dealer | None) -> Landing:
    """A customer of a dealer without invoices has no page of figures yet, only the switcher."""
    if membership.kind is MembershipKind.STAFF:
        return Landing("/staff/accounts", lazy_gettext("Go to Customer Accounts"))
    if dealer and Module.INVOICES in dealer.modules:
        return Landing("/transactions", lazy_gettext("Go to My Transactions"))
    return SWITCHER
