"""The authenticator app as second factor: its secret is made, shown, and proved by the first code."""

from datetime import datetime, timedelta

from chalicelib.identity import code_proofs, factors, queries, rate_limits, repo, totp
from chalicelib.identity.factors import FactorChange
from chalicelib.identity.model import FactorKind, Session
from chalicelib.identity.repo import factor_reads, factor_writes, writes
from chalicelib.kernel.errors import ConflictError, InvalidError, NotFoundError
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.observability import Refusal, refused

SETUP_LIFE = timedelta(minutes=30)
NO_CODE = lazy_gettext("Enter the 6-digit code that the app shows now")
WRONG_CODE = lazy_gettext("This code is wrong or was used already. Enter the code that the app shows now.")
ALREADY = lazy_gettext("An authenticator app is set up already")
SETUP_ENDED = lazy_gettext("This set-up took more than 30 minutes, or was started again elsewhere. Start again.")


def begin_app(
    scope: IdentityScope, *, session: Session, password: str, code: str = "", now: datetime, ids: Ids
) -> None:
    """Make the secret that the app is to read.

    Where another factor is on, a code is asked for: with the password and a session alone, a thief would set their own
    app up. Raises InvalidError on `current_password` and `code`, ConflictError where one is set up, TooManyError.
    """
    person = factors.confirm_password(scope, session=session, password=password, now=now)
    if FactorKind.APP in person.factors:
        raise ConflictError(ALREADY)
    # Tested control: app-asks-code
    proof = code_proofs.confirm_factor(scope, person, code, session=session, now=now)
    spent = code_proofs.spend(proof, person, origin=session.origin, now=now, ids=ids)
    expires = now + SETUP_LIFE
    begun = factor_writes.new_app(
        person.person_id, totp.new_secret(ids), session_id=session.session_id, expires=expires
    )
    repo.commit(scope, [writes.require_same_credentials(person), *spent, begun])


def app_being_set_up(scope: IdentityScope, session: Session, now: datetime) -> str:
    """The secret to show. Raises NotFoundError where none is being set up in this session."""
    found = factor_reads.new_app(scope, session.person_id)
    # Tested control: app-secret-of-its-session
    if found is None or found.expires_at <= now or found.session_id != session.session_id:
        raise NotFoundError(SETUP_ENDED)
    return found.secret


def turn_on_app(scope: IdentityScope, *, session: Session, code: str, now: datetime, ids: Ids) -> FactorChange:
    """The app works: it is asked for at login from now on. Other browsers are logged out.

    Raises InvalidError on `code`, NotFoundError where none is being set up, TooManyError.
    """
    secret = app_being_set_up(scope, session, now)
    typed = totp.typed_code(code)
    if not typed:
        raise InvalidError(NO_CODE, {"code": NO_CODE})
    attempts = rate_limits.own_code_attempts(session.person_id)
    rate_limits.consume(scope, attempts, now=now)
    step = totp.matching_step(secret, typed, now)
    if step is None:
        refused(Refusal.CREDENTIALS, email=session.email, address=session.address)
        raise InvalidError(WRONG_CODE, {"code": WRONG_CODE})
    rate_limits.refund(scope, attempts, now=now)
    person = queries.own_person(scope, session.person_id)
    changes = factor_writes.add_app(person.person_id, secret, step=step, now=now)
    return factors.add_factor(scope, FactorKind.APP, session=session, person=person, changes=changes, now=now, ids=ids)
