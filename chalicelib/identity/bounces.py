"""A mail to a person that bounced: they are notified at their next login, if they can log in all the same."""

from datetime import datetime

from chalicelib.identity import repo
from chalicelib.identity.model import Bounce
from chalicelib.kernel.scopes import IdentityScope


def note(scope: IdentityScope, person_id: str, *, email: str, kind: str, mail_id: str, now: datetime) -> bool:
    """Keep the last one. False where this one is known."""
    return repo.note_bounce(scope, person_id, Bounce(email, now, kind, mail_id))


def take(scope: IdentityScope, person_id: str) -> Bounce | None:
    """What they are to be notified of now; once."""
    found = repo.bounce(scope, person_id)
    return found if found and repo.note_notified(scope, person_id, found) else None
