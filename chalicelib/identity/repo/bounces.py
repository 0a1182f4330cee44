"""The last mail to a person that bounced."""

from contextlib import suppress

from chalicelib.identity.model import Bounce
from chalicelib.identity.records import BounceRecord
from chalicelib.kernel.errors import ConflictError
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.store.roles import scoped

_SK = "RETURNED"


@scoped
def note_bounce(scope: IdentityScope, person_id: str, new: Bounce) -> bool:
    """Keep it, replacing another. False where it is the one that is there."""
    model = BounceRecord
    record = model(_pk(person_id), _SK, email=new.email, at=new.at, kind=new.kind, mail_id=new.mail_id)
    with suppress(ConflictError):
        record.save(model.pk.does_not_exist() | (model.mail_id != new.mail_id))
        return True
    return False


@scoped
def bounce(scope: IdentityScope, person_id: str) -> Bounce | None:
    """What they have not been notified of."""
    found = BounceRecord.find(_pk(person_id), _SK, consistent=True)
    return Bounce(found.email, found.at, found.kind, found.mail_id) if found and not found.is_notified else None


@scoped
def note_notified(scope: IdentityScope, person_id: str, what: Bounce) -> bool:
    """They are notified of it now; False where another call was quicker."""
    model = BounceRecord
    with suppress(ConflictError):
        is_same = (model.mail_id == what.mail_id) & (model.is_notified != True)  # noqa: E712 - a condition, not a test
        model(_pk(person_id), _SK).update([model.is_notified.set(True)], is_same)
        return True
    return False


def _pk(person_id: str) -> str:
    return f"P#{person_id}"
