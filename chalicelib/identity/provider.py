"""Who somebody is: the seam for single sign-on of dealer staff, and the password provider."""

from typing import Protocol

from chalicelib.identity import passwords, repo
from chalicelib.identity.model import Person
from chalicelib.kernel.scopes import IdentityScope


class IdentityProvider(Protocol):
    """Turns a claim and its proof into a person. The portal's own limits, sessions and memberships stay in force."""

    def authenticate(self, scope: IdentityScope, *, email: str, proof: str) -> Person | None:
        """The person whose proof it is, or None. Takes the same calls and time for known and unknown."""


class PasswordProvider:
    """The proof is a password."""

    def authenticate(self, scope: IdentityScope, *, email: str, proof: str) -> Person | None:
        """Two reads and one argon2 check, for a known and an unknown email alike (threat 5)."""
        # Tested control: login-same-reads
        person = repo.person(scope, repo.person_id_or_decoy(scope, email))
        matches = passwords.password_matches(person.password_hash if person else None, proof)
        return person if matches else None
