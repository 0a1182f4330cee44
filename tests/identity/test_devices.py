"""Strangers use up their own limits: a person who has logged in with a browser before gets in with it (threat 4)."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from chalicelib.identity import devices, operations, rate_limits, recovery, repo
from chalicelib.identity.model import ClientInfo
from chalicelib.identity.operations import LoggedIn
from chalicelib.identity.rate_limits import Attempt
from chalicelib.kernel.errors import PortalError, TooManyError, UnauthenticatedError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope
from tests.fixtures.calls import counted_calls
from tests.fixtures.cast import PASSWORD, Cast, Member
from tests.fixtures.worlds import World

SCOPE = IdentityScope()


class Browser:
    """Keeps what the portal gives it; each attempt comes from another network."""

    def __init__(self, now: datetime, ids: Ids) -> None:
        self.now = now
        self.ids = ids
        self.devices: tuple[str, ...] = ()

    @property
    def client(self) -> ClientInfo:
        return ClientInfo(f"2001:db8:{self.ids.random_bytes(2).hex()}::7", devices=self.devices)

    def log_in(self, email: str, password: str = PASSWORD) -> LoggedIn:
        done = operations.log_in(SCOPE, email=email, password=password, client=self.client, now=self.now, ids=self.ids)
        self.devices = done.devices
        return done

    def guess(self, email: str, times: int = 10) -> None:
        for _ in range(times):
            with pytest.raises(UnauthenticatedError):
                self.log_in(email, "a guess")

    def ask_for_reset(self, email: str) -> None:
        recovery.request_reset(SCOPE, email=email, client=self.client, now=self.now, ids=self.ids)

    def reset(self, email: str) -> None:
        made = recovery.create_reset_link(
            SCOPE, email=email, request_id=self.ids.ulid(self.now), now=self.now, ids=self.ids
        )
        assert made
        done = recovery.reset_password(
            SCOPE, secret=made.link.secret, password=PASSWORD, client=self.client, now=self.now, ids=self.ids
        )
        self.devices = done.devices


@pytest.fixture
def browsers(now: datetime, ids: Ids) -> Iterator[Browser]:
    return (Browser(now, ids) for _ in iter(int, 1))


@pytest.fixture
def owner(cast: Cast) -> Member:
    return cast.ours.customer


def test_guesses_of_strangers_do_not_stop_a_browser_that_is_known(owner: Member, browsers: Iterator[Browser]) -> None:
    own, stranger = next(browsers), next(browsers)
    own.log_in(owner.email)
    stranger.guess(owner.email)
    for other in (stranger, next(browsers)):
        with pytest.raises(TooManyError):
            other.log_in(owner.email)
    assert own.log_in(owner.email).session.person_id == owner.person_id


def test_a_known_browser_may_not_guess_for_ever(owner: Member, browsers: Iterator[Browser]) -> None:
    own = next(browsers)
    own.log_in(owner.email)
    own.guess(owner.email)
    with pytest.raises(TooManyError):
        own.log_in(owner.email)
    next(browsers).log_in(owner.email)  # and takes nothing from anybody else


def test_a_browser_is_known_for_its_own_people_alone(cast: Cast, browsers: Iterator[Browser]) -> None:
    own, rival = next(browsers), cast.rival.customer
    own.log_in(cast.ours.customer.email)
    own.guess(rival.email)
    with pytest.raises(TooManyError):
        own.log_in(rival.email)


def test_when_all_attempts_of_the_portal_are_used_up_only_strangers_wait(
    aws: World, owner: Member, browsers: Iterator[Browser], now: datetime
) -> None:
    own = next(browsers)
    own.log_in(owner.email)
    for limits, attempt in ((rate_limits.LOGIN, Browser.log_in), (rate_limits.RESET, Browser.ask_for_reset)):
        total = Attempt(limits.total)
        counter = {"pk": f"LIMIT#{total.key}", "sk": str(total.window(now)), "n": limits.total.maximum}
        item = {name: {"N" if name == "n" else "S": str(value)} for name, value in counter.items()}
        aws.root("dynamodb").put_item(TableName=aws.settings.table_name, Item=item)
        with pytest.raises(TooManyError):
            attempt(next(browsers), owner.email)
        attempt(own, owner.email)
        repo.clear_count(SCOPE, total.key, total.window(now))
    next(browsers).log_in(owner.email)


def test_resets_that_others_ask_for_are_not_the_owners(owner: Member, browsers: Iterator[Browser]) -> None:
    own, stranger = next(browsers), next(browsers)
    own.log_in(owner.email)
    for _ in range(5):
        stranger.ask_for_reset(owner.email)
    with pytest.raises(TooManyError) as refused:
        stranger.ask_for_reset(owner.email)
    assert refused.value.message == "Too many attempts. Try again in about 15 hours."
    for _ in range(5):
        own.ask_for_reset(owner.email)
    with pytest.raises(TooManyError):
        own.ask_for_reset(owner.email)


def test_a_reset_by_link_lets_its_owner_in_and_knows_the_browser(owner: Member, browsers: Iterator[Browser]) -> None:
    new, stranger = next(browsers), next(browsers)
    stranger.guess(owner.email)
    new.reset(owner.email)
    stranger.guess(owner.email)  # the counter started again, and is used up again
    with pytest.raises(TooManyError):
        stranger.log_in(owner.email)
    assert new.log_in(owner.email).session.person_id == owner.person_id


def test_guesses_elsewhere_do_not_keep_anybody_from_changing_their_password(
    owner: Member, browsers: Iterator[Browser], now: datetime, ids: Ids
) -> None:
    session = next(browsers).log_in(owner.email).session
    next(browsers).guess(owner.email)
    recovery.change_password(
        SCOPE, session=session, current_password=PASSWORD, password="quiet orchard ladder", now=now, ids=ids
    )


def test_the_secret_is_another_after_each_log_in_and_the_old_one_worth_nothing(
    owner: Member, browsers: Iterator[Browser], now: datetime
) -> None:
    own = next(browsers)
    seen = []
    for _ in range(3):
        own.log_in(owner.email)
        seen.append(own.devices)
    assert [len(one) for one in seen] == [1, 1, 1]
    known = [devices.recognised(SCOPE, owner.email, one, now=now) for one in seen]
    assert known == [None, None, seen[2][0]]


def test_people_who_share_a_browser_are_all_known_there(cast: Cast, browsers: Iterator[Browser], now: datetime) -> None:
    shared = next(browsers)
    people = [*cast.ours.people, cast.rival.admin, cast.rival.user]
    for person in people:
        shared.log_in(person.email)
    assert len(shared.devices) == devices.MAX_PEOPLE
    known = [devices.recognised(SCOPE, person.email, shared.devices, now=now) is not None for person in people]
    assert known == [False, True, True, True, True, True]
    shared.log_in(people[3].email)
    assert [devices.recognised(SCOPE, one.email, shared.devices, now=now) is not None for one in people] == known


def test_a_browser_is_forgotten_after_half_a_year(owner: Member, browsers: Iterator[Browser], now: datetime) -> None:
    own = next(browsers)
    own.log_in(owner.email)
    late = now + devices.KEPT_FOR
    assert devices.recognised(SCOPE, owner.email, own.devices, now=late - timedelta(seconds=1))
    assert devices.recognised(SCOPE, owner.email, own.devices, now=late) is None


def test_the_table_holds_neither_the_secret_nor_the_email(
    aws: World, owner: Member, browsers: Iterator[Browser]
) -> None:
    own = next(browsers)
    own.log_in(owner.email)
    items = aws.root("dynamodb").scan(TableName=aws.settings.table_name)["Items"]
    known = [item for item in items if item["pk"]["S"].startswith("LIMIT#DEVICE#")]
    assert any(item["pk"]["S"].endswith(devices.device_hash(owner.email, own.devices[0])) for item in known)
    assert not any(secret in str(item) for item in known for secret in (own.devices[0], owner.email))


@pytest.mark.parametrize("claimed", [(), ("S" * 43,), ("S" * 43, "T" * 43)], ids=["none", "made up", "two"])
@pytest.mark.parametrize("attempt", [Browser.log_in, Browser.ask_for_reset])
def test_known_and_unknown_take_the_same_calls_whatever_the_browser_says(
    cast: Cast, browsers: Iterator[Browser], claimed: tuple[str, ...], attempt: object
) -> None:
    assert callable(attempt)
    answers = []
    for email in ("warm.up@elsewhere.example", cast.ours.user.email, cast.outsider_email):
        browser = next(browsers)
        browser.devices = claimed
        with counted_calls("dynamodb", "sqs", "sts") as calls:
            try:
                attempt(browser, email, *(["a guess"] if attempt is Browser.log_in else []))
                said = ""
            except PortalError as error:
                said = error.message
        answers.append((list(calls), said))
    assert answers[1] == answers[2]
    assert answers[1][0].count("BatchGetItem") == bool(claimed)


def test_the_address_of_a_stranger_counts_before_the_email_is_read(aws: World, now: datetime, ids: Ids) -> None:
    assert aws.name
    here = ClientInfo("192.0.2.201")
    attempts = (Attempt(rate_limits.RESET.address, "192.0.2.201"),)
    for _ in range(rate_limits.RESET.address.maximum):
        rate_limits.consume(SCOPE, attempts, now=now)
    with pytest.raises(TooManyError), counted_calls() as calls:
        recovery.request_reset(SCOPE, email="no email", client=here, now=now, ids=ids)
    assert calls == ["UpdateItem"]
