"""A person's passkeys."""

from collections.abc import Sequence

from chalicelib.identity.model import FactorKind, Person, Session
from chalicelib.identity.passkeys import repo
from chalicelib.identity.passkeys.model import Passkey
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.scopes import IdentityScope


def passkeys(scope: IdentityScope, person_id: str) -> list[Passkey]:
    """All of them, oldest first."""
    return repo.passkeys(scope, person_id)


def own_passkey(scope: IdentityScope, session: Session, passkey_id: str) -> Passkey:
    """Raises NotFoundError if it is not the person's."""
    found = repo.passkey(scope, session.person_id, passkey_id)
    if found is None:
        raise NotFoundError
    return found


def creation_asks_code(person: Person) -> bool:
    """Whether, before a passkey is added, a code of another factor is asked for: the passkey logs in without it."""
    return bool(person.factors - {FactorKind.PASSKEY})


def is_last_of_factor(person: Person, found: Sequence[Passkey]) -> bool:
    """Whether, with one of these removed, passkeys are no longer a second factor of the person."""
    return len(found) == 1 and FactorKind.PASSKEY in person.factors
