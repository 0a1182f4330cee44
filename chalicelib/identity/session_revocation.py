"""Sessions of one person ended together: any number, and also those that were opened at the same moment."""

from collections.abc import Callable

from chalicelib.identity import repo
from chalicelib.identity.repo import writes
from chalicelib.kernel.scopes import IdentityScope

AT_ONCE = 40
"""Each takes two of a transaction's 100 items."""

SessionFilter = Callable[[str, str | None], bool]
"""Whether a session, by its id and the key of the membership it acts for, is meant."""


def revoke_in_batches(scope: IdentityScope, person_id: str, which: SessionFilter) -> list[str]:
    """End the sessions meant until AT_ONCE or fewer are left: these, for the caller's own transaction."""
    left = _open(scope, person_id, which)
    while len(left) > AT_ONCE:
        now_ended, left = left[:AT_ONCE], left[AT_ONCE:]
        repo.commit(scope, [item for one in now_ended for item in writes.end_session(person_id, one)])
    return left


def revoke_remaining(scope: IdentityScope, person_id: str, which: SessionFilter) -> None:
    """After the change that forbids new ones: end those that were opened between the look and the change."""
    while left := _open(scope, person_id, which):
        repo.commit(scope, [item for one in left[:AT_ONCE] for item in writes.end_session(person_id, one)])


def _open(scope: IdentityScope, person_id: str, which: SessionFilter) -> list[str]:
    return [session_id for session_id, acts_for in repo.session_ids(scope, person_id) if which(session_id, acts_for)]
