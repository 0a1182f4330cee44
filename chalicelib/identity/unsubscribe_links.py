"""The links by which a mail is unsubscribed from, without a login (RFC 8058): one a mail, for one kind of one dealer.

256 bits, stored hashed. Nobody logs in with one, and it may be used any number of times while it lives.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.identity.repo import unsubscribing as repo
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.ids import Ids, may_be_secret, secret_hash
from chalicelib.kernel.scopes import IdentityScope

LIFE = timedelta(days=180)
ENDED = lazy_gettext("This link has expired")


@dataclass(frozen=True, slots=True)
class UnsubscribeLink:
    """Whose mails it stops: of this person at this dealer, those of this kind."""

    dealer_id: str
    person_id: str
    kind: str


def new_link(scope: IdentityScope, link: UnsubscribeLink, *, now: datetime, ids: Ids) -> str:
    """The secret of a link just made: it goes into the mail, and is kept nowhere."""
    secret = ids.secret()
    repo.put(
        scope,
        secret_hash(secret),
        dealer_id=link.dealer_id,
        person_id=link.person_id,
        kind=link.kind,
        expires_at=now + LIFE,
    )
    return secret


def live_link(scope: IdentityScope, secret: str, *, now: datetime) -> UnsubscribeLink:
    """The link that `secret` opens. Raises NotFoundError, the same for one that has expired and one never made."""
    found = repo.find(scope, secret_hash(secret)) if may_be_secret(secret) else None
    # Tested control: unsubscribe-link-expires
    if found is None or found.expires_at <= now:
        raise NotFoundError(ENDED)
    return UnsubscribeLink(found.dealer_id, found.person_id, found.kind)
