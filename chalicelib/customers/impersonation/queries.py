"""Whom a member of staff sees the portal as."""

from datetime import datetime

from chalicelib.customers.impersonation import repo
from chalicelib.customers.impersonation.model import Impersonation, ViewEndedError
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.scopes import DealerScope

ENDED = lazy_gettext(
    "The half hour in which you saw the portal as a customer is over. Open the account to begin again."
)
STOPPED = lazy_gettext("You have stopped. Open the account to start again.")


def current_impersonation(scope: DealerScope, *, session_id: str, now: datetime) -> Impersonation | None:
    """Of this session, if there is one. Raises ViewEndedError where it has just ended, by itself or by Stop."""
    found = repo.impersonation(scope)
    # Tested control: viewer-own-session
    if found is None or found.session_id != session_id:
        return None
    # Tested control: viewer-half-hour
    if found.expires_at <= now:
        raise ViewEndedError(ENDED, found)
    # Tested control: viewer-stopped
    if found.stopped:
        raise ViewEndedError(STOPPED, found)
    return found
