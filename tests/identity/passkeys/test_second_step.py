"""B26: a passkey as second factor: it comes with recovery codes, is asked for after the password, and goes."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from webauthn.helpers import bytes_to_base64url

from chalicelib.identity import factors, operations, queries, recovery, repo
from chalicelib.identity import second_step as codes
from chalicelib.identity.model import ClientInfo, FactorKind, Session
from chalicelib.identity.passkeys import queries as passkeys
from chalicelib.identity.passkeys import repo as store
from chalicelib.identity.passkeys.model import Credential, Passkey
from chalicelib.identity.pending_logins import SecondStepError
from chalicelib.identity.rate_limits import CODE
from chalicelib.identity.repo import writes
from chalicelib.kernel.errors import InvalidError, NotFoundError, TooManyError, UnauthenticatedError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope
from tests.fixtures.authenticator import PRESENT, Authenticator
from tests.fixtures.calls import beside_a_transaction
from tests.fixtures.cast import PASSWORD, Cast, LogIn, Member
from tests.identity.passkeys.made import Ceremonies
from tests.identity.second_factors import give_app

SCOPE = IdentityScope()
NEW_PASSWORD = "saddle-fern-eighteen-crates"


@pytest.fixture
def at(now: datetime, ids: Ids) -> Ceremonies:
    address = f"2001:db8:{ids.random_bytes(2).hex()}:{ids.random_bytes(2).hex()}::7"
    return Ceremonies(now, ids, ClientInfo(address, "Mozilla/5.0 Chrome/126.0"))


@pytest.fixture
def session(cast: Cast, log_in: LogIn) -> Session:
    return log_in(cast.ours.customer).session


def added(at: Ceremonies, session: Session, *, code: str = "") -> tuple[Authenticator, Session, tuple[str, ...]]:
    """The first passkey of this person: its device, the new session, and the recovery codes."""
    device = Authenticator(credential_id=at.ids.random_bytes(32))
    change = at.changed(session, device.create(at.asked_to_create(session, code=code))).factors
    assert change
    return device, change.session, change.codes


def waiting(at: Ceremonies, member: Member) -> str:
    """The secret of a login whose password was right."""
    with pytest.raises(SecondStepError) as waits:
        operations.log_in(SCOPE, email=member.email, password=PASSWORD, client=at.client, now=at.now, ids=at.ids)
    return waits.value.secret


def factors_of(session: Session) -> frozenset[FactorKind]:
    return factors.security_settings(SCOPE, session.person_id).factors


def stored_before(at: Ceremonies, session: Session) -> Authenticator:
    """A passkey of somebody to whom it is no second factor: it was stored before passkeys were."""
    device, _, _ = added(at, session)
    person = repo.person(SCOPE, session.person_id)
    assert person
    repo.commit(SCOPE, [writes.set_factors(person, (), version=at.ids.ulid(at.now))])
    return device


def test_the_first_passkey_is_a_second_factor_and_brings_recovery_codes(
    cast: Cast, log_in: LogIn, at: Ceremonies, session: Session
) -> None:
    there = log_in(cast.ours.customer)
    _, mine, codes_shown = added(at, session)
    assert factors_of(session) == {FactorKind.PASSKEY}
    assert len(codes_shown) == factors.security_settings(SCOPE, session.person_id).recovery_codes == 10
    assert mine.second_factor
    assert queries.session(SCOPE, there.secret, at.now) is None
    again = at.changed(mine, Authenticator(credential_id=b"two").create(at.asked_to_create(mine)))
    assert again.factors is None


def test_beside_an_app_no_new_recovery_codes_come(at: Ceremonies, session: Session) -> None:
    code, first, *_ = give_app(session.person_id, now=at.now, ids=at.ids)
    _, mine, codes_shown = added(at, session, code=first)
    assert codes_shown == ()
    assert factors_of(session) == {FactorKind.APP, FactorKind.PASSKEY}
    (passkey,) = passkeys.passkeys(SCOPE, session.person_id)
    at.removed(mine, passkey, code=code)
    settings = factors.security_settings(SCOPE, session.person_id)
    assert settings.factors == {FactorKind.APP}
    assert settings.recovery_codes == 8
    assert [one for one in (code, first) if factors.codes_in_force(SCOPE, mine, [one])] == []


def test_the_password_and_then_a_passkey_log_in(cast: Cast, at: Ceremonies, session: Session) -> None:
    device, mine, _ = added(at, session)
    secret = waiting(at, cast.ours.customer)
    options = at.asked_at_second_step(secret)
    assert [one["id"] for one in options["allowCredentials"]] == [bytes_to_base64url(device.credential_id)]
    assert options["userVerification"] == "required"
    opened = at.finished(secret, device.get(options), trust_browser=True)
    assert queries.session(SCOPE, opened.secret, at.now) == opened.session
    assert (opened.session.person_id, opened.session.second_factor) == (mine.person_id, True)
    assert passkeys.passkeys(SCOPE, mine.person_id)[0].last_used_at == at.now
    assert opened.trusted_secrets
    at.client = replace(at.client, trusted_secrets=opened.trusted_secrets)
    operations.log_in(
        SCOPE, email=cast.ours.customer.email, password=PASSWORD, client=at.client, now=at.now, ids=at.ids
    )


def test_a_device_may_leave_out_whose_passkey_it_is(cast: Cast, at: Ceremonies, session: Session) -> None:
    device, _, _ = added(at, session)
    secret = waiting(at, cast.ours.customer)
    device.user_handle = ""
    assert at.finished(secret, device.get(at.asked_at_second_step(secret))).secret


def test_a_login_is_finished_once(cast: Cast, at: Ceremonies, session: Session) -> None:
    device, _, _ = added(at, session)
    secret = waiting(at, cast.ours.customer)
    first, second = at.asked_at_second_step(secret), at.asked_at_second_step(secret)
    at.finished(secret, device.get(first))
    with pytest.raises(UnauthenticatedError):
        at.finished(secret, device.get(second))


def test_an_answer_is_for_the_login_that_waits_alone(cast: Cast, at: Ceremonies, session: Session) -> None:
    device, _, _ = added(at, session)
    mine, another = waiting(at, cast.ours.customer), waiting(at, cast.ours.customer)
    answer = device.get(at.asked_at_second_step(another))
    with pytest.raises(InvalidError):
        at.finished(mine, answer)
    alone = device.get(at.asked_to_log_in())
    with pytest.raises(InvalidError):
        at.finished(mine, alone)
    with pytest.raises(UnauthenticatedError):
        at.logged_in(device.get(at.asked_at_second_step(mine)))
    at.finished(another, answer)


def test_an_answer_counts_once_and_for_five_minutes(cast: Cast, at: Ceremonies, session: Session) -> None:
    device, _, _ = added(at, session)
    device.counts = False
    secret = waiting(at, cast.ours.customer)
    answer = device.get(at.asked_at_second_step(secret))
    with pytest.raises(InvalidError):
        at.finished(secret, answer.replace('"signature": "', '"signature": "AAAA'))
    with pytest.raises(InvalidError):
        at.finished(secret, answer)
    late = at.asked_at_second_step(secret)
    at.now += timedelta(minutes=5)
    with pytest.raises(InvalidError):
        at.finished(secret, device.get(late))


def test_a_passkey_of_somebody_else_is_refused(cast: Cast, log_in: LogIn, at: Ceremonies, session: Session) -> None:
    added(at, session)
    theirs, _, _ = added(at, log_in(cast.ours.other_customer).session)
    secret = waiting(at, cast.ours.customer)
    for handle in (theirs.user_handle, bytes_to_base64url(session.person_id.encode()), ""):
        theirs.user_handle = handle
        with pytest.raises(InvalidError):
            at.finished(secret, theirs.get(at.asked_at_second_step(secret)))


@pytest.mark.parametrize("spoilt", [{"origin": "https://evil.example"}, {"rp_id": "evil.example"}, {"flags": PRESENT}])
def test_what_is_not_signed_here_is_refused(
    cast: Cast, at: Ceremonies, session: Session, spoilt: dict[str, str]
) -> None:
    device, _, _ = added(at, session)
    secret = waiting(at, cast.ours.customer)
    wrong = replace(device, **spoilt)  # type: ignore[arg-type]
    with pytest.raises(InvalidError):
        at.finished(secret, wrong.get(at.asked_at_second_step(secret)))
    device.count = wrong.count
    at.finished(secret, device.get(at.asked_at_second_step(secret)))


def test_passkeys_and_codes_share_five_tries(cast: Cast, at: Ceremonies, session: Session) -> None:
    device, _, _ = added(at, session)
    secret = waiting(at, cast.ours.customer)
    for _ in range(CODE.maximum):
        with pytest.raises(InvalidError):
            at.finished(secret, "{}")
    with pytest.raises(TooManyError):
        at.finished(secret, device.get(at.asked_at_second_step(secret)))
    with pytest.raises(TooManyError):
        codes.enter_code(SCOPE, secret=secret, code="000000", client=at.client, now=at.now, ids=at.ids)


def test_a_recovery_code_takes_the_place_of_a_passkey(cast: Cast, at: Ceremonies, session: Session) -> None:
    _, _, (code, *_) = added(at, session)
    secret = waiting(at, cast.ours.customer)
    assert codes.enter_code(SCOPE, secret=secret, code=code, client=at.client, now=at.now, ids=at.ids).secret


def test_who_has_no_passkey_is_not_asked_for_one(cast: Cast, at: Ceremonies) -> None:
    give_app(cast.ours.customer, now=at.now, ids=at.ids)
    with pytest.raises(NotFoundError):
        at.asked_at_second_step(waiting(at, cast.ours.customer))
    with pytest.raises(UnauthenticatedError):
        at.asked_at_second_step(at.ids.secret())


def test_the_last_passkey_goes_with_the_password_and_a_code_and_its_recovery_codes_go(
    cast: Cast, at: Ceremonies, session: Session
) -> None:
    _, mine, (code, *_) = added(at, session)
    at.passkey(mine, name="Phone")
    first, last = passkeys.passkeys(SCOPE, session.person_id)
    for password in ("", "not it"):
        with pytest.raises(InvalidError) as refused:
            at.removed(mine, first, password=password)
        assert refused.value.fields.keys() == {"current_password"}
    assert len(passkeys.passkeys(SCOPE, session.person_id)) == 2
    mine = at.removed(mine, first).factors.session
    assert factors_of(session) == {FactorKind.PASSKEY}
    for wrong in ("", "000000"):
        with pytest.raises(InvalidError) as refused:
            at.removed(mine, last, code=wrong)
        assert refused.value.fields.keys() == {"code"}
    change = at.removed(mine, last, code=code).factors
    assert not change.session.second_factor
    assert queries.session(SCOPE, change.secret, at.now)
    settings = factors.security_settings(SCOPE, session.person_id)
    assert (settings.factors, settings.recovery_codes) == (frozenset(), None)
    assert [one.session_id for one in queries.sessions(SCOPE, session.person_id, at.now)] == [change.session.session_id]
    operations.log_in(
        SCOPE, email=cast.ours.customer.email, password=PASSWORD, client=at.client, now=at.now, ids=at.ids
    )


def test_a_passkey_is_not_added_while_the_factors_are_reset(at: Ceremonies, session: Session) -> None:
    _, mine, _ = added(at, session)
    answer = Authenticator(credential_id=b"late").create(at.asked_to_create(mine))

    def reset() -> None:
        person = repo.person(SCOPE, session.person_id)
        assert person
        repo.commit(SCOPE, [writes.set_factors(person, (), version=at.ids.ulid(at.now))])

    with beside_a_transaction(reset), pytest.raises(InvalidError):
        at.created(mine, answer)
    assert len(passkeys.passkeys(SCOPE, session.person_id)) == 1


def test_a_passkey_of_before_is_a_second_factor_from_its_next_login_on(
    cast: Cast, at: Ceremonies, session: Session
) -> None:
    device = stored_before(at, session)
    operations.log_in(
        SCOPE, email=cast.ours.customer.email, password=PASSWORD, client=at.client, now=at.now, ids=at.ids
    )
    opened = at.logged_in(device.get(at.asked_to_log_in()))
    assert len(opened.codes) == 10
    assert queries.session(SCOPE, opened.secret, at.now) == opened.session
    assert factors_of(session) == {FactorKind.PASSKEY}
    waiting(at, cast.ours.customer)
    assert at.logged_in(device.get(at.asked_to_log_in())).codes == ()


def test_one_of_before_that_is_removed_changes_no_factor(at: Ceremonies, session: Session) -> None:
    old = Passkey(session.person_id, Credential(at.ids.secret(), "pQ", 0), "Old", at.now)
    repo.commit(SCOPE, store.new_passkey(old))
    assert not at.removed(session, old).factors.session.second_factor
    assert factors_of(session) == frozenset()
    assert passkeys.passkeys(SCOPE, session.person_id) == []


def test_of_several_the_one_that_is_removed_ends_what_it_has_opened(
    cast: Cast, at: Ceremonies, session: Session
) -> None:
    """As the rest does that is open: a device that was lost may have been used since in more than one way."""
    device, mine, _ = added(at, session)
    at.passkey(mine, name="Phone")
    thief = at.logged_in(device.get(at.asked_to_log_in()))
    secret = waiting(at, cast.ours.customer)
    lost, kept = passkeys.passkeys(SCOPE, session.person_id)
    assert lost.credential.credential_id == bytes_to_base64url(device.credential_id)
    change = at.removed(mine, lost).factors
    assert queries.session(SCOPE, thief.secret, at.now) is None
    assert queries.session(SCOPE, change.secret, at.now) == change.session
    assert change.session.second_factor
    with pytest.raises(UnauthenticatedError):
        at.finished(secret, "{}")
    assert passkeys.passkeys(SCOPE, session.person_id) == [kept]
    assert factors_of(session) == {FactorKind.PASSKEY}
    assert factors.security_settings(SCOPE, session.person_id).recovery_codes == 10


def reset_by_mail(at: Ceremonies, session: Session) -> None:
    made = recovery.create_reset_link(
        SCOPE, email=session.email, request_id=at.ids.ulid(at.now), now=at.now, ids=at.ids
    )
    assert made
    recovery.reset_password(
        SCOPE, secret=made.link.secret, password=NEW_PASSWORD, client=at.client, now=at.now, ids=at.ids
    )


def test_after_a_reset_by_mail_a_passkey_that_is_no_factor_is_added_again(
    at: Ceremonies, session: Session, now: datetime
) -> None:
    """At no second step could it be used after the new password, so what the refusal says has to help."""
    device = stored_before(at, session)
    at.now = now + timedelta(hours=1)
    reset_by_mail(at, session)
    with pytest.raises(UnauthenticatedError, match="remove the passkey under Security, and add it again"):
        at.logged_in(device.get(at.asked_to_log_in()))
    at.now += timedelta(minutes=1)
    mine = operations.log_in(
        SCOPE, email=session.email, password=NEW_PASSWORD, client=at.client, now=at.now, ids=at.ids
    ).session
    (old,) = passkeys.passkeys(SCOPE, session.person_id)
    mine = at.removed(mine, old, password=NEW_PASSWORD).factors.session
    again = Authenticator(credential_id=at.ids.random_bytes(32))
    at.created(mine, again.create(at.asked_to_create(mine, password=NEW_PASSWORD)))
    assert at.logged_in(again.get(at.asked_to_log_in())).session.second_factor


def test_after_a_reset_by_mail_a_passkey_of_before_works_after_the_new_password_alone(
    at: Ceremonies, session: Session, now: datetime
) -> None:
    """Anybody who had the mailbox for a time has added one, and does not know the password that is set now."""
    device, _, _ = added(at, session)
    at.logged_in(device.get(at.asked_to_log_in()))
    at.now = reset_at = now + timedelta(hours=1)
    reset_by_mail(at, session)
    assert queries.sessions(SCOPE, session.person_id, at.now) == []
    with pytest.raises(UnauthenticatedError, match="Your password was reset"):
        at.logged_in(device.get(at.asked_to_log_in()))
    assert queries.sessions(SCOPE, session.person_id, at.now) == []
    at.now += timedelta(minutes=1)
    with pytest.raises(SecondStepError) as half:
        operations.log_in(SCOPE, email=session.email, password=NEW_PASSWORD, client=at.client, now=at.now, ids=at.ids)
    opened = at.finished(half.value.secret, device.get(at.asked_at_second_step(half.value.secret)))
    assert opened.session.second_factor
    at.logged_in(device.get(at.asked_to_log_in()))
    assert all(one.logs_in_alone(reset_at) for one in passkeys.passkeys(SCOPE, session.person_id))
