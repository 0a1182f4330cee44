"""Setting the second factor up and turning it off, by the person themselves who is logged in."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.identity import credentials, queries, rate_limits, recovery_codes, repo, session_revocation, totp
from chalicelib.identity.model import (
    SENT,
    STRONG,
    AppFactor,
    FactorKind,
    Person,
    RecoveryCodes,
    Session,
    SmsNumber,
)
from chalicelib.identity.repo import factor_reads, factor_writes, writes
from chalicelib.identity.sent_codes import operations as sent_codes
from chalicelib.identity.sent_codes import repo as sent_codes_repo
from chalicelib.identity.sent_codes.model import Bound, Purpose
from chalicelib.identity.sessions import renewed_session
from chalicelib.kernel.errors import ConflictError, InvalidError, NotFoundError
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.origin import Origin
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.observability import Refusal, refused
from chalicelib.store.transactions import WriteItem

SETUP_LIFE = timedelta(minutes=30)
NO_CURRENT = lazy_gettext("Enter your current password")
NOT_CURRENT = lazy_gettext("Your current password is incorrect")
NO_CODE = lazy_gettext("Enter the 6-digit code that the app shows now")
NO_CODE_OR_RECOVERY = lazy_gettext("Enter a code")
WRONG_CODE = lazy_gettext("This code is wrong or was used already. Enter the code that the app shows now.")
WRONG_CODE_OR_RECOVERY = lazy_gettext(
    "This code is wrong or was used already. Enter the newest code, or a recovery code."
)
NO_RECOVERY_CODE = lazy_gettext("Enter one of your recovery codes")
WRONG_RECOVERY_CODE = lazy_gettext(
    "This recovery code is wrong, was used already, or was replaced by newer ones. Check it, or enter another one."
)
ALREADY = lazy_gettext("An authenticator app is set up already")
SETUP_ENDED = lazy_gettext("This set-up took more than 30 minutes, or was started again elsewhere. Start again.")


@dataclass(frozen=True, slots=True)
class SecuritySettings:
    """What a person has set up. `recovery_codes` counts those that are left, None where none were made."""

    factors: frozenset[FactorKind]
    app: AppFactor | None
    recovery_codes: int | None
    sms: SmsNumber | None = None
    codes_made_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class FactorChange:
    """This browser's new session with its secret. `codes`: new recovery codes, in the clear, to be shown once."""

    secret: str
    session: Session
    codes: tuple[str, ...] = ()


def security_settings(scope: IdentityScope, person_id: str) -> SecuritySettings:
    """For the person's own page."""
    person = queries.own_person(scope, person_id)
    codes = factor_reads.recovery_codes(scope, person_id)
    app = factor_reads.app(scope, person_id) if FactorKind.APP in person.factors else None
    sms = factor_reads.sms_number(scope, person_id) if FactorKind.SMS in person.factors else None
    if codes is None:
        return SecuritySettings(person.factors, app, None, sms)
    return SecuritySettings(person.factors, app, len(codes.hashes), sms, codes.made_at)


def codes_in_force(scope: IdentityScope, session: Session, typed: Sequence[str]) -> tuple[str, ...]:
    """Those of `typed` that are recovery codes of this person and not used yet."""
    known = factor_reads.recovery_codes(scope, session.person_id)
    hashes = known.hashes if known else ()
    return tuple(one for one in typed if recovery_codes.code_hash(session.person_id, one) in hashes)


def confirm_password(scope: IdentityScope, *, session: Session, password: str, now: datetime) -> Person:
    """The session's person, once more by their password. Raises InvalidError on `current_password`, TooManyError."""
    if not password:
        raise InvalidError(NO_CURRENT, {"current_password": NO_CURRENT})
    attempts = (rate_limits.Attempt(rate_limits.PASSWORD, session.person_id),)
    rate_limits.consume(scope, attempts, now=now)
    person = credentials.person_of_password(scope, email=session.email, password=password)
    # Tested control: factor-change-asks-password
    if person is None or person.person_id != session.person_id:
        refused(Refusal.CREDENTIALS, email=session.email, address=session.address)
        raise InvalidError(NOT_CURRENT, {"current_password": NOT_CURRENT})
    rate_limits.refund(scope, attempts, now=now)
    return person


