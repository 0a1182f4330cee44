"""A code that is mailed opens the one login that it was sent for, once, for ten minutes and five tries."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from chalicelib.identity import code_proofs, operations, rate_limits, repo, second_step, trusted_browsers
from chalicelib.identity.model import ClientInfo, FactorKind, Membership, MembershipKind
from chalicelib.identity.operations import LoggedIn
from chalicelib.identity.passwords import password_matches
from chalicelib.identity.pending_logins import waiting
from chalicelib.identity.repo import writes
from chalicelib.identity.sent_codes import operations as sent_codes
from chalicelib.identity.sent_codes import repo as sent_codes_repo
from chalicelib.identity.sent_codes.model import Bound, CodePurpose, Destination
from chalicelib.kernel.errors import (
    InvalidError,
    NotFoundError,
    TooManyError,
    UnauthenticatedError,
)
from chalicelib.kernel.ids import Ids, secret_hash
from chalicelib.kernel.roles import Role
from chalicelib.kernel.scopes import IdentityScope
from tests.fixtures.cast import PASSWORD, Cast, Member
from tests.identity.second_factors import (
    APP_SECRET,
    HERE,
    Begin,
    code_at,
    give_app,
    give_email_codes,
    give_sms_codes,
    sent_code,
)

SCOPE = IdentityScope()
EMAIL, SMS = FactorKind.EMAIL, FactorKind.SMS

Enter = Callable[..., LoggedIn]


def of_login(secret: str) -> Bound:
    return Bound(CodePurpose.LOG_IN, secret_hash(secret))


@pytest.fixture
def owner(cast: Cast, now: datetime, ids: Ids) -> Member:
    """A customer who has codes by email and nothing else."""
    give_email_codes(cast.ours.customer, now=now, ids=ids)
    return cast.ours.customer


@pytest.fixture
def enter(now: datetime, ids: Ids) -> Enter:
    def enter_code(secret: str, code: str, at: datetime = now, *, trust_browser: bool = False) -> LoggedIn:
        return second_step.enter_code(
            SCOPE, secret=secret, code=code, trust_browser=trust_browser, client=HERE, now=at, ids=ids
        )

    return enter_code


@pytest.fixture
def code(now: datetime, ids: Ids) -> Callable[..., str]:
    """What the mail says."""
    return lambda secret, at=now: sent_code(of_login(secret), now=at, ids=ids)


def test_the_password_sends_a_code_which_opens_the_login(
    owner: Member, begin: Begin, enter: Enter, code: Callable[..., str]
) -> None:
    secret = begin(owner)
    session = enter(secret, code(secret)).session
    assert (session.person_id, session.second_factor, session.weak_factor) == (owner.person_id, True, True)


def test_only_a_slow_hash_of_it_is_stored(owner: Member, begin: Begin, code: Callable[..., str]) -> None:
    secret = begin(owner)
    said = code(secret)
    stored = sent_codes_repo.sent_code(SCOPE, of_login(secret))
    assert stored
    assert said not in str(stored)
    assert stored.code_hash.startswith("$argon2id$")
    assert password_matches(stored.code_hash, said)


def test_a_code_opens_no_other_login_of_the_same_person(
    owner: Member, begin: Begin, enter: Enter, code: Callable[..., str]
) -> None:
    first, second = begin(owner), begin(owner)
    said = code(first)
    code(second)
    with pytest.raises(InvalidError) as refused:
        enter(second, said)
    assert list(refused.value.fields) == ["code"]
    assert enter(first, said).session.second_factor


def test_a_code_counts_once(owner: Member, begin: Begin, enter: Enter, code: Callable[..., str]) -> None:
    secret = begin(owner)
    said = code(secret)
    enter(secret, said)
    with pytest.raises(UnauthenticatedError):
        enter(secret, said)
    assert sent_codes_repo.sent_code(SCOPE, of_login(secret)) is None


def test_a_code_works_for_ten_minutes(
    owner: Member, begin: Begin, enter: Enter, code: Callable[..., str], now: datetime, ids: Ids
) -> None:
    secret, late = begin(owner), begin(owner)
    with pytest.raises(UnauthenticatedError):
        enter(late, code(late), now + timedelta(minutes=10))
    assert enter(secret, code(secret), now + timedelta(minutes=9, seconds=59)).session.second_factor
    person = repo.person(SCOPE, owner.person_id)  # of a session, which goes on, the code alone ends
    assert person
    bound = Bound(CodePurpose.CONFIRM, "a-session")
    asked = sent_codes.request_code(
        SCOPE, destination=Destination(EMAIL), bound=bound, person=person, client=HERE, now=now, ids=ids
    )
    repo.commit(SCOPE, asked)
    said, end = sent_code(bound, now=now, ids=ids), now + timedelta(minutes=10)
    assert sent_codes.check(SCOPE, bound=bound, person=person, typed=said, now=end) is None
    assert sent_codes.check(SCOPE, bound=bound, person=person, typed=said, now=end - timedelta(seconds=1))


def test_five_wrong_tries_use_a_code_up(owner: Member, begin: Begin, code: Callable[..., str], now: datetime) -> None:
    person = repo.person(SCOPE, owner.person_id)
    assert person
    for wrong_tries, is_accepted in ((4, True), (5, False)):
        secret = begin(owner)
        said = code(secret)
        wrong = f"{(int(said) + 1) % 10**6:06}"
        entered = [
            sent_codes.check(SCOPE, bound=of_login(secret), person=person, typed=typed, now=now) is not None
            for typed in (*[wrong] * wrong_tries, said)
        ]
        assert entered == [False] * wrong_tries + [is_accepted]


def test_another_code_is_sent_after_a_minute_and_replaces_the_first(
    owner: Member, begin: Begin, enter: Enter, code: Callable[..., str], now: datetime, ids: Ids
) -> None:
    secret = begin(owner)
    first, soon, later = code(secret), now + timedelta(seconds=59), now + timedelta(seconds=60)

    def send(at: datetime) -> None:
        second_step.send_code(SCOPE, secret=secret, kind=EMAIL, client=HERE, now=at, ids=ids)

    with pytest.raises(InvalidError, match="ask for another in 1 second"):
        send(soon)
    send(later)
    with pytest.raises(InvalidError):
        enter(secret, first, later)
    newest = code(secret, later)
    end = now + timedelta(minutes=11)
    assert waiting(SCOPE, secret, now).login.expires_at == end  # it waits for as long as the code counts
    assert enter(secret, newest, end - timedelta(seconds=1)).session.second_factor


def test_a_code_is_sent_the_other_way_at_once_and_the_newest_alone_counts(
    owner: Member, begin: Begin, enter: Enter, code: Callable[..., str], now: datetime, ids: Ids
) -> None:
    """Somebody who waits for a mail in vain need not wait any longer for a text message; each way has its minute."""
    give_sms_codes(owner, "+447400123456", now=now, ids=ids)
    give_email_codes(owner, also=frozenset({SMS}), now=now, ids=ids)
    secret = begin(owner)
    first = code(secret)

    def send(kind: FactorKind, at: datetime) -> None:
        second_step.send_code(SCOPE, secret=secret, kind=kind, client=HERE, now=at, ids=ids)

    send(SMS, now + timedelta(seconds=1))
    with pytest.raises(InvalidError):
        enter(secret, first)
    for kind, seconds in ((EMAIL, 59), (SMS, 60)):
        with pytest.raises(InvalidError, match="ask for another in 1 second"):
            send(kind, now + timedelta(seconds=seconds))
    send(EMAIL, now + timedelta(seconds=60))
    with pytest.raises(InvalidError, match="ask for another in 1 second"):
        send(SMS, now + timedelta(seconds=60))
    for seconds in (61, 121):
        send(SMS, now + timedelta(seconds=seconds))
    with pytest.raises(InvalidError, match="Five codes were sent"):
        send(EMAIL, now + timedelta(seconds=121))
    assert enter(secret, code(secret, now + timedelta(seconds=121)), now + timedelta(seconds=122)).session.weak_factor


def test_a_login_is_sent_five_codes(owner: Member, begin: Begin, now: datetime, ids: Ids) -> None:
    secret = begin(owner)
    for minute in range(1, 5):
        at = now + timedelta(minutes=minute)
        second_step.send_code(SCOPE, secret=secret, kind=EMAIL, client=HERE, now=at, ids=ids)
    with pytest.raises(InvalidError, match="Five codes were sent"):
        second_step.send_code(SCOPE, secret=secret, kind=EMAIL, client=HERE, now=now + timedelta(minutes=5), ids=ids)


def test_a_mail_that_another_has_overtaken_is_not_written(owner: Member, begin: Begin, now: datetime, ids: Ids) -> None:
    secret = begin(owner)
    before = sent_codes_repo.sent_code(SCOPE, of_login(secret))
    assert before
    at = now + timedelta(minutes=1)
    second_step.send_code(SCOPE, secret=secret, kind=EMAIL, client=HERE, now=at, ids=ids)

    def made(ask_id: str, when: datetime) -> bool:
        return sent_codes.generate_code(SCOPE, bound=of_login(secret), ask_id=ask_id, now=when, ids=ids) is not None

    assert not made(before.ask_id, at)
    newest = sent_codes_repo.sent_code(SCOPE, of_login(secret))
    assert newest
    assert not made(newest.ask_id, at + timedelta(minutes=10))
    assert made(newest.ask_id, at)


def test_codes_are_sent_so_often_a_day_and_strangers_use_up_none_of_the_owners(
    owner: Member, begin: Begin, enter: Enter, code: Callable[..., str], now: datetime, ids: Ids
) -> None:
    secret = begin(owner)
    own = ClientInfo(HERE.address, devices=enter(secret, code(secret)).devices)
    for number in range(rate_limits.CODES_SENT.maximum):
        begin(owner, ClientInfo(f"2001:db8:{number:x}::1"))
    stranger = begin(owner, ClientInfo("2001:db8:aaaa::1"))
    assert sent_codes_repo.sent_code(SCOPE, of_login(stranger)) is None  # the login waits, for another way
    with pytest.raises(TooManyError):
        second_step.send_code(SCOPE, secret=stranger, kind=EMAIL, client=HERE, now=now, ids=ids)
    assert sent_codes_repo.sent_code(SCOPE, of_login(begin(owner, own)))
    everybody = rate_limits.Attempt(rate_limits.CODES_SENT_ALL_DAY, owner.person_id)
    while rate_limits.is_within(SCOPE, everybody, now=now):
        pass
    assert sent_codes_repo.sent_code(SCOPE, of_login(begin(owner, own))) is None


def test_codes_are_sent_to_who_has_turned_them_on(cast: Cast, begin: Begin, now: datetime, ids: Ids) -> None:
    give_app(cast.ours.customer, now=now, ids=ids)
    secret = begin(cast.ours.customer)
    assert sent_codes_repo.sent_code(SCOPE, of_login(secret)) is None
    with pytest.raises(NotFoundError):
        second_step.send_code(SCOPE, secret=secret, kind=EMAIL, client=HERE, now=now, ids=ids)


def test_a_code_of_before_they_were_turned_off_opens_nothing(
    owner: Member, begin: Begin, now: datetime, ids: Ids
) -> None:
    """Nothing but a factor of the person's counts, whatever waits in the table."""
    secret = begin(owner)
    said = sent_code(of_login(secret), now=now, ids=ids)
    person = repo.person(SCOPE, owner.person_id)
    assert person
    repo.commit(SCOPE, [writes.set_factors(person, {FactorKind.APP}, version=ids.ulid(now))])
    without = repo.person(SCOPE, owner.person_id)
    assert without
    assert code_proofs.proof_by_code(SCOPE, person, said, bound=of_login(secret), now=now)
    assert code_proofs.proof_by_code(SCOPE, without, said, bound=of_login(secret), now=now) is None


