"""A code as the proof of who somebody is: of their app, one that was sent to them, or a recovery code."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from chalicelib.identity import rate_limits, recovery_codes, totp
from chalicelib.identity.model import SENT, FactorKind, Person, Session
from chalicelib.identity.repo import factor_reads, factor_writes, writes
from chalicelib.identity.sent_codes import operations as sent_codes
from chalicelib.identity.sent_codes import repo as sent_codes_repo
from chalicelib.identity.sent_codes.model import Bound, CodePurpose
from chalicelib.kernel.errors import InvalidError
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.origin import Origin
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.observability import Refusal, refused
from chalicelib.store.transactions import WriteItem

NO_CODE_OR_RECOVERY = lazy_gettext("Enter a code")
WRONG_CODE_OR_RECOVERY = lazy_gettext(
    "This code is wrong or was used already. Enter the newest code, or a recovery code."
)


@dataclass(frozen=True, slots=True)
class CodeProof:
    """A code was right: `uses` uses it up, see `spend`.

    `step`: of an app's code. `hashes`: of the recovery codes as they were, where it is one of them.
    """

    factor: FactorKind
    uses: tuple[WriteItem, ...]
    step: int | None = None
    hashes: tuple[str, ...] | None = None


def confirm_code(scope: IdentityScope, person: Person, code: str, *, session: Session, now: datetime) -> CodeProof:
    """That it is a code of the person's app, one that was sent for this session, or a recovery code.

    Raises InvalidError on `code`, TooManyError.
    """
    if not code.strip():
        raise InvalidError(NO_CODE_OR_RECOVERY, {"code": NO_CODE_OR_RECOVERY})
    attempts = rate_limits.own_code_attempts(person.person_id)
    rate_limits.consume(scope, attempts, now=now)
    bound = Bound(CodePurpose.CONFIRM, session.session_id) if session.session_id else None
    proof = proof_by_code(scope, person, code, bound=bound, now=now)
    if proof is None:
        # Tested control: own-code-guess-recorded
        refused(Refusal.CREDENTIALS, email=person.email, address=session.address)
        raise InvalidError(WRONG_CODE_OR_RECOVERY, {"code": WRONG_CODE_OR_RECOVERY})
    rate_limits.refund(scope, attempts, now=now)
    return proof


def confirm_factor(
    scope: IdentityScope, person: Person, code: str, *, session: Session, now: datetime
) -> CodeProof | None:
    """As `confirm_code`, of somebody who has a second factor; None of somebody who has none.

    Before another factor or email address is set up: the password alone may have been read or guessed.
    """
    return confirm_code(scope, person, code, session=session, now=now) if person.factors else None


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