def confirm_code(scope: IdentityScope, person: Person, code: str, *, session: Session, now: datetime) -> "CodeProof":
    """That it is a code of the person's app, one that was sent for this session, or a recovery code.

    Raises InvalidError on `code`, TooManyError.
    """
    if not code.strip():
        raise InvalidError(NO_CODE_OR_RECOVERY, {"code": NO_CODE_OR_RECOVERY})
    attempts = rate_limits.own_code_attempts(person.person_id)
    rate_limits.consume(scope, attempts, now=now)
    bound = Bound(Purpose.CONFIRM, session.session_id) if session.session_id else None
    proof = proof_by_code(scope, person, code, bound=bound, now=now)
    if proof is None:
        # Tested control: own-code-guess-recorded
        refused(Refusal.CREDENTIALS, email=person.email, address=session.address)
        raise InvalidError(WRONG_CODE_OR_RECOVERY, {"code": WRONG_CODE_OR_RECOVERY})
    rate_limits.refund(scope, attempts, now=now)
    return proof


def confirm_factor(
    scope: IdentityScope, person: Person, code: str, *, session: Session, now: datetime
) -> "CodeProof | None":
    """As `confirm_code`, of somebody who has a second factor; None of somebody who has none.

    Before another factor or email address is set up: the password alone may have been read or guessed.
    """
    return confirm_code(scope, person, code, session=session, now=now) if person.factors else None


def begin_app(
    scope: IdentityScope, *, session: Session, password: str, code: str = "", now: datetime, ids: Ids
) -> None:
    """Make the secret that the app is to read.

    Where another factor is on, a code is asked for: with the password and a session alone, a thief would set their own
    app up. Raises InvalidError on `current_password` and `code`, ConflictError where one is set up, TooManyError.
    """
    person = confirm_password(scope, session=session, password=password, now=now)
    if FactorKind.APP in person.factors:
        raise ConflictError(ALREADY)
    # Tested control: app-asks-code
    proof = confirm_factor(scope, person, code, session=session, now=now)
    spent = spend(proof, person, origin=session.origin, now=now, ids=ids)
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
    return add_factor(scope, FactorKind.APP, session=session, person=person, changes=changes, now=now, ids=ids)


def add_factor(
    scope: IdentityScope,
    kind: FactorKind,
    *,
    session: Session,
    person: Person,
    changes: Sequence[WriteItem],
    notices: Sequence[WriteItem] = (),
    now: datetime,
    ids: Ids,
) -> FactorChange:
    """`changes` store a factor of this kind for `person`. With the first one come recovery codes.

    `notices`: an audit row and a mail that say more than the usual ones, in their place.
    """
    made: tuple[str, ...] = ()
    written = list(changes)
    if not person.factors:
        made = recovery_codes.new_codes(ids)
        kept = recovery_codes.stored(person.person_id, made, now)
        written.append(factor_writes.put_recovery_codes(person.person_id, kept))
    notices = notices or notices_of(person, f"{kind}_on", session=session, now=now, ids=ids)
    written += notices
    change = _change_factors(
        scope,
        person.factors | {kind},
        session=replace(session, weak_factor=session.weak_factor and kind not in STRONG),
        person=person,
        changes=written,
        now=now,
        ids=ids,
    )
    return replace(change, codes=made)


def turn_off_app(
    scope: IdentityScope, *, session: Session, password: str, code: str, now: datetime, ids: Ids
) -> FactorChange:
    """It is no longer asked for. Other browsers are logged out, and none is trusted.

    Raises InvalidError on `current_password` and `code`, ConflictError where none is set up, TooManyError.
    """
    person = confirm_password(scope, session=session, password=password, now=now)
    if FactorKind.APP not in person.factors:
        raise ConflictError(lazy_gettext("No authenticator app is set up"))
    return remove_factor(scope, FactorKind.APP, session=session, person=person, code=code, now=now, ids=ids)


