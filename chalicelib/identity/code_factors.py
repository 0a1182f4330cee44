"""Codes that are sent, as a second factor: turned on and off by the person, and sent where a page asks for one.

A mobile number is proved by a code before it is kept. It is the login's own: no profile and no export changes it.
"""

from datetime import datetime
from typing import Any

from chalicelib.identity import code_proofs, devices, factors, queries, rate_limits, repo, totp
from chalicelib.identity.factors import FactorChange
from chalicelib.identity.model import SENT, ClientInfo, FactorKind, Person, Session
from chalicelib.identity.repo import factor_writes, writes
from chalicelib.identity.sent_codes import operations as sent_codes
from chalicelib.identity.sent_codes import repo as sent_codes_repo
from chalicelib.identity.sent_codes.model import Bound, CodePurpose, Destination, SentCode, is_staff
from chalicelib.kernel.errors import ConflictError, InvalidError, NotFoundError
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.observability import Refusal, refused
from chalicelib.store.transactions import WriteItem

ALREADY = lazy_gettext("These codes are turned on already")
NOT_FOR_STAFF = lazy_gettext("Staff of a dealership use an authenticator app or a passkey")
NO_CODE = lazy_gettext("Enter the 6-digit code that we sent")
WRONG_CODE = lazy_gettext("This code is wrong or no longer works. Enter the newest, or request a new one.")
NOT_SENT = lazy_gettext("The code no longer works. Start again.")


def may_use_sent_codes(scope: IdentityScope, person_id: str) -> bool:
    """Whether codes that are sent are accepted from this person: staff of a dealership need something stronger."""
    return not is_staff(repo.memberships(scope, person_id))


def begin_email(
    scope: IdentityScope,
    *,
    session: Session,
    password: str,
    code: str = "",
    client: ClientInfo,
    now: datetime,
    ids: Ids,
) -> None:
    """Send a code to the person's address, which shows that they read what is sent there.

    Beside another factor a code of it is asked for: from now on this one will do instead. Raises InvalidError on
    `current_password` and `code`, ConflictError where it is on or not for them, TooManyError.
    """
    person = factors.confirm_password(scope, session=session, password=password, now=now)
    _require_off(scope, person, FactorKind.EMAIL)
    # Tested control: code-factor-asks-code
    proof = code_proofs.confirm_factor(scope, person, code, session=session, now=now)
    spent = code_proofs.spend(proof, person, origin=session.origin, now=now, ids=ids)
    asked = _asked(
        scope, Destination(FactorKind.EMAIL), person, bound=_turned_on_by(session), client=client, now=now, ids=ids
    )
    repo.commit(scope, [writes.require_same_credentials(person), *spent, *asked])


def begin_sms(
    scope: IdentityScope,
    *,
    session: Session,
    number: str,
    password: str,
    code: str = "",
    client: ClientInfo,
    now: datetime,
    ids: Ids,
) -> None:
    """Send a code to a mobile number (E.164, checked by who calls this), which shows that the person has it.

    Also in the place of the one that is proved. Beside another factor, and for another number, a code of those that the
    person has is asked for. Raises as `begin_email`.
    """
    person = factors.confirm_password(scope, session=session, password=password, now=now)
    _require_for(scope, person)
    # Tested control: number-change-asks-code
    proof = code_proofs.confirm_factor(scope, person, code, session=session, now=now)
    spent = code_proofs.spend(proof, person, origin=session.origin, now=now, ids=ids)
    asked = _asked(
        scope,
        Destination(FactorKind.SMS, number),
        person,
        bound=_turned_on_by(session),
        client=client,
        dealer_id=_dealer_of(session),
        now=now,
        ids=ids,
    )
    repo.commit(scope, [writes.require_same_credentials(person), *spent, *asked])


def being_turned_on(scope: IdentityScope, *, session: Session, kind: FactorKind, now: datetime) -> SentCode | None:
    """The code that is waited for."""
    found = sent_codes_repo.sent_code(scope, _turned_on_by(session))
    return found if found and found.kind is kind and found.counts(now) else None


def cancel(scope: IdentityScope, *, session: Session, kind: FactorKind, now: datetime) -> None:
    """The code that is waited for turns nothing on. Raises NotFoundError where none is, ConflictError."""
    waits = being_turned_on(scope, session=session, kind=kind, now=now)
    if waits is None:
        raise NotFoundError(NOT_SENT)
    repo.commit(scope, [sent_codes_repo.drop(waits)])


def being_confirmed(scope: IdentityScope, *, session: Session, person: Person, now: datetime) -> SentCode | None:
    """The code that was sent for a page which asks for one."""
    return sent_codes.waiting(scope, bound=_confirms(session), person=person, now=now)


