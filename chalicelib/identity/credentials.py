"""Whose email and password it is."""

from chalicelib.identity import passwords, repo
from chalicelib.identity.model import Person
from chalicelib.kernel.scopes import IdentityScope


def person_of_password(scope: IdentityScope, *, email: str, password: str) -> Person | None:
    """Two reads and one argon2 check, for a known and an unknown email alike (threat 5)."""
    # Tested control: login-same-reads
    person = repo.person(scope, repo.person_id_or_decoy(scope, email))
    matches = passwords.password_matches(person.password_hash if person else None, password)
    return person if matches else None