def remove_factor(
    scope: IdentityScope,
    kind: FactorKind,
    *,
    session: Session,
    person: Person,
    code: str,
    changes: Sequence[WriteItem] = (),
    now: datetime,
    ids: Ids,
) -> FactorChange:
    """The last factor of this kind is removed; with the last of all, the recovery codes are deleted.

    `changes`: what removes the passkey, where it is one, and says so to the person. Raises as `confirm_code`, and
    ConflictError where the code was used meanwhile.
    """
    # Tested control: factor-off-asks-code
    proof = confirm_code(scope, person, code, session=session, now=now)
    left = person.factors - {kind}
    dropped: list[WriteItem] = []
    if kind is FactorKind.APP:
        dropped.append(factor_writes.drop_app(person.person_id, before_step=proof.step))
    if kind is FactorKind.SMS:
        dropped.append(factor_writes.drop_sms_number(person.person_id))
    if not left:
        dropped.append(factor_writes.drop_recovery_codes(person.person_id, before=proof.hashes))
    gone = {kind, *(() if left else (FactorKind.RECOVERY,))} - SENT
    spent = spend(proof, person, origin=session.origin, gone=gone, now=now, ids=ids)
    notices = changes or notices_of(person, f"{kind}_off", session=session, now=now, ids=ids)
    return _change_factors(
        scope, left, session=session, person=person, changes=[*dropped, *spent, *notices], now=now, ids=ids
    )


def renew_sessions(
    scope: IdentityScope,
    *,
    session: Session,
    person: Person,
    changes: Sequence[WriteItem],
    now: datetime,
    ids: Ids,
) -> FactorChange:
    """`changes` take away one of several that are a factor together: what it has opened ends with it."""
    return _change_factors(scope, person.factors, session=session, person=person, changes=changes, now=now, ids=ids)


def replace_recovery_codes(
    scope: IdentityScope, *, session: Session, password: str, code: str, now: datetime, ids: Ids
) -> tuple[str, ...]:
    """New ones, in the clear; the others no longer work. Raises as confirm_password and confirm_code, ConflictError.

    Without a code, who has the password alone would make codes, and by one of them do all that asks for a code.
    """
    person = confirm_password(scope, session=session, password=password, now=now)
    if not person.factors:
        raise ConflictError(lazy_gettext("Recovery codes come with a second factor. Set one up first."))
    # Tested control: new-codes-ask-code
    proof = confirm_code(scope, person, code, session=session, now=now)
    made = recovery_codes.new_codes(ids)
    kept: RecoveryCodes = recovery_codes.stored(person.person_id, made, now)
    changes: list[WriteItem] = [
        writes.require_same_credentials(person),
        factor_writes.put_recovery_codes(person.person_id, kept, before=proof.hashes),
        *spend(proof, person, origin=session.origin, gone={FactorKind.RECOVERY}, now=now, ids=ids),
        writes.audit(person.person_id, "recovery_codes_made", now=now, ids=ids),
        _mail(person, "codes_made", session=session, now=now, ids=ids),
    ]
    repo.commit(scope, changes)
    return made


@dataclass(frozen=True, slots=True)
class CodeProof:
    """A code was right: `uses` uses it up, see `spend`.

    `step`: of an app's code. `hashes`: of the recovery codes as they were, where it is one of them.
    """

    factor: FactorKind
    uses: tuple[WriteItem, ...]
    step: int | None = None
    hashes: tuple[str, ...] | None = None


