"""The mobile number to which a person's notifications go: proved by a code, changed and deleted by the person alone.

It is no factor, even where it is the same number as that of the codes at login: neither is changed with the other.
"""

from datetime import datetime

from chalicelib.identity import devices, queries, rate_limits, repo, totp
from chalicelib.identity.code_factors import NO_CODE, NOT_SENT, WRONG_CODE
from chalicelib.identity.model import ClientInfo, FactorKind, Session, TextNumber
from chalicelib.identity.repo import factor_reads, writes
from chalicelib.identity.repo import text_numbers as numbers
from chalicelib.identity.sent_codes import operations as sent_codes
from chalicelib.identity.sent_codes import repo as sent_codes_repo
from chalicelib.identity.sent_codes.model import Bound, CodePurpose, Destination, SentCode
from chalicelib.kernel.errors import InvalidError, NotFoundError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.observability import Refusal, refused


def text_number(scope: IdentityScope, person_id: str) -> TextNumber | None:
    """Where the person's notifications go."""
    return numbers.text_number(scope, person_id)


def login_number(scope: IdentityScope, person_id: str) -> str:
    """The number to which their codes go at login, which is proved too; empty where there is none."""
    person = queries.own_person(scope, person_id)
    found = factor_reads.sms_number(scope, person_id) if FactorKind.SMS in person.factors else None
    return found.number if found else ""


def begin(scope: IdentityScope, *, session: Session, number: str, client: ClientInfo, now: datetime, ids: Ids) -> None:
    """Send a code to a mobile number (E.164, checked by who calls this), which shows that the person has it.

    Raises InvalidError, sent_codes.JustSentError, TooManyError.
    """
    person = queries.own_person(scope, session.person_id)
    requested = sent_codes.request_code(
        scope,
        destination=Destination(FactorKind.SMS, number),
        bound=_bound(session),
        person=person,
        client=devices.with_known(scope, person.email, client, now=now),
        dealer_id=session.membership.dealer_id if session.membership else None,
        now=now,
        ids=ids,
    )
    repo.commit(scope, requested)


def being_proved(scope: IdentityScope, *, session: Session, now: datetime) -> SentCode | None:
    """The code that is waited for."""
    found = sent_codes_repo.sent_code(scope, _bound(session))
    return found if found and found.counts(now) else None


def send_again(scope: IdentityScope, *, session: Session, client: ClientInfo, now: datetime, ids: Ids) -> None:
    """Another code. Raises NotFoundError where none is waited for, and as `begin`."""
    begin(scope, session=session, number=_waiting(scope, session, now).to, client=client, now=now, ids=ids)


def cancel(scope: IdentityScope, *, session: Session, now: datetime) -> None:
    """The code that is waited for proves nothing. Raises NotFoundError where none is, ConflictError."""
    repo.commit(scope, [sent_codes_repo.drop(_waiting(scope, session, now))])


def confirm(scope: IdentityScope, *, session: Session, code: str, now: datetime, ids: Ids) -> None:
    """The code has come through: notifications go to its number from now on.

    Raises InvalidError on `code`, NotFoundError where none is waited for, ConflictError, TooManyError.
    """
    _waiting(scope, session, now)
    typed = totp.typed_code(code)
    if not typed:
        raise InvalidError(NO_CODE, {"code": NO_CODE})
    attempts = rate_limits.own_code_attempts(session.person_id)
    rate_limits.consume(scope, attempts, now=now)
    person = queries.own_person(scope, session.person_id)
    # Tested control: text-number-proved-first
    sent = sent_codes.check(scope, bound=_bound(session), person=person, typed=typed, now=now)
    if sent is None:
        refused(Refusal.CREDENTIALS, email=session.email, address=session.address)
        raise InvalidError(WRONG_CODE, {"code": WRONG_CODE})
    rate_limits.refund(scope, attempts, now=now)
    repo.commit(
        scope,
        [
            sent_codes_repo.use(sent, now),
            numbers.put_text_number(person.person_id, sent.to, now=now),
            writes.audit(person.person_id, "text_number_set", now=now, ids=ids, address=session.address),
        ],
    )


def use_login_number(scope: IdentityScope, *, session: Session, now: datetime, ids: Ids) -> None:
    """Notifications go where codes go at login: that number is proved. Raises NotFoundError where there is none."""
    number = login_number(scope, session.person_id)
    if not number:
        raise NotFoundError
    repo.commit(
        scope,
        [
            numbers.put_text_number(session.person_id, number, now=now),
            writes.audit(session.person_id, "text_number_set", now=now, ids=ids, address=session.address),
        ],
    )


def delete(scope: IdentityScope, *, session: Session, now: datetime, ids: Ids) -> None:
    """None is notified by text message from now on. Codes at login go on to where they went."""
    repo.commit(
        scope,
        [
            numbers.drop_text_number(session.person_id),
            writes.audit(session.person_id, "text_number_deleted", now=now, ids=ids, address=session.address),
        ],
    )


def note_opted_out(scope: IdentityScope, person_id: str, number: str, *, now: datetime) -> None:
    """Whose number it is has answered STOP: nothing goes there, and their page says so."""
    numbers.note_opted_out(scope, person_id, number, now=now)


def _waiting(scope: IdentityScope, session: Session, now: datetime) -> SentCode:
    found = being_proved(scope, session=session, now=now)
    if found is None:
        raise NotFoundError(NOT_SENT)
    return found


def _bound(session: Session) -> Bound:
    return Bound(CodePurpose.NOTIFY, session.session_id)