def test_beside_an_app_either_code_will_do_and_none_is_sent_unasked(
    cast: Cast, begin: Begin, enter: Enter, code: Callable[..., str], now: datetime, ids: Ids
) -> None:
    member = cast.ours.customer
    give_app(member, now=now, ids=ids)
    give_email_codes(member, also=frozenset({FactorKind.APP}), now=now, ids=ids)
    secret = begin(member)
    assert sent_codes_repo.sent_code(SCOPE, of_login(secret)) is None
    second_step.send_code(SCOPE, secret=secret, kind=EMAIL, client=HERE, now=now, ids=ids)
    assert enter(secret, code(secret)).session.weak_factor
    assert not enter(begin(member), code_at(now, APP_SECRET)).session.weak_factor


def as_staff_too(cast: Cast, member: Member, now: datetime) -> None:
    held = Membership(cast.rival.dealer.dealer_id, MembershipKind.STAFF, role=Role.USER, active=True)
    repo.commit(SCOPE, [writes.put_membership(member.person_id, held, now)])


def test_staff_who_have_an_app_are_sent_nothing(
    cast: Cast, begin: Begin, enter: Enter, code: Callable[..., str], now: datetime, ids: Ids
) -> None:
    member = cast.ours.customer
    give_app(member, now=now, ids=ids)
    give_email_codes(member, also=frozenset({FactorKind.APP}), now=now, ids=ids)
    secret = begin(member)
    second_step.send_code(SCOPE, secret=secret, kind=EMAIL, client=HERE, now=now, ids=ids)
    said = code(secret)
    as_staff_too(cast, member, now)
    assert second_step.choices(SCOPE, waiting(SCOPE, secret, now), now).factors == {FactorKind.APP}
    with pytest.raises(InvalidError):
        enter(secret, said)
    with pytest.raises(NotFoundError):
        second_step.send_code(
            SCOPE, secret=begin(member), kind=EMAIL, client=HERE, now=now + timedelta(minutes=2), ids=ids
        )


