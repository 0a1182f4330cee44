"""Codes by email are turned on by who reads the mailbox, for customers alone, and turned off with a code."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.identity import (
    app_factor,
    code_factors,
    code_proofs,
    email_changes,
    factors,
    operations,
    passwords,
    queries,
    repo,
)
from chalicelib.identity.factors import FactorChange
from chalicelib.identity.model import FactorKind, Person, Session
from chalicelib.identity.passwords import shortest_for
from chalicelib.identity.sent_codes.model import Bound, CodePurpose
from chalicelib.kernel.errors import ConflictError, InvalidError, NotFoundError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.store import outbox
from tests.fixtures.calls import beside_a_transaction
from tests.fixtures.cast import PASSWORD, Cast, LogIn
from tests.identity.passkeys.made import Ceremonies
from tests.identity.second_factors import BY_APP, HERE, code_at, give_app, sent_code

SCOPE = IdentityScope()
EMAIL = FactorKind.EMAIL


def begin(session: Session, now: datetime, ids: Ids, *, password: str = PASSWORD, code: str = "") -> None:
    code_factors.begin_email(SCOPE, session=session, password=password, code=code, client=HERE, now=now, ids=ids)


def mailed(session: Session, purpose: CodePurpose, now: datetime, ids: Ids) -> str:
    return sent_code(Bound(purpose, session.session_id), now=now, ids=ids)


def turned_on(session: Session, now: datetime, ids: Ids, code: str = "") -> FactorChange:
    begin(session, now, ids, code=code)
    said = mailed(session, CodePurpose.TURN_ON, now, ids)
    return code_factors.turn_on(SCOPE, session=session, kind=EMAIL, code=said, now=now, ids=ids)


def test_the_code_that_came_through_turns_them_on_and_brings_recovery_codes(
    cast: Cast, log_in: LogIn, now: datetime, ids: Ids
) -> None:
    other, session = log_in(cast.ours.customer), log_in(cast.ours.customer).session
    begin(session, now, ids)
    person = repo.person(SCOPE, session.person_id)
    assert person
    assert person.factors == frozenset()
    for wrong in ("", "12345", "000000"):
        with pytest.raises(InvalidError) as refused:
            code_factors.turn_on(SCOPE, session=session, kind=EMAIL, code=wrong, now=now, ids=ids)
        assert list(refused.value.fields) == ["code"]
    said = mailed(session, CodePurpose.TURN_ON, now, ids)
    change = code_factors.turn_on(SCOPE, session=session, kind=EMAIL, code=f"{said[:3]} {said[3:]}", now=now, ids=ids)
    assert len(change.codes) == 10
    assert (change.session.second_factor, change.session.weak_factor) == (True, True)
    assert factors.security_settings(SCOPE, session.person_id).factors == {EMAIL}
    assert [one for one, _ in repo.session_ids(SCOPE, session.person_id)] == [change.session.session_id]
    assert queries.session(SCOPE, other.secret, now) is None
    again = repo.person(SCOPE, session.person_id)
    assert again
    assert shortest_for(again) == passwords.MIN_LENGTH_WITH_FACTOR
    with pytest.raises(NotFoundError):  # its code was of the session before
        code_factors.turn_on(SCOPE, session=change.session, kind=EMAIL, code=said, now=now, ids=ids)


def test_nothing_is_sent_without_the_password(cast: Cast, log_in: LogIn, now: datetime, ids: Ids) -> None:
    session = log_in(cast.ours.customer).session
    for wrong in ("", "not it"):
        with pytest.raises(InvalidError) as refused:
            begin(session, now, ids, password=wrong)
        assert list(refused.value.fields) == ["current_password"]
    assert code_factors.being_turned_on(SCOPE, session=session, kind=EMAIL, now=now) is None
    with pytest.raises(NotFoundError):
        code_factors.send_again(SCOPE, session=session, kind=EMAIL, client=HERE, now=now, ids=ids)
    with pytest.raises(NotFoundError):
        code_factors.turn_on(SCOPE, session=session, kind=EMAIL, code="123456", now=now, ids=ids)


def test_another_is_sent_after_a_minute(cast: Cast, log_in: LogIn, now: datetime, ids: Ids) -> None:
    session = log_in(cast.ours.customer).session
    begin(session, now, ids)
    first = mailed(session, CodePurpose.TURN_ON, now, ids)
    with pytest.raises(InvalidError):
        begin(session, now, ids)
    with pytest.raises(InvalidError):
        code_factors.send_again(SCOPE, session=session, kind=EMAIL, client=HERE, now=now, ids=ids)
    later = now + timedelta(minutes=1)
    code_factors.send_again(SCOPE, session=session, kind=EMAIL, client=HERE, now=later, ids=ids)
    newest = mailed(session, CodePurpose.TURN_ON, later, ids)
    with pytest.raises(InvalidError):
        code_factors.turn_on(SCOPE, session=session, kind=EMAIL, code=first, now=later, ids=ids)
    assert code_factors.turn_on(SCOPE, session=session, kind=EMAIL, code=newest, now=later, ids=ids).codes


def test_staff_cannot_turn_them_on(cast: Cast, log_in: LogIn, now: datetime, ids: Ids) -> None:
    session = log_in(cast.ours.user).session
    assert not code_factors.may_use_sent_codes(SCOPE, session.person_id)
    with pytest.raises(ConflictError, match="Staff of a dealership"):
        begin(session, now, ids)


def test_beside_another_factor_a_code_of_it_is_asked_for(cast: Cast, now: datetime, ids: Ids) -> None:
    member = cast.ours.customer
    recovery_code, *_ = give_app(member, now=now, ids=ids)
    person = repo.person(SCOPE, member.person_id)
    assert person
    session = operations.open_session(SCOPE, person=person, client=HERE, proof=BY_APP, now=now, ids=ids).session
    with pytest.raises(InvalidError) as refused:
        begin(session, now, ids)
    assert list(refused.value.fields) == ["code"]
    change = turned_on(session, now, ids, code=code_at(now))
    assert change.codes == ()  # those of before still work
    assert not change.session.weak_factor
    assert code_proofs.proof_by_code(SCOPE, _person(change.session), recovery_code, now=now)


def _person(session: Session) -> Person:
    person = repo.person(SCOPE, session.person_id)
    assert person
    return person


def test_they_are_turned_off_with_a_code_and_the_recovery_codes_go(
    cast: Cast, log_in: LogIn, now: datetime, ids: Ids
) -> None:
    session = turned_on(log_in(cast.ours.customer).session, now, ids).session

    def turn_off(password: str = PASSWORD, code: str = "") -> FactorChange:
        return factors.turn_off(SCOPE, EMAIL, session=session, password=password, code=code, now=now, ids=ids)

    assert code_factors.send_code(SCOPE, session=session, kind=EMAIL, client=HERE, now=now, ids=ids) == (
        cast.ours.customer.email
    )
    said = mailed(session, CodePurpose.CONFIRM, now, ids)
    for password, code, blamed in (
        ("not it", said, "current_password"),
        (PASSWORD, "", "code"),
        (PASSWORD, "0" * 6, "code"),
    ):
        with pytest.raises(InvalidError) as refused:
            turn_off(password, code)
        assert list(refused.value.fields) == [blamed]
    change = turn_off(code=said)
    assert (change.session.second_factor, change.session.weak_factor) == (False, False)
    settings = factors.security_settings(SCOPE, session.person_id)
    assert (settings.factors, settings.recovery_codes) == (frozenset(), None)
    with pytest.raises(ConflictError):
        factors.turn_off(SCOPE, EMAIL, session=change.session, password=PASSWORD, code=said, now=now, ids=ids)
    with pytest.raises(NotFoundError):
        code_factors.send_code(SCOPE, session=change.session, kind=EMAIL, client=HERE, now=now, ids=ids)


def test_what_is_sent_to_turn_them_on_does_not_confirm_anything_else(cast: Cast, now: datetime, ids: Ids) -> None:
    member = cast.ours.customer
    give_app(member, now=now, ids=ids)
    person = repo.person(SCOPE, member.person_id)
    assert person
    session = operations.open_session(SCOPE, person=person, client=HERE, proof=BY_APP, now=now, ids=ids).session
    begin(session, now, ids, code=code_at(now))
    said = mailed(session, CodePurpose.TURN_ON, now, ids)
    with pytest.raises(InvalidError):
        factors.turn_off(SCOPE, FactorKind.APP, session=session, password=PASSWORD, code=said, now=now, ids=ids)


def test_a_code_makes_new_recovery_codes_once(cast: Cast, log_in: LogIn, now: datetime, ids: Ids) -> None:
    session = turned_on(log_in(cast.ours.customer).session, now, ids).session
    code_factors.send_code(SCOPE, session=session, kind=EMAIL, client=HERE, now=now, ids=ids)
    said = mailed(session, CodePurpose.CONFIRM, now, ids)

    def make() -> tuple[str, ...]:
        return factors.replace_recovery_codes(SCOPE, session=session, password=PASSWORD, code=said, now=now, ids=ids)

    assert len(make()) == 10
    with pytest.raises(InvalidError):
        make()


def test_a_code_that_two_pages_take_at_once_does_for_one(cast: Cast, log_in: LogIn, now: datetime, ids: Ids) -> None:
    session = turned_on(log_in(cast.ours.customer).session, now, ids).session
    code_factors.send_code(SCOPE, session=session, kind=EMAIL, client=HERE, now=now, ids=ids)
    said, person = mailed(session, CodePurpose.CONFIRM, now, ids), _person(session)
    first, second = (code_proofs.confirm_code(SCOPE, person, said, session=session, now=now) for _ in range(2))
    repo.commit(SCOPE, first.uses)
    with pytest.raises(ConflictError):
        repo.commit(SCOPE, second.uses)


def app_begun(session: Session, now: datetime, ids: Ids) -> str:
    """The secret for an app, shown for a code that is mailed."""
    code_factors.send_code(SCOPE, session=session, kind=EMAIL, client=HERE, now=now, ids=ids)
    said = mailed(session, CodePurpose.CONFIRM, now, ids)
    app_factor.begin_app(SCOPE, session=session, password=PASSWORD, code=said, now=now, ids=ids)
    return app_factor.app_being_set_up(SCOPE, session, now)


def test_an_app_is_begun_with_a_code_of_what_is_on(cast: Cast, log_in: LogIn, now: datetime, ids: Ids) -> None:
    """With the password and a session alone, a thief would set their own app up, and be the second factor."""
    session = turned_on(log_in(cast.ours.customer).session, now, ids).session
    for wrong in ("", "000000"):
        with pytest.raises(InvalidError) as refused:
            app_factor.begin_app(SCOPE, session=session, password=PASSWORD, code=wrong, now=now, ids=ids)
        assert list(refused.value.fields) == ["code"]
    with pytest.raises(NotFoundError):
        app_factor.app_being_set_up(SCOPE, session, now)
    assert app_begun(session, now, ids)


def test_what_turns_one_of_several_off_is_used_up(cast: Cast, log_in: LogIn, now: datetime, ids: Ids) -> None:
    change = turned_on(log_in(cast.ours.customer).session, now, ids)
    recovery_code, *_ = change.codes
    secret = app_begun(change.session, now, ids)
    session = app_factor.turn_on_app(SCOPE, session=change.session, code=code_at(now, secret), now=now, ids=ids).session
    later = now + timedelta(seconds=30)
    session = factors.turn_off(
        SCOPE, EMAIL, session=session, password=PASSWORD, code=code_at(later, secret), now=later, ids=ids
    ).session
    assert code_proofs.proof_by_code(SCOPE, _person(session), code_at(later, secret), now=later) is None
    much_later = later + timedelta(seconds=30)
    begin(session, much_later, ids, code=code_at(much_later, secret))
    said = mailed(session, CodePurpose.TURN_ON, much_later, ids)
    session = code_factors.turn_on(SCOPE, session=session, kind=EMAIL, code=said, now=much_later, ids=ids).session
    off = factors.turn_off(
        SCOPE, FactorKind.APP, session=session, password=PASSWORD, code=recovery_code, now=much_later, ids=ids
    )
    assert factors.security_settings(SCOPE, session.person_id).recovery_codes == 9
    assert factors.codes_in_force(SCOPE, off.session, [recovery_code]) == ()


def test_of_two_changes_at_once_with_one_recovery_code_one_is_made(
    cast: Cast, log_in: LogIn, now: datetime, ids: Ids
) -> None:
    change = turned_on(log_in(cast.ours.customer).session, now, ids)

    def make() -> tuple[str, ...]:
        return factors.replace_recovery_codes(
            SCOPE, session=change.session, password=PASSWORD, code=change.codes[0], now=now, ids=ids
        )

    with beside_a_transaction(make), pytest.raises(ConflictError):
        make()


def test_each_recovery_code_that_is_used_is_told_to_its_owner(
    cast: Cast, log_in: LogIn, now: datetime, ids: Ids
) -> None:
    """Wherever it is: a thief who spends one to add, change or remove a factor is noticed too."""
    change = turned_on(log_in(cast.ours.customer).session, now, ids)
    session, codes = change.session, list(change.codes)
    given: dict[str, Any] = {"session": session, "now": now, "ids": ids}
    app_factor.begin_app(SCOPE, password=PASSWORD, code=codes[0], **given)
    Ceremonies(now, ids).asked_to_create(session, code=codes[1])
    code_factors.begin_sms(SCOPE, number="+447400123456", password=PASSWORD, code=codes[2], client=HERE, **given)
    asked = email_changes.check_email_change(
        SCOPE, session=session, email=f"new.{session.email}", current_password=PASSWORD, code=codes[3], now=now
    )
    email_changes.request_email_change(SCOPE, asked, now=now, ids=ids)
    last, *_ = factors.replace_recovery_codes(SCOPE, password=PASSWORD, code=codes[4], **given)
    factors.turn_off(SCOPE, EMAIL, password=PASSWORD, code=last, **given)
    mails = [item.payload for item in outbox.items(SCOPE, limit=1000) if item.payload.get("email") == session.email]
    used = [one for one in mails if one.get("change") == "code_used"]
    # The last two have replaced and deleted those that were left.
    assert Counter(one.get("left") for one in used) == {9: 1, 8: 1, 7: 1, 6: 1, None: 2}
    events = queries.person_events(SCOPE, session.person_id, since=now - timedelta(days=1), limit=50)
    assert [one.event for one in events].count("recovery_code_used") == 6


def test_an_app_beside_them_makes_the_session_do_for_staff(cast: Cast, log_in: LogIn, now: datetime, ids: Ids) -> None:
    session = turned_on(log_in(cast.ours.customer).session, now, ids).session
    assert session.weak_factor
    secret = app_begun(session, now, ids)
    change = app_factor.turn_on_app(SCOPE, session=session, code=code_at(now, secret), now=now, ids=ids)
    assert (change.codes, change.session.weak_factor) == ((), False)
    later = now + timedelta(seconds=30)
    gone = factors.turn_off(
        SCOPE,
        FactorKind.APP,
        session=change.session,
        password=PASSWORD,
        code=code_at(later, secret),
        now=later,
        ids=ids,
    )
    assert gone.session.weak_factor
    assert factors.security_settings(SCOPE, session.person_id).factors == {EMAIL}
