"""A dealer leaves, and with it all that people had there: who had nothing else is forgotten."""

from dataclasses import replace
from datetime import datetime

from chalicelib.identity import memberships, repo, session_revocation
from chalicelib.identity.model import Person
from chalicelib.identity.repo import writes
from chalicelib.kernel.errors import ConflictError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope

_LEAVING = "leaving:"
"""Before the password's hash of somebody who is being forgotten: nobody logs in with such a one."""


def leave_dealer(scope: IdentityScope, *, person_id: str, dealer_id: str, now: datetime, ids: Ids) -> bool:
    """End all that somebody may do at the dealer, with its sessions. Whether they were forgotten, having nothing else.

    Their memberships there go last: a crash anywhere leaves one, by which they are found again. Raises ConflictError
    where they are given a membership, or change their password, meanwhile: try again.
    """
    held = repo.memberships(scope, person_id)
    person = repo.person(scope, person_id)
    here = [one for one in held if one.dealer_id == dealer_id]
    if not here:  # ended by another call
        return False
    # Tested control: people-of-others-stay
    if len(here) == len(held):
        _forget(scope, person_id, person, dealer_id)
        return True
    if person:
        _unlock(scope, person)
    for one in here:
        memberships.remove_membership(
            scope,
            person_id=person_id,
            dealer_id=dealer_id,
            kind=one.kind,
            subject_ref=one.subject_ref,
            now=now,
            ids=ids,
        )
    return False


def _forget(scope: IdentityScope, person_id: str, person: Person | None, dealer_id: str) -> None:
    if person:
        person = _lock(scope, person)
    session_revocation.revoke_remaining(scope, person_id, session_revocation.every)
    # Nobody can still accept an invitation with the earlier password: what was accepted before is seen here.
    # Tested control: forgotten-has-nothing
    if any(one.dealer_id != dealer_id for one in repo.memberships(scope, person_id)):
        if person:
            _unlock(scope, person)
        raise ConflictError(_("Somebody was given access to another dealer. Run the command again"))
    if person:
        repo.commit(scope, list(writes.drop_person(person)))
    repo.delete_rest(scope, person_id, but=f"M#{dealer_id}#")
    repo.delete_rest(scope, person_id)


def _lock(scope: IdentityScope, person: Person) -> Person:
    if person.password_hash.startswith(_LEAVING):
        return person
    locked = _LEAVING + person.password_hash
    repo.commit(scope, [writes.set_password(person, locked)])
    return replace(person, password_hash=locked)


def _unlock(scope: IdentityScope, person: Person) -> None:
    if person.password_hash.startswith(_LEAVING):
        repo.commit(scope, [writes.set_password(person, person.password_hash.removeprefix(_LEAVING))])
