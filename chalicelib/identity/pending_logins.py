"""A login between its two steps: a record of its own, never a session. Ends after 10 minutes, and is used once.

Where a code is sent for it, these begin again, so that the code can be entered for as long as it says.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.identity.model import PendingLogin, Person
from chalicelib.identity.repo import factor_reads
from chalicelib.identity.repo import person as stored_person
from chalicelib.kernel.errors import PortalError, UnauthenticatedError
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.ids import may_be_secret, secret_hash
from chalicelib.kernel.scopes import IdentityScope

LIFE = timedelta(minutes=10)
ENDED = lazy_gettext("You took more than 10 minutes, or your password has changed. Log in again.")


class SecondStepError(PortalError):
    """The password was right, and there is a second factor to show. `secret` is the waiting login's.

    `is_sent`: a code is on its way.
    """

    def __init__(self, secret: str, *, is_sent: bool = False) -> None:
        super().__init__(lazy_gettext("Enter your code to log in"))
        self.secret = secret
        self.is_sent = is_sent


@dataclass(frozen=True, slots=True)
class WaitingLogin:
    """A login that waits for its second step, and whose it is."""

    login: PendingLogin
    person: Person


def waiting(scope: IdentityScope, secret: str, now: datetime) -> WaitingLogin:
    """The login whose secret the browser sent. Raises UnauthenticatedError once it has ended."""
    login = factor_reads.pending_login(scope, secret_hash(secret)) if may_be_secret(secret) else None
    # Tested control: pending-login-expires
    if login is None or login.expires_at <= now:
        raise UnauthenticatedError(ENDED)
    person = stored_person(scope, login.person_id)
    # Tested control: pending-login-bound-to-password
    if person is None or person.credentials_version != login.credentials_version:
        raise UnauthenticatedError(ENDED)
    return WaitingLogin(login, person)
