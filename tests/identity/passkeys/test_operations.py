"""B26: passkeys that are made, used alone at login, and refused whatever is wrong with them (threats 4 to 7)."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from chalicelib.identity import devices, queries, repo
from chalicelib.identity.memberships import remove_membership
from chalicelib.identity.model import ClientInfo, Session
from chalicelib.identity.passkeys import ceremony, login, operations
from chalicelib.identity.passkeys import queries as passkeys
from chalicelib.identity.passkeys import repo as store
from chalicelib.identity.passkeys.model import MAX_PASSKEYS, Passkey, RelyingParty, relying_party
from chalicelib.identity.rate_limits import (
    PASSKEY_ASKED,
    PASSKEY_ASKED_DEVICE,
    PASSKEY_USED,
    PASSKEY_USED_DEVICE,
)
from chalicelib.identity.repo import writes
from chalicelib.kernel.errors import InvalidError, NotFoundError, TooManyError, UnauthenticatedError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope
from tests.fixtures.authenticator import PRESENT, Authenticator
from tests.fixtures.calls import beside_a_transaction
from tests.fixtures.cast import PASSWORD, Cast, LogIn
from tests.identity.passkeys.made import Ceremonies
from tests.identity.second_factors import give_app

SCOPE = IdentityScope()


@pytest.fixture
def at(now: datetime, ids: Ids) -> Ceremonies:
    address = f"2001:db8:{ids.random_bytes(2).hex()}:{ids.random_bytes(2).hex()}::7"
    return Ceremonies(now, ids, ClientInfo(address, "Mozilla/5.0 Chrome/126.0"))


@pytest.fixture
def session(cast: Cast, log_in: LogIn) -> Session:
    return log_in(cast.ours.customer).session


@pytest.fixture
def device(at: Ceremonies, session: Session) -> Authenticator:
    """One whose passkey the customer has added."""
    made = Authenticator(credential_id=at.ids.random_bytes(32))
    at.passkey(session, made)
    return made


def mine(session: Session) -> list[Passkey]:
    return passkeys.passkeys(SCOPE, session.person_id)


def events(session: Session, now: datetime) -> list[str]:
    found = queries.person_events(SCOPE, session.person_id, since=now - timedelta(days=1), limit=50)
    return [one.event for one in found]


def test_a_browser_is_asked_for_a_passkey_that_it_keeps_and_that_verifies_its_user(
    at: Ceremonies, session: Session, device: Authenticator
) -> None:
    options = at.asked_to_create(session)
    assert options["rp"] == {"name": "Customer Connect", "id": "localhost"}
    assert options["attestation"] == "none"
    assert options["authenticatorSelection"] == {
        "residentKey": "required",
        "requireResidentKey": True,
        "userVerification": "required",
    }
    assert [one["id"] for one in options["excludeCredentials"]] == [bytes_to_base64url(device.credential_id)]
    handle = base64url_to_bytes(options["user"]["id"]).decode()
    assert handle == session.person_id
    assert "@" not in handle


def test_a_passkey_is_kept_with_its_name(session: Session, device: Authenticator, now: datetime) -> None:
    (found,) = mine(session)
    assert (found.name, found.created_at, found.last_used_at) == ("Office laptop", now, None)
    assert found.credential.credential_id == bytes_to_base64url(device.credential_id)
    assert "passkey_added" in events(session, now)


def test_a_passkey_is_the_whole_login(at: Ceremonies, session: Session, device: Authenticator, now: datetime) -> None:
    options = at.asked_to_log_in()
    assert options["userVerification"] == "required"
    assert options["rpId"] == "localhost"
    assert not options["allowCredentials"]
    opened = at.logged_in(device.get(options))
    assert queries.session(SCOPE, opened.secret, now) == opened.session
    assert opened.session.person_id == session.person_id
    assert opened.session.membership == session.membership
    assert "logged_in" in events(session, now)
    (found,) = mine(session)
    assert (found.last_used_at, found.credential.sign_count) == (now, 1)


def test_one_that_does_not_count_may_be_used_again_and_again(at: Ceremonies, session: Session) -> None:
    device = Authenticator(credential_id=at.ids.random_bytes(16), counts=False)
    at.passkey(session, device)
    for _ in range(3):
        at.logged_in(device.get(at.asked_to_log_in()))


def test_the_options_are_the_same_for_everybody(at: Ceremonies, device: Authenticator) -> None:
    assert device.user_handle
    first, second = at.asked_to_log_in(), at.asked_to_log_in()
    assert first.pop("challenge") != second.pop("challenge")
    assert first == second


Spoil = Callable[[Authenticator], None]


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda one: setattr(one, "origin", "https://portal.example.evil.example"), id="other origin"),
        pytest.param(lambda one: setattr(one, "origin", "http://localhost:8001"), id="other port"),
        pytest.param(lambda one: setattr(one, "rp_id", "evil.example"), id="other domain"),
        pytest.param(lambda one: setattr(one, "flags", PRESENT), id="user not verified"),
        pytest.param(lambda one: setattr(one, "flags", 0), id="nobody there"),
        pytest.param(lambda one: setattr(one, "key", Authenticator().key), id="another key"),
        pytest.param(lambda one: setattr(one, "count", -1), id="a copy whose count is behind"),
        pytest.param(lambda one: setattr(one, "credential_id", b"unheard of"), id="unknown credential"),
        pytest.param(lambda one: setattr(one, "user_handle", bytes_to_base64url(b"somebody")), id="another person"),
        pytest.param(lambda one: setattr(one, "user_handle", ""), id="no person"),
    ],
)
def test_what_is_not_signed_here_is_refused(
    at: Ceremonies, session: Session, device: Authenticator, spoil: Spoil
) -> None:
    at.logged_in(device.get(at.asked_to_log_in()))
    spoil(device)
    with pytest.raises(UnauthenticatedError) as refused:
        at.logged_in(device.get(at.asked_to_log_in()))
    assert refused.value.message == login.NOT_ACCEPTED.message
    assert mine(session)[0].credential.sign_count == 1


def test_an_answer_counts_once(at: Ceremonies, device: Authenticator) -> None:
    device.counts = False
    answer = device.get(at.asked_to_log_in())
    at.logged_in(answer)
    with pytest.raises(UnauthenticatedError):
        at.logged_in(answer)


def test_a_wrong_answer_uses_its_challenge_up(at: Ceremonies, device: Authenticator) -> None:
    options = at.asked_to_log_in()
    with pytest.raises(UnauthenticatedError):
        at.logged_in(device.get(options, signature=bytes_to_base64url(b"forged")))
    with pytest.raises(UnauthenticatedError):
        at.logged_in(device.get(options))


def test_a_challenge_lasts_five_minutes(at: Ceremonies, device: Authenticator, now: datetime) -> None:
    first, second = at.asked_to_log_in(), at.asked_to_log_in()
    at.now = now + timedelta(minutes=4, seconds=59)
    at.logged_in(device.get(first))
    at.now = now + timedelta(minutes=5)
    with pytest.raises(UnauthenticatedError):
        at.logged_in(device.get(second))


def test_a_challenge_is_of_the_browser_that_asked(at: Ceremonies, device: Authenticator) -> None:
    options = at.asked_to_log_in()
    with pytest.raises(UnauthenticatedError):
        at.logged_in(device.get(options), bound_to="another browser")
    at.logged_in(device.get(options))


def test_a_challenge_that_nobody_made_is_refused(at: Ceremonies, device: Authenticator) -> None:
    for forged in (at.ids.secret(), "", "A" * 500):
        with pytest.raises(UnauthenticatedError):
            at.logged_in(device.get({"challenge": forged}))


def test_a_challenge_to_create_logs_nobody_in_and_the_reverse(
    at: Ceremonies, session: Session, device: Authenticator
) -> None:
    with pytest.raises(UnauthenticatedError):
        at.logged_in(device.get(at.asked_to_create(session)), bound_to=session.session_id)
    options = {**at.asked_to_log_in(), "user": {"id": device.user_handle}}
    with pytest.raises(InvalidError):
        at.created(replace(session, session_id=at.browser), Authenticator(credential_id=b"new").create(options))


def test_a_removed_passkey_logs_nobody_in_and_can_be_nobodys_again(
    cast: Cast, log_in: LogIn, at: Ceremonies, session: Session, device: Authenticator, now: datetime
) -> None:
    (passkey,) = mine(session)
    assert at.removed(session, passkey).passkey.name == "Office laptop"
    assert mine(session) == []
    assert "passkey_removed" in events(session, now)
    with pytest.raises(UnauthenticatedError):
        at.logged_in(device.get(at.asked_to_log_in()))
    for somebody in (session, log_in(cast.ours.admin).session):
        with pytest.raises(InvalidError):
            at.passkey(somebody, replace(device))
        assert mine(somebody) == []


def test_a_credential_of_somebody_else_is_never_taken_over(
    cast: Cast, log_in: LogIn, at: Ceremonies, session: Session, device: Authenticator
) -> None:
    thief = log_in(cast.ours.other_customer).session
    with pytest.raises(InvalidError):
        at.passkey(thief, Authenticator(credential_id=device.credential_id))
    assert mine(thief) == []
    assert at.logged_in(device.get(at.asked_to_log_in())).session.person_id == session.person_id


def test_whose_a_credential_is_takes_one_read(session: Session, device: Authenticator) -> None:
    assert device.user_handle
    assert store.owner_id(SCOPE, mine(session)[0].passkey_id) == session.person_id


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "a\u202eb", "a\x00b"])
def test_a_name_has_1_to_60_characters(at: Ceremonies, session: Session, name: str) -> None:
    with pytest.raises(InvalidError) as refused:
        at.asked_to_create(session, name=name)
    assert refused.value.fields == {"name": "Enter a name of 1 to 60 characters"}


def test_the_current_password_is_asked_for(at: Ceremonies, session: Session) -> None:
    for password in ("", "not it"):
        with pytest.raises(InvalidError) as refused:
            at.asked_to_create(session, password=password)
        assert refused.value.fields.keys() == {"current_password"}
    with pytest.raises(InvalidError) as refused:
        at.asked_to_create(session, name="", password="")
    assert refused.value.fields.keys() == {"current_password", "name"}


def test_beside_an_app_a_code_is_asked_for_too(at: Ceremonies, session: Session, now: datetime, ids: Ids) -> None:
    codes = give_app(session.person_id, now=now, ids=ids)
    for code in ("", "000000"):
        with pytest.raises(InvalidError) as refused:
            at.asked_to_create(session, code=code)
        assert list(refused.value.fields) == ["code"]
    assert at.asked_to_create(session, code=codes[0])["challenge"]
    with pytest.raises(InvalidError):
        at.asked_to_create(session, code=codes[0])


def test_there_are_ten_at_most(at: Ceremonies, session: Session) -> None:
    begun = at.asked_to_create(session)
    for number in range(MAX_PASSKEYS):
        at.passkey(session, name=f"Device {number}")
    with pytest.raises(InvalidError, match="You have reached the limit of 10 passkeys"):
        at.asked_to_create(session)
    with pytest.raises(InvalidError, match="You have reached the limit of 10 passkeys"):
        at.created(session, Authenticator(credential_id=b"one more").create(begun))
    assert sorted(one.name for one in mine(session)) == [f"Device {number}" for number in range(MAX_PASSKEYS)]


def test_another_session_cannot_finish_what_one_began(
    cast: Cast, log_in: LogIn, at: Ceremonies, session: Session
) -> None:
    answer = Authenticator(credential_id=b"theirs").create(at.asked_to_create(session))
    for other in (log_in(cast.ours.customer).session, log_in(cast.ours.admin).session):
        with pytest.raises(InvalidError):
            at.created(other, answer)
    at.created(session, answer)


@pytest.mark.parametrize(
    "spoilt",
    [
        {"origin": "https://evil.example"},
        {"rp_id": "evil.example"},
        {"flags": PRESENT},
    ],
)
def test_a_passkey_that_was_made_elsewhere_is_not_kept(
    at: Ceremonies, session: Session, spoilt: dict[str, str]
) -> None:
    with pytest.raises(InvalidError):
        at.passkey(session, Authenticator(credential_id=at.ids.random_bytes(8), **spoilt))  # type: ignore[arg-type]
    assert mine(session) == []


def test_it_is_renamed_and_removed_by_its_owner_alone(
    cast: Cast, log_in: LogIn, at: Ceremonies, session: Session, device: Authenticator, now: datetime
) -> None:
    assert device.user_handle
    (passkey,) = mine(session)
    operations.rename_passkey(
        SCOPE, session=session, passkey_id=passkey.passkey_id, name="  Yard   tablet ", now=now, ids=at.ids
    )
    assert [one.name for one in mine(session)] == ["Yard tablet"]
    stranger = log_in(cast.ours.admin).session
    with pytest.raises(NotFoundError):
        operations.rename_passkey(
            SCOPE, session=stranger, passkey_id=passkey.passkey_id, name="Mine", now=now, ids=at.ids
        )
    for password in (PASSWORD, "not my password"):  # whose it is says nothing about the password
        with pytest.raises(NotFoundError):
            at.removed(stranger, passkey, password=password)
    with pytest.raises(NotFoundError):
        passkeys.own_passkey(SCOPE, stranger, passkey.passkey_id)
    assert [one.name for one in mine(session)] == ["Yard tablet"]


def test_a_person_who_was_deleted_logs_in_again_first(at: Ceremonies, session: Session) -> None:
    answer = Authenticator(credential_id=b"late").create(at.asked_to_create(session))
    person = repo.person(SCOPE, session.person_id)
    assert person
    repo.commit(SCOPE, writes.drop_person(person))
    with pytest.raises(UnauthenticatedError):
        at.created(session, answer)


def test_an_address_asks_and_answers_so_often(at: Ceremonies, device: Authenticator) -> None:
    for _ in range(PASSKEY_USED.maximum):
        with pytest.raises(UnauthenticatedError):
            at.logged_in(forged(at, device))
    with pytest.raises(TooManyError):
        at.logged_in(device.get(at.asked_to_log_in()))
    at.client = replace(at.client, address=f"2001:db8:{at.ids.random_bytes(2).hex()}::9")
    for _ in range(PASSKEY_USED.maximum + 1):
        at.logged_in(device.get(at.asked_to_log_in()))
    for _ in range(PASSKEY_ASKED.maximum - PASSKEY_USED.maximum - 1):
        at.asked_to_log_in()
    with pytest.raises(TooManyError):
        at.asked_to_log_in()


def forged(at: Ceremonies, device: Authenticator) -> str:
    """An answer that nobody has signed, to a challenge that waits for one."""
    return device.get(at.asked_to_log_in(), signature=bytes_to_base64url(b"forged"))


def test_what_answers_nothing_counts_nothing(at: Ceremonies, device: Authenticator) -> None:
    elsewhere = [device.get(at.asked_to_log_in()) for _ in range(PASSKEY_USED.maximum)]
    junk = ["{}", "", device.get({"challenge": at.ids.secret()}), device.get({"challenge": "A" * 500})]
    for answer in junk * PASSKEY_USED.maximum:
        with pytest.raises(UnauthenticatedError):
            at.logged_in(answer)
    for answer in elsewhere:
        with pytest.raises(UnauthenticatedError):
            at.logged_in(answer, bound_to="another browser")
    at.logged_in(device.get(at.asked_to_log_in()))


def test_others_at_the_address_keep_nobody_out_of_their_own_browser(at: Ceremonies, device: Authenticator) -> None:
    stranger = at.client
    own = replace(at.client, devices=at.logged_in(device.get(at.asked_to_log_in())).devices)
    invented = replace(stranger, devices=(at.ids.secret(),))
    for number in range(PASSKEY_USED.maximum):
        at.client = invented if number % 2 else stranger
        with pytest.raises(UnauthenticatedError):
            at.logged_in(forged(at, device))
    with pytest.raises(TooManyError):
        at.logged_in(forged(at, device))
    assert challenges_left(at) < PASSKEY_ASKED.maximum - PASSKEY_USED.maximum
    at.client = own
    for _ in range(3):
        at.client = replace(own, devices=at.logged_in(device.get(at.asked_to_log_in())).devices)
    own = at.client
    for _ in range(PASSKEY_USED_DEVICE.maximum):
        with pytest.raises(UnauthenticatedError):
            at.logged_in(forged(at, device))
    with pytest.raises(TooManyError):
        at.logged_in(device.get(at.asked_to_log_in()))
    assert challenges_left(at) < PASSKEY_ASKED_DEVICE.maximum - PASSKEY_USED_DEVICE.maximum


def challenges_left(at: Ceremonies) -> int:
    """How many there were, all of which are asked for."""
    for number in range(PASSKEY_ASKED.maximum):
        try:
            at.asked_to_log_in()
        except TooManyError:
            return number
    return PASSKEY_ASKED.maximum


def test_a_browser_known_to_be_somebody_elses_answers_as_a_stranger(
    cast: Cast, at: Ceremonies, device: Authenticator, now: datetime, ids: Ids
) -> None:
    person = repo.person(SCOPE, cast.ours.user.person_id)
    assert person
    changes, kept = devices.remember(person.email, client=at.client, now=now, ids=ids)
    repo.commit(SCOPE, changes)
    for _ in range(PASSKEY_USED.maximum):
        with pytest.raises(UnauthenticatedError):
            at.logged_in(forged(at, device))
    at.client = replace(at.client, devices=kept)
    with pytest.raises(TooManyError):
        at.logged_in(device.get(at.asked_to_log_in()))


def test_two_logins_with_one_count_open_one_session(at: Ceremonies, session: Session, device: Authenticator) -> None:
    def other_first() -> None:
        device.count -= 1
        at.logged_in(device.get(at.asked_to_log_in()))

    answer = device.get(at.asked_to_log_in())
    with beside_a_transaction(other_first), pytest.raises(UnauthenticatedError):
        at.logged_in(answer)
    assert mine(session)[0].credential.sign_count == 1


def test_whoever_lost_their_last_access_logs_in_to_nothing(
    cast: Cast, at: Ceremonies, device: Authenticator, now: datetime
) -> None:
    member = cast.ours.customer
    remove_membership(
        SCOPE,
        person_id=member.person_id,
        dealer_id=member.membership.dealer_id,
        kind=member.membership.kind,
        subject_ref=member.membership.subject_ref,
        now=now,
        ids=at.ids,
    )
    opened = at.logged_in(device.get(at.asked_to_log_in()))
    assert opened.session.membership is None
    assert opened.memberships == ()


@given(response=st.text(max_size=300) | st.dictionaries(st.text(), st.text()).map(json.dumps) | st.integers().map(str))
def test_no_text_is_taken_for_an_answer(response: str) -> None:
    with pytest.raises(ceremony.NotSignedError):
        ceremony.sent(response)


@given(part=st.sampled_from(["clientDataJSON", "attestationObject"]), junk=st.binary(max_size=200))
def test_no_bytes_are_taken_for_a_new_passkey(part: str, junk: bytes) -> None:
    options = {"challenge": bytes_to_base64url(b"c" * 32), "user": {"id": ""}}
    answer = json.loads(Authenticator().create(options))
    answer["response"][part] = bytes_to_base64url(junk)
    party = RelyingParty("localhost", "http://localhost:8000")
    with pytest.raises(ceremony.NotSignedError):
        ceremony.new_credential(json.dumps(answer), party=party, challenge=options["challenge"])  # type: ignore[arg-type]


def test_what_is_too_long_is_not_read() -> None:
    with pytest.raises(ceremony.NotSignedError):
        ceremony.sent("[" * 1_000_000)


@pytest.mark.parametrize(
    ("base_url", "expected"),
    [
        ("http://localhost:8000", RelyingParty("localhost", "http://localhost:8000")),
        ("https://Portal.Example.com", RelyingParty("portal.example.com", "https://portal.example.com")),
        ("https://portal.example.com/", RelyingParty("portal.example.com", "https://portal.example.com")),
    ],
)
def test_the_portals_address_says_where_passkeys_work(base_url: str, expected: RelyingParty) -> None:
    assert relying_party(base_url) == expected
