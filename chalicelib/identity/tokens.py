"""One-time links: for what, and how long. 256 bits, stored hashed, used up by a POST alone (threat 7)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from chalicelib.identity import repo
from chalicelib.identity.model import OneTimeLink
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.ids import may_be_secret, secret_hash
from chalicelib.kernel.scopes import IdentityScope

INVITE = "invite"
RESET = "reset"
EMAIL = "email"
INVITE_LIFE = timedelta(days=14)
RESET_LIFE = timedelta(hours=1)
EMAIL_LIFE = timedelta(days=1)
ENDED = lazy_gettext("This link has expired or was already used")


@dataclass(frozen=True, slots=True)
class NewLink:
    """A link just made. `secret` goes into the mail and is kept nowhere."""

    secret: str
    expires_at: datetime


def subject(purpose: str, email: str, what: str = "") -> str:
    """Links with the same subject replace each other."""
    return sha256(f"{purpose}\n{email}\n{what}".encode()).hexdigest()


def live_link(scope: IdentityScope, secret: str, *, purpose: str, now: datetime) -> OneTimeLink:
    """The link that `secret` opens. Raises NotFoundError, the same for used, replaced, cancelled, ended, never made."""
    found = repo.link(scope, secret_hash(secret)) if may_be_secret(secret) else None
    # Tested control: link-expires
    if found is None or found.purpose != purpose or found.expires_at <= now:
        raise NotFoundError(ENDED)
    return found
