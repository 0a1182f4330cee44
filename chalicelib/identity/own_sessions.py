"""A person's sessions once they are logged in: kept alive by use, ended by log out or by hand."""

from dataclasses import replace
from datetime import datetime

from chalicelib.identity import queries, repo, session_revocation
from chalicelib.identity.model import Session
from chalicelib.identity.repo import writes
from chalicelib.identity.sessions import TOUCH_AFTER
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope


def resume_session(scope: IdentityScope, *, secret: str, now: datetime) -> Session | None:
    """The live session of a request, kept from going idle: one read, and one write a minute."""
    session = queries.session(scope, secret, now)
    if session and now - session.last_seen >= TOUCH_AFTER:
        repo.touch_session(scope, session.session_id, now)
        return replace(session, last_seen=now)
    return session


# Tested control: logout-audited
def log_out(scope: IdentityScope, *, session: Session, now: datetime, ids: Ids) -> None:
    """End the session. Its cookie opens nothing from here on."""
    audit = writes.audit(session.person_id, "logged_out", now=now, ids=ids)
    # Tested control: logout-ends-session
    repo.commit(scope, [*writes.end_session(session.person_id, session.session_id), audit])


def choose_language(scope: IdentityScope, *, session: Session, language: str, now: datetime, ids: Ids) -> None:
    """Read pages in this locale from now on, at each dealer that offers it. Raises ConflictError where it has ended."""
    audit = writes.audit(session.person_id, "language_chosen", now=now, ids=ids)
    repo.commit(scope, [*writes.choose_language(session, language), audit])


def revoke_session(scope: IdentityScope, *, session: Session, session_id: str, now: datetime, ids: Ids) -> None:
    """End another of the person's own sessions. Raises NotFoundError if it is not theirs."""
    if session_id not in dict(repo.session_ids(scope, session.person_id)):
        raise NotFoundError
    audit = writes.audit(session.person_id, "session_revoked", now=now, ids=ids)
    repo.commit(scope, [*writes.end_session(session.person_id, session_id), audit])


def revoke_other_sessions(scope: IdentityScope, *, session: Session, now: datetime, ids: Ids) -> None:
    """End all of the person's sessions but this one, also those that are opened meanwhile."""
    audit = writes.audit(session.person_id, "other_sessions_revoked", now=now, ids=ids)
    with session_revocation.ending(scope, session.person_id, session_revocation.all_but(session.session_id)) as ended:
        repo.commit(scope, [*ended, audit])
