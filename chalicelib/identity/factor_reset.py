"""Taking somebody's second factor away in their place: they have lost it, and set another up at the next login.

An admin does it for a colleague. For the last admin the operator does, in two steps: it is announced to the person and
to the other admins, and done a day later or by another operator.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from chalicelib.identity import repo, session_revocation
from chalicelib.identity.model import FactorReset, MembershipKind, Person
from chalicelib.identity.passkeys import repo as passkeys
from chalicelib.identity.repo import factor_reads, factor_writes, writes
from chalicelib.kernel.callers import caller_detail, caller_name
from chalicelib.kernel.errors import ConflictError, NotFoundError
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.store.transactions import WriteItem

WAIT = timedelta(hours=24)
REQUEST_LIFE = timedelta(days=7)
NO_FACTOR = lazy_gettext("This person has no second factor")
NOT_REQUESTED = lazy_gettext("No reset was requested for this person in the last 7 days")
TOO_EARLY = lazy_gettext("Wait until 24 hours after the request, or have another operator confirm it")
_UNKNOWN_EMAIL = lazy_gettext("Nobody has an account with this email address")


def reset_factors(scope: IdentityScope, *, person_id: str, before: str, now: datetime, ids: Ids) -> bool:
    """All that they have goes, passkeys too, and their sessions with it; whether there was any. Repeatable.

    What they have set up since the ULID `before` stays.
    """
    person = repo.person(scope, person_id)
    # Tested control: newer-factor-kept
    if person is None or not person.factors or person.factors_version > before:
        return False
    _reset(scope, person, now=now, ids=ids)
    return True


def request_reset(
    scope: IdentityScope, *, email: str, actor: str, notify: Iterable[str], now: datetime, ids: Ids
) -> FactorReset:
    """Announce it to the person and the emails `notify`. Raises NotFoundError, and ConflictError without a factor."""
    person = _person(scope, email)
    if not person.factors:
        raise ConflictError(NO_FACTOR)
    request = FactorReset(person.person_id, person.factors_version, actor, now, caller_name())
    repo.commit(
        scope,
        [
            factor_writes.put_reset(request, expires=now + REQUEST_LIFE),
            writes.audit(person.person_id, "factors_reset_requested", now=now, ids=ids, by=actor),
            *_mails(person, "reset_requested", notify, "reset_of_colleague", now=now, ids=ids),
            *_audited(scope, person, event="staff.factor_reset_requested", actor=actor, now=now, ids=ids),
        ],
    )
    return request


def confirm_reset(scope: IdentityScope, *, email: str, actor: str, now: datetime, ids: Ids) -> Person:
    """Do what was requested; whose it was. Raises NotFoundError, ConflictError: not requested, too early, no factor."""
    person = _person(scope, email)
    request = factor_reads.reset_request(scope, person.person_id)
    if request is None or request.at + REQUEST_LIFE <= now or request.factors_version != person.factors_version:
        raise ConflictError(NOT_REQUESTED)
    # Two names of one operator are one operator: whom the system knows them as counts too.
    is_same = actor == request.requested_by or caller_name() == request.requested_as
    # Tested control: reset-waits-or-second-operator
    if is_same and now < request.at + WAIT:
        raise ConflictError(TOO_EARLY)
    also = [
        factor_writes.use_reset(request),
        *_audited(scope, person, event="staff.factor_reset", actor=actor, now=now, ids=ids),
    ]
    _reset(scope, person, by=actor, extra=also, now=now, ids=ids)
    return person


def cancel_reset(
    scope: IdentityScope, *, email: str, actor: str, notify: Iterable[str], now: datetime, ids: Ids
) -> None:
    """It was not the person who asked: they and the emails `notify`, to whom it was announced, hear of it.

    Raises NotFoundError, and ConflictError where none was requested.
    """
    person = _person(scope, email)
    request = factor_reads.reset_request(scope, person.person_id)
    if request is None:
        raise ConflictError(NOT_REQUESTED)
    repo.commit(
        scope,
        [
            factor_writes.use_reset(request),
            writes.audit(person.person_id, "factors_reset_cancelled", now=now, ids=ids, by=actor),
            *_mails(person, "reset_cancelled", notify, "reset_of_colleague_cancelled", now=now, ids=ids),
            *_audited(scope, person, event="staff.factor_reset_cancelled", actor=actor, now=now, ids=ids),
        ],
    )


def _mails(
    person: Person, change: str, notify: Iterable[str], of_colleague: str, *, now: datetime, ids: Ids
) -> list[WriteItem]:
    """To the person, and to others about them."""
    others = sorted({*notify} - {person.email})
    mails = [{"email": person.email, "change": change}]
    mails += [{"email": one, "change": of_colleague, "who": person.email} for one in others]
    return [writes.outbox_item("second_factor", mail, now=now, ids=ids) for mail in mails]


def _audited(
    scope: IdentityScope, person: Person, *, event: str, actor: str, now: datetime, ids: Ids
) -> list[WriteItem]:
    """Rows in the trail of each dealership whose staff they are."""
    return [
        writes.outbox_item(
            "audit",
            {
                "dealer_id": one.dealer_id,
                "actor": actor,
                "event": event,
                "subject": person.email,
                "detail": {**caller_detail()},
            },
            now=now,
            ids=ids,
        )
        for one in repo.memberships(scope, person.person_id)
        if one.kind is MembershipKind.STAFF
    ]


def _reset(
    scope: IdentityScope,
    person: Person,
    *,
    by: str = "",
    extra: Iterable[WriteItem] = (),
    now: datetime,
    ids: Ids,
) -> None:
    changes: list[WriteItem] = [
        *extra,
        writes.set_factors(person, (), version=ids.ulid(now)),
        factor_writes.drop_app(person.person_id),
        factor_writes.drop_sms_number(person.person_id),
        factor_writes.drop_recovery_codes(person.person_id),
        *(passkeys.drop_passkey(one) for one in passkeys.passkeys(scope, person.person_id)),  # each logs in alone
        writes.audit(person.person_id, "factors_reset", now=now, ids=ids, **({"by": by} if by else {})),
        writes.outbox_item("second_factor", {"email": person.email, "change": "reset"}, now=now, ids=ids),
    ]
    with session_revocation.ending(scope, person.person_id, session_revocation.every) as ended:
        repo.commit(scope, [*changes, *ended])


def _person(scope: IdentityScope, email: str) -> Person:
    person = repo.person(scope, repo.person_id_of(scope, email) or "")
    if person is None:
        raise NotFoundError(_UNKNOWN_EMAIL)
    return person
