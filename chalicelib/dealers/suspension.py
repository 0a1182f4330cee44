"""A portal that nobody may use for a time, and in what words that is said."""

from chalicelib.dealers.model import Dealer
from chalicelib.kernel.errors import ForbiddenError
from chalicelib.kernel.i18n import gettext as _


class SuspendedError(ForbiddenError):
    """The dealer's portal may not be used now: nothing was done (403)."""

    code = "PORTAL_SUSPENDED"


def unavailable(name: str) -> str:
    """For customers and anybody else, who have nothing to do with the reason."""
    return _("The portal of %(dealer)s is not available at the moment.", dealer=name)


def suspended_for_staff(dealer: Dealer) -> str:
    """For the dealer's own people and programs."""
    return _("Your portal is suspended. Contact %(contact)s.", contact=dealer.operators_contact)