def test_staff_who_have_nothing_else_get_in_with_what_will_not_do(
    cast: Cast, owner: Member, begin: Begin, enter: Enter, code: Callable[..., str], now: datetime
) -> None:
    as_staff_too(cast, owner, now)
    secret = begin(owner)
    assert enter(secret, code(secret)).session.weak_factor


def test_a_browser_that_a_sent_code_made_trusted_is_no_better(
    cast: Cast, begin: Begin, enter: Enter, code: Callable[..., str], now: datetime, ids: Ids
) -> None:
    member = cast.ours.customer
    give_app(member, now=now, ids=ids)
    give_email_codes(member, also=frozenset({FactorKind.APP}), now=now, ids=ids)

    def trusted(secret: str, typed: str) -> LoggedIn:
        kept = enter(secret, typed, trust_browser=True).trusted_secrets
        assert kept
        client = ClientInfo(HERE.address, trusted_secrets=kept)
        return operations.log_in(SCOPE, email=member.email, password=PASSWORD, client=client, now=now, ids=ids)

    secret = begin(member)
    second_step.send_code(SCOPE, secret=secret, kind=EMAIL, client=HERE, now=now, ids=ids)
    assert trusted(secret, code(secret)).session.weak_factor
    assert not trusted(begin(member), code_at(now, APP_SECRET)).session.weak_factor
    person = repo.person(SCOPE, member.person_id)
    assert person
    assert sorted(one.weak for one in trusted_browsers.browsers(SCOPE, person, now)) == [False, True]


def test_a_code_that_went_to_another_address_opens_nothing(
    owner: Member, begin: Begin, enter: Enter, code: Callable[..., str], now: datetime
) -> None:
    secret = begin(owner)
    said = code(secret)
    person = repo.person(SCOPE, owner.person_id)
    assert person
    repo.commit(SCOPE, writes.change_email(person, f"new.{owner.email}"))
    with pytest.raises(InvalidError):
        enter(secret, said)
    assert second_step.choices(SCOPE, waiting(SCOPE, secret, now), now).sent is None
