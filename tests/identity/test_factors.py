"""Setting a second factor up and giving it up: the password is asked for, and nothing that was open stays open."""

from datetime import datetime, timedelta

import pytest

from chalicelib.identity import app_factor, code_proofs, factors, operations, queries, rate_limits, recovery, repo
from chalicelib.identity.model import FactorKind, Session
from chalicelib.identity.pending_logins import SecondStepError
from chalicelib.identity.repo import factor_reads
from chalicelib.kernel.errors import ConflictError, InvalidError, NotFoundError, TooManyError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope
from tests.fixtures.cast import PASSWORD, Cast, LogIn
from tests.identity.second_factors import BY_APP, HERE, code_at, give_app

SCOPE = IdentityScope()


def set_up(session: Session, now: datetime, ids: Ids) -> factors.FactorChange:
    app_factor.begin_app(SCOPE, session=session, password=PASSWORD, now=now, ids=ids)
    secret = app_factor.app_being_set_up(SCOPE, session, now)
    return app_factor.turn_on_app(SCOPE, session=session, code=code_at(now, secret), now=now, ids=ids)


def test_an_app_is_set_up_with_the_password_and_its_first_code(
    cast: Cast, log_in: LogIn, now: datetime, ids: Ids
) -> None:
    member = cast.ours.user
    here, there = log_in(member).session, log_in(member)
    change = set_up(here, now, ids)
    assert change.session.second_factor
    assert [one.session_id for one in queries.sessions(SCOPE, member.person_id, now)] == [change.session.session_id]
    assert queries.session(SCOPE, there.secret, now) is None
    settings = factors.security_settings(SCOPE, member.person_id)
    assert settings.factors == {FactorKind.APP}
    assert (settings.recovery_codes, len(change.codes)) == (10, 10)
    with pytest.raises(SecondStepError):
        operations.log_in(SCOPE, email=member.email, password=PASSWORD, client=HERE, now=now, ids=ids)
    with pytest.raises(ConflictError):
        app_factor.begin_app(SCOPE, session=change.session, password=PASSWORD, now=now, ids=ids)


@pytest.mark.parametrize("password", ["", "not it"])
def test_nothing_is_begun_or_ended_without_the_password(cast: Cast, now: datetime, ids: Ids, password: str) -> None:
    member = cast.ours.user
    give_app(member, now=now, ids=ids)
    person = repo.person(SCOPE, member.person_id)
    assert person
    session = operations.open_session(SCOPE, person=person, client=HERE, proof=BY_APP, now=now, ids=ids).session
    for change in (
        lambda: app_factor.begin_app(SCOPE, session=session, password=password, now=now, ids=ids),
        lambda: factors.turn_off(
            SCOPE, FactorKind.APP, session=session, password=password, code=code_at(now), now=now, ids=ids
        ),
        lambda: factors.replace_recovery_codes(
            SCOPE, session=session, password=password, code=code_at(now), now=now, ids=ids
        ),
    ):
        with pytest.raises(InvalidError) as refused:
            change()
        assert list(refused.value.fields) == ["current_password"]
    assert factor_reads.new_app(SCOPE, member.person_id) is None
    assert factors.security_settings(SCOPE, member.person_id).factors == {FactorKind.APP}


def test_a_wrong_first_code_sets_nothing_up(cast: Cast, log_in: LogIn, now: datetime, ids: Ids) -> None:
    session = log_in(cast.ours.user).session
    with pytest.raises(NotFoundError):
        app_factor.turn_on_app(SCOPE, session=session, code="123456", now=now, ids=ids)
    app_factor.begin_app(SCOPE, session=session, password=PASSWORD, now=now, ids=ids)
    for typed in ("", "12345", code_at(now)):  # the last one is of another secret
        with pytest.raises(InvalidError):
            app_factor.turn_on_app(SCOPE, session=session, code=typed, now=now, ids=ids)
    assert factors.security_settings(SCOPE, session.person_id).factors == frozenset()


def test_guesses_of_the_first_code_are_limited(cast: Cast, log_in: LogIn, now: datetime, ids: Ids) -> None:
    session = log_in(cast.ours.user).session
    app_factor.begin_app(SCOPE, session=session, password=PASSWORD, now=now, ids=ids)
    for _ in range(10):
        with pytest.raises(InvalidError):
            app_factor.turn_on_app(SCOPE, session=session, code="000000", now=now, ids=ids)
    with pytest.raises(TooManyError):
        app_factor.turn_on_app(SCOPE, session=session, code="000000", now=now, ids=ids)


def test_codes_are_guessed_fifty_times_a_day_when_logged_in_and_leave_an_event_each(
    cast: Cast, now: datetime, ids: Ids, caplog: pytest.LogCaptureFixture
) -> None:
    member = cast.ours.user
    give_app(member, now=now, ids=ids)
    person = repo.person(SCOPE, member.person_id)
    assert person
    session = operations.open_session(SCOPE, person=person, client=HERE, proof=BY_APP, now=now, ids=ids).session

    def guessed(at: datetime, code: str = "000000") -> type[Exception] | None:
        try:
            code_proofs.confirm_code(SCOPE, person, code, session=session, now=at)
        except (InvalidError, TooManyError) as error:
            return type(error)
        return None

    for window in range(5):
        at = now + timedelta(minutes=5 * window)
        assert guessed(at, code_at(at)) is None, "a right one is no guess"
        assert [guessed(at) for _ in range(11)] == [InvalidError] * 10 + [TooManyError]
    assert [record.getMessage() for record in caplog.records].count("auth.refused") == 50
    assert guessed(now + timedelta(hours=1)) is TooManyError
    assert guessed(now + timedelta(days=1)) is InvalidError


