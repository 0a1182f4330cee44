"""What a session is: its secret, its ends, its token against forged forms. Pure."""

import hmac
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.dealers import model as dealers
from chalicelib.identity.model import Membership, Person, Session
from chalicelib.kernel.ids import secret_hash

IDLE = timedelta(minutes=dealers.IDLE)
_ALWAYS_LIVE = timedelta(minutes=dealers.MIN_IDLE)
ABSOLUTE = timedelta(hours=12)
TOUCH_AFTER = timedelta(minutes=1)

_MAX_USER_AGENT = 200


def new_session(
    person: Person, membership: Membership | None, *, secret: str, address: str, user_agent: str, now: datetime
) -> Session:
    """A session that ends 12 hours from `now`, or once it is idle for as long as its dealer says."""
    return Session(
        session_id=secret_hash(secret),
        person_id=person.person_id,
        email=person.email,
        membership=membership,
        csrf=csrf_token(secret),
        created_at=now,
        last_seen=now,
        expires_at=now + ABSOLUTE,
        address=address,
        user_agent=user_agent[:_MAX_USER_AGENT],
    )


def renewed_session(session: Session, *, secret: str, now: datetime, **changes: Any) -> Session:
    """The same, ending when it would have ended, with another secret and `changes` of its fields."""
    return replace(session, session_id=secret_hash(secret), csrf=csrf_token(secret), last_seen=now, **changes)


def is_live(session: Session, now: datetime, idle_limit: Callable[[Session], timedelta]) -> bool:
    """Checked at each read: TTL deletion lags.

    `idle_limit` is asked only where the answer counts: a session that was just in use is live at every dealer, and
    needs no settings.
    """
    idle = now - session.last_seen
    # Tested control: session-limits
    return now < session.expires_at and (idle < _ALWAYS_LIVE or idle < idle_limit(session))


def csrf_token(secret: str) -> str:
    """The token of its forms, made from the secret: the table holds neither."""
    return hmac.new(secret.encode(), b"csrf", "sha256").hexdigest()
