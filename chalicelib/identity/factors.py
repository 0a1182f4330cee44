"""Setting the second factor up and turning it off, by the person themselves who is logged in."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.identity import (
    code_proofs,
    credentials,
    queries,
    rate_limits,
    recovery_codes,
    repo,
    session_revocation,
)
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
from chalicelib.identity.sessions import renewed_session
from chalicelib.kernel.errors import ConflictError, InvalidError
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.observability import Refusal, refused
from chalicelib.store.transactions import WriteItem

NO_CURRENT = lazy_gettext("Enter your current password")
NOT_CURRENT = lazy_gettext("Your current password is incorrect")
NO_RECOVERY_CODE = lazy_gettext("Enter one of your recovery codes")
WRONG_RECOVERY_CODE = lazy_gettext(
    "This recovery code is wrong, was used already, or was replaced by newer ones. Check it, or enter another one."
)
NOT_ON = lazy_gettext("This is not turned on")


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


def turn_off(
    scope: IdentityScope, kind: FactorKind, *, session: Session, password: str, code: str, now: datetime, ids: Ids
) -> FactorChange:
    """The app is no longer asked for, or no code is sent. Other browsers are logged out, and none is trusted.

    Raises InvalidError on `current_password` and `code`, ConflictError where it is not on, TooManyError.
    """
    person = confirm_password(scope, session=session, password=password, now=now)
    if kind not in person.factors:
        raise ConflictError(NOT_ON)
    return remove_factor(scope, kind, session=session, person=person, code=code, now=now, ids=ids)


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
    proof = code_proofs.confirm_code(scope, person, code, session=session, now=now)
    left = person.factors - {kind}
    dropped: list[WriteItem] = []
    if kind is FactorKind.APP:
        dropped.append(factor_writes.drop_app(person.person_id, before_step=proof.step))
    if kind is FactorKind.SMS:
        dropped.append(factor_writes.drop_sms_number(person.person_id))
    if not left:
        dropped.append(factor_writes.drop_recovery_codes(person.person_id, before=proof.hashes))
    gone = {kind, *(() if left else (FactorKind.RECOVERY,))} - SENT
    spent = code_proofs.spend(proof, person, origin=session.origin, gone=gone, now=now, ids=ids)
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
    proof = code_proofs.confirm_code(scope, person, code, session=session, now=now)
    made = recovery_codes.new_codes(ids)
    kept: RecoveryCodes = recovery_codes.stored(person.person_id, made, now)
    changes: list[WriteItem] = [
        writes.require_same_credentials(person),
        factor_writes.put_recovery_codes(person.person_id, kept, before=proof.hashes),
        *code_proofs.spend(proof, person, origin=session.origin, gone={FactorKind.RECOVERY}, now=now, ids=ids),
        writes.audit(person.person_id, "recovery_codes_made", now=now, ids=ids),
        _mail(person, "codes_made", session=session, now=now, ids=ids),
    ]
    repo.commit(scope, changes)
    return made


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
