"""A mail to a person that came back: they are told at their next login, if they can log in all the same."""

from datetime import datetime

from chalicelib.identity import repo
from chalicelib.identity.model import ReturnedMail
from chalicelib.kernel.scopes import IdentityScope


def note(scope: IdentityScope, person_id: str, *, email: str, kind: str, mail_id: str, now: datetime) -> bool:
    """Keep the last one. False where this one is known."""
    return repo.note_returned(scope, person_id, ReturnedMail(email, now, kind, mail_id))


def take(scope: IdentityScope, person_id: str) -> ReturnedMail | None:
    """What they are to be told now; once."""
    found = repo.returned(scope, person_id)
    return found if found and repo.note_told(scope, person_id, found) else None
