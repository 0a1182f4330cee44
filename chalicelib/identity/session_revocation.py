"""Sessions of one person ended together: any number, and also those that were opened at the same moment."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from chalicelib.identity import repo
from chalicelib.identity.repo import writes
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.store.transactions import WriteItem

AT_ONCE = 40
"""Each takes two of a transaction's 100 items."""

SessionFilter = Callable[[str, str | None], bool]
"""Whether a session, by its id and the key of the membership it acts for, is meant."""


def every(_session_id: str, _acts_for: str | None) -> bool:
    """All sessions."""
    return True


def all_but(kept: str | None) -> SessionFilter:
    """All sessions but this one."""
    return lambda session_id, _: session_id != kept


@contextmanager
def ending(scope: IdentityScope, person_id: str, which: SessionFilter) -> Iterator[list[WriteItem]]:
    """End the sessions meant with a change that forbids new ones: what is given goes into its transaction.

    Of many, all but AT_ONCE end before it; those that are opened until it is committed end after it.
    """
    left = _open(scope, person_id, which)
    while len(left) > AT_ONCE:
        now_ended, left = left[:AT_ONCE], left[AT_ONCE:]
        repo.commit(scope, [item for one in now_ended for item in writes.end_session(person_id, one)])
    last: list[WriteItem] = []
    for session_id in left:
        # Tested control: removal-ends-sessions
        last += writes.end_session(person_id, session_id)
    yield last
    # Tested control: removal-ends-late-sessions
    revoke_remaining(scope, person_id, which)


def revoke_remaining(scope: IdentityScope, person_id: str, which: SessionFilter) -> None:
    """End the sessions meant, also those that are opened meanwhile."""
    while left := _open(scope, person_id, which):
        repo.commit(scope, [item for one in left[:AT_ONCE] for item in writes.end_session(person_id, one)])


def _open(scope: IdentityScope, person_id: str, which: SessionFilter) -> list[str]:
    return [session_id for session_id, acts_for in repo.session_ids(scope, person_id) if which(session_id, acts_for)]
