"""A member of staff who sees the portal as a customer. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.identity.model import FIRST_USER_ROLE, Membership, MembershipKind
from chalicelib.kernel.errors import ForbiddenError
from chalicelib.kernel.i18n import Text
from chalicelib.kernel.keys import link_part

LIFE = timedelta(minutes=30)
MIN_REASON, MAX_REASON = 3, 200
MAX_PER_DAY = 10
"""Looks of one member of staff at one account."""


@dataclass(frozen=True, slots=True)
class Impersonation:
    """Of an account in its present era, from one session of the member of staff. `stopped`: before its end."""

    dealer_id: str
    account_ref: str
    account_name: str
    era: str
    reason: str
    session_id: str
    expires_at: datetime
    stopped: bool = False

    @property
    def account_link(self) -> str:
        """The account, in the path of its page."""
        return link_part(self.account_ref)

    @property
    def membership(self) -> Membership:
        """That of the account's first user, who sees all that there is."""
        return Membership(
            self.dealer_id,
            MembershipKind.CUSTOMER,
            self.account_ref,
            self.account_name,
            role=FIRST_USER_ROLE,
            active=True,
            era=self.era,
        )


class ViewEndedError(ForbiddenError):
    """A customer's page is asked for by somebody who saw it as the customer until now (403)."""

    def __init__(self, message: Text, ended: Impersonation) -> None:
        super().__init__(message)
        self.account_link = ended.account_link