def test_guesses_at_login_count_with_those_of_somebody_who_is_logged_in(
    cast: Cast, log_in: LogIn, now: datetime, ids: Ids
) -> None:
    session = log_in(cast.ours.user).session
    person = repo.person(SCOPE, session.person_id)
    assert person
    give_app(cast.ours.user, now=now, ids=ids)
    tried = rate_limits.Attempt(rate_limits.CODE_ALL_DAY, session.person_id)
    repo.count(SCOPE, tried.key, tried.window(now), maximum=tried.limit.maximum, ttl=2**31, by=tried.limit.maximum)
    with pytest.raises(TooManyError):
        code_proofs.confirm_code(SCOPE, person, "000000", session=session, now=now)


def test_a_set_up_ends_after_thirty_minutes(cast: Cast, log_in: LogIn, now: datetime, ids: Ids) -> None:
    session = log_in(cast.ours.user).session
    app_factor.begin_app(SCOPE, session=session, password=PASSWORD, now=now, ids=ids)
    assert app_factor.app_being_set_up(SCOPE, session, now + timedelta(minutes=29, seconds=59))
    with pytest.raises(NotFoundError):
        app_factor.app_being_set_up(SCOPE, session, now + timedelta(minutes=30))


def test_what_an_app_is_to_read_is_shown_where_it_was_begun_alone(
    cast: Cast, log_in: LogIn, now: datetime, ids: Ids
) -> None:
    """Somebody who has stolen another session of the person reads no secret, and turns nothing on with it."""
    here, stolen = log_in(cast.ours.user).session, log_in(cast.ours.user).session
    app_factor.begin_app(SCOPE, session=here, password=PASSWORD, now=now, ids=ids)
    secret = app_factor.app_being_set_up(SCOPE, here, now)
    with pytest.raises(NotFoundError):
        app_factor.app_being_set_up(SCOPE, stolen, now)
    with pytest.raises(NotFoundError):
        app_factor.turn_on_app(SCOPE, session=stolen, code=code_at(now, secret), now=now, ids=ids)
    assert app_factor.turn_on_app(SCOPE, session=here, code=code_at(now, secret), now=now, ids=ids).codes


def test_an_app_is_turned_off_with_a_code_and_its_recovery_codes_go(
    cast: Cast, log_in: LogIn, now: datetime, ids: Ids
) -> None:
    change = set_up(log_in(cast.ours.user).session, now, ids)
    later = now + timedelta(minutes=1)
    with pytest.raises(InvalidError) as refused:  # the one that set it up is used up
        factors.turn_off(
            SCOPE, FactorKind.APP, session=change.session, password=PASSWORD, code=code_at(now), now=now, ids=ids
        )
    assert list(refused.value.fields) == ["code"]
    off = factors.turn_off(
        SCOPE, FactorKind.APP, session=change.session, password=PASSWORD, code=change.codes[3], now=later, ids=ids
    )
    assert not off.session.second_factor
    settings = factors.security_settings(SCOPE, change.session.person_id)
    assert (settings.factors, settings.app, settings.recovery_codes) == (frozenset(), None, None)
    with pytest.raises(ConflictError):
        factors.turn_off(SCOPE, FactorKind.APP, session=off.session, password=PASSWORD, code="1", now=later, ids=ids)
    with pytest.raises(ConflictError):
        factors.replace_recovery_codes(SCOPE, session=off.session, password=PASSWORD, code="1", now=later, ids=ids)


def test_new_recovery_codes_replace_the_old_ones(cast: Cast, log_in: LogIn, now: datetime, ids: Ids) -> None:
    change = set_up(log_in(cast.ours.user).session, now, ids)
    for code in ("", "000000"):
        with pytest.raises(InvalidError) as refused:
            factors.replace_recovery_codes(
                SCOPE, session=change.session, password=PASSWORD, code=code, now=now, ids=ids
            )
        assert list(refused.value.fields) == ["code"]
    made = factors.replace_recovery_codes(
        SCOPE, session=change.session, password=PASSWORD, code=change.codes[1], now=now, ids=ids
    )
    person = repo.person(SCOPE, change.session.person_id)
    assert person
    assert code_proofs.proof_by_code(SCOPE, person, change.codes[0], now=now) is None
    assert code_proofs.proof_by_code(SCOPE, person, made[0], now=now)


def test_with_a_second_factor_a_password_of_eight_will_do_until_it_is_given_up(
    cast: Cast, log_in: LogIn, now: datetime, ids: Ids
) -> None:
    member, short = cast.ours.user, "plum9vat"
    session = log_in(member).session

    def change_to(password: str, session: Session) -> Session:
        return recovery.change_password(
            SCOPE, session=session, current_password=PASSWORD, password=password, now=now, ids=ids
        )[1]

    with pytest.raises(InvalidError):
        change_to(short, session)
    change = set_up(session, now, ids)
    with pytest.raises(InvalidError):
        change_to(short[:7], change.session)
    session = change_to(short, change.session)
    off = factors.turn_off(
        SCOPE, FactorKind.APP, session=session, password=short, code=change.codes[0], now=now, ids=ids
    )
    assert not off.session.short_password  # from the next login on
    later = operations.log_in(SCOPE, email=member.email, password=short, client=HERE, now=now, ids=ids).session
    assert later.short_password
    _, changed = recovery.change_password(
        SCOPE, session=later, current_password=short, password="copper lantern orchard", now=now, ids=ids
    )
    assert not changed.short_password
