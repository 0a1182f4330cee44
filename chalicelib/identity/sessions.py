"""What a session is: its secret, its ends, its token against forged forms. Pure."""

import hmac
from datetime import datetime, timedelta

from chalicelib.identity.model import Membership, Person, Session
from chalicelib.kernel.ids import secret_hash

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
TOUCH_AFTER = timedelta(minutes=1)

_MAX_USER_AGENT = 200


def new_session(
    person: Person, membership: Membership | None, *, secret: str, address: str, user_agent: str, now: datetime
) -> Session:
    """A session that ends 12 hours from `now`, or 30 minutes after it was last seen."""
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


def is_live(session: Session, now: datetime) -> bool:
    """Checked at each read: TTL deletion lags."""
    # Tested control: session-limits
    return now < session.expires_at and now - session.last_seen < IDLE


def csrf_token(secret: str) -> str:
    """The token of its forms, made from the secret: the table holds neither."""
    return hmac.new(secret.encode(), b"csrf", "sha256").hexdigest()