def send_again(
    scope: IdentityScope, *, session: Session, kind: FactorKind, client: ClientInfo, now: datetime, ids: Ids
) -> None:
    """Another code, while one is waited for. Raises NotFoundError where none is, InvalidError, TooManyError."""
    waits = being_turned_on(scope, session=session, kind=kind, now=now)
    if waits is None:
        raise NotFoundError(NOT_SENT)
    person = queries.own_person(scope, session.person_id)
    if kind is FactorKind.EMAIL:
        _require_off(scope, person, kind)
    asked = _asked(
        scope,
        Destination(kind, waits.to if kind is FactorKind.SMS else ""),
        person,
        bound=_turned_on_by(session),
        client=client,
        dealer_id=_dealer_of(session),
        now=now,
        ids=ids,
    )
    repo.commit(scope, [writes.require_same_credentials(person), *asked])


def turn_on(
    scope: IdentityScope, *, session: Session, kind: FactorKind, code: str, now: datetime, ids: Ids
) -> FactorChange:
    """The code has come through: one is asked for at login from now on. Other browsers are logged out.

    Raises InvalidError on `code`, NotFoundError where none is waited for, ConflictError, TooManyError.
    """
    if being_turned_on(scope, session=session, kind=kind, now=now) is None:
        raise NotFoundError(NOT_SENT)
    typed = totp.typed_code(code)
    if not typed:
        raise InvalidError(NO_CODE, {"code": NO_CODE})
    attempts = rate_limits.own_code_attempts(session.person_id)
    rate_limits.consume(scope, attempts, now=now)
    person = queries.own_person(scope, session.person_id)
    if kind is FactorKind.EMAIL:
        _require_off(scope, person, kind)
    else:
        _require_for(scope, person)
    bound = _turned_on_by(session)
    # Tested control: mailbox-proved-first
    sent = sent_codes.check(scope, bound=bound, person=person, typed=typed, now=now)
    if sent is None:
        refused(Refusal.CREDENTIALS, email=session.email, address=session.address)
        raise InvalidError(WRONG_CODE, {"code": WRONG_CODE})
    rate_limits.refund(scope, attempts, now=now)
    changes = [sent_codes_repo.use(sent, now)]
    if kind is FactorKind.SMS:
        changes.append(factor_writes.put_sms_number(person.person_id, sent.to, now=now))
    change = f"{kind}_changed" if kind in person.factors else f"{kind}_on"
    notices = factors.notices_of(person, change, session=session, now=now, ids=ids)
    return factors.add_factor(
        scope, kind, session=session, person=person, changes=changes, notices=notices, now=now, ids=ids
    )


def send_code(
    scope: IdentityScope, *, session: Session, kind: FactorKind, client: ClientInfo, now: datetime, ids: Ids
) -> str:
    """Send one for a page that asks somebody who is logged in; where to.

    Raises NotFoundError for a way that the person has not, InvalidError where one was sent just now, TooManyError.
    """
    person = queries.own_person(scope, session.person_id)
    if kind not in SENT & sent_codes.usable_factors(scope, person):
        raise NotFoundError
    bound = _confirms(session)
    dealer_id = _dealer_of(session)
    asked = _asked(scope, Destination(kind), person, bound=bound, client=client, dealer_id=dealer_id, now=now, ids=ids)
    repo.commit(scope, [writes.require_same_credentials(person), *asked])
    return sent_codes.address_of(scope, person, kind)


def _asked(
    scope: IdentityScope, destination: Destination, person: Person, *, client: ClientInfo, now: datetime, **more: Any
) -> list[WriteItem]:
    """`more` as `sent_codes.ask` takes it."""
    known = devices.with_known(scope, person.email, client, now=now)
    return sent_codes.request_code(scope, destination=destination, person=person, client=known, now=now, **more)


def _dealer_of(session: Session) -> str | None:
    return session.membership.dealer_id if session.membership else None


def _turned_on_by(session: Session) -> Bound:
    return Bound(CodePurpose.TURN_ON, session.session_id)


def _confirms(session: Session) -> Bound:
    return Bound(CodePurpose.CONFIRM, session.session_id)


def _require_off(scope: IdentityScope, person: Person, kind: FactorKind) -> None:
    """Raises ConflictError."""
    if kind in person.factors:
        raise ConflictError(ALREADY)
    _require_for(scope, person)


def _require_for(scope: IdentityScope, person: Person) -> None:
    """Raises ConflictError."""
    # Tested control: code-factor-for-customers
    if not may_use_sent_codes(scope, person.person_id):
        raise ConflictError(NOT_FOR_STAFF)