def spend(
    proof: CodeProof | None,
    person: Person,
    *,
    origin: Origin,
    gone: Collection[FactorKind] = (),
    now: datetime,
    ids: Ids,
) -> list[WriteItem]:
    """What uses the code up, in the transaction of what it allows. The person hears of each recovery code that is used.

    `gone`: the same transaction deletes or replaces what is stored of these kinds, on condition that it is unchanged.
    """
    if proof is None:
        return []
    is_gone = proof.factor in gone
    # Tested control: code-used-up
    written = [] if is_gone else [*proof.uses]
    # Tested control: recovery-code-notified
    if proof.hashes is not None:
        written += _recovery_code_used(
            person, None if is_gone else len(proof.hashes) - 1, origin=origin, now=now, ids=ids
        )
    return written


def _recovery_code_used(
    person: Person, left: int | None, *, origin: Origin, now: datetime, ids: Ids
) -> list[WriteItem]:
    payload = {"email": person.email, "change": "code_used", "origin": origin}
    return [
        writes.audit(person.person_id, "recovery_code_used", now=now, ids=ids, address=origin.address),
        writes.outbox_item("second_factor", payload if left is None else {**payload, "left": left}, now=now, ids=ids),
    ]


def proof_by_code(
    scope: IdentityScope, person: Person, typed: str, *, bound: Bound | None = None, now: datetime
) -> CodeProof | None:
    """Whether it is a code of the person's app, one that was sent for `bound`, or one of their recovery codes.

    Uses nothing up by itself.
    """
    code = totp.typed_code(typed)
    if code:
        app = factor_reads.app(scope, person.person_id) if FactorKind.APP in person.factors else None
        step = totp.matching_step(app.secret, code, now, after=app.last_step) if app else None
        if step is not None:
            return CodeProof(FactorKind.APP, (factor_writes.use_app(person.person_id, step=step),), step=step)
        return _proof_by_sent_code(scope, person, code, bound=bound, now=now) if bound else None
    hashed = recovery_codes.code_hash(person.person_id, typed)
    known = factor_reads.recovery_codes(scope, person.person_id) if hashed else None
    if known is None or hashed not in known.hashes:
        return None
    used = factor_writes.use_recovery_code(person.person_id, known.hashes, hashed)
    return CodeProof(FactorKind.RECOVERY, (used,), hashes=known.hashes)


def _proof_by_sent_code(
    scope: IdentityScope, person: Person, code: str, *, bound: Bound, now: datetime
) -> CodeProof | None:
    """Of a kind that the person has turned on, and may use."""
    # Tested control: sent-code-of-factor
    if not sent_codes.usable_factors(scope, person) & SENT:
        return None
    sent = sent_codes.check(scope, bound=bound, person=person, typed=code, now=now)
    return CodeProof(sent.kind, (sent_codes_repo.use(sent, now),)) if sent else None


def _change_factors(
    scope: IdentityScope,
    factors: frozenset[FactorKind],
    *,
    session: Session,
    person: Person,
    changes: Sequence[WriteItem],
    now: datetime,
    ids: Ids,
) -> FactorChange:
    """All sessions end; this browser gets a new one. Every browser is asked for the second factor again."""
    secret = ids.secret()
    new = renewed_session(
        session,
        secret=secret,
        now=now,
        second_factor=bool(factors),
        weak_factor=bool(factors) and (session.weak_factor or not factors & STRONG),
    )
    written: list[WriteItem] = [
        writes.set_factors(person, factors, version=ids.ulid(now)),
        *changes,
        *writes.reopen_session(new),
    ]
    with session_revocation.ending(scope, person.person_id, session_revocation.all_but(new.session_id)) as ended:
        repo.commit(scope, [*written, *ended])
    return FactorChange(secret, new)


def notices_of(person: Person, change: str, *, session: Session, now: datetime, ids: Ids) -> list[WriteItem]:
    """In the person's trail, and in a mail to them."""
    return [
        writes.audit(person.person_id, change, now=now, ids=ids, address=session.address),
        _mail(person, change, session=session, now=now, ids=ids),
    ]


def _mail(person: Person, change: str, *, session: Session, now: datetime, ids: Ids) -> WriteItem:
    payload = {"email": person.email, "change": change, "origin": session.origin}
    return writes.outbox_item("second_factor", payload, now=now, ids=ids)
