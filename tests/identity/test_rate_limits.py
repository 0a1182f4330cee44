"""Threat 4: fixed windows, a fake clock, the same for known and unknown."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

import pytest

from chalicelib.identity import rate_limits, repo
from chalicelib.identity.rate_limits import Attempt, Limit
from chalicelib.kernel.errors import TooManyError
from chalicelib.kernel.scopes import IdentityScope
from tests.fixtures.worlds import World

SCOPE = IdentityScope()
pytestmark = pytest.mark.usefixtures("aws")


def login_attempts(email: str, address: str) -> tuple[Attempt, ...]:
    return rate_limits.stranger_attempts(rate_limits.LOGIN, email, address)


def reset_attempts(email: str, address: str) -> tuple[Attempt, ...]:
    return rate_limits.stranger_attempts(rate_limits.RESET, email, address)


def consume_repeatedly(attempts: tuple[Attempt, ...], now: datetime, times: int) -> None:
    for _ in range(times):
        rate_limits.consume(SCOPE, attempts, now=now)


def test_the_eleventh_attempt_within_five_minutes_is_refused(now: datetime) -> None:
    attempts = login_attempts("eleven@postgate.example", "192.0.2.11")
    consume_repeatedly(attempts, now, 10)
    with pytest.raises(TooManyError) as refused:
        rate_limits.consume(SCOPE, attempts, now=now + timedelta(minutes=4))
    assert refused.value.retry_after == 60
    rate_limits.consume(SCOPE, attempts, now=now + timedelta(minutes=5))


def test_one_address_cannot_try_many_accounts(now: datetime) -> None:
    for number in range(10):
        rate_limits.consume(SCOPE, login_attempts(f"spray{number}@postgate.example", "192.0.2.12"), now=now)
    with pytest.raises(TooManyError):
        rate_limits.consume(SCOPE, login_attempts("spray10@postgate.example", "192.0.2.12"), now=now)


def test_many_addresses_cannot_try_one_account(now: datetime) -> None:
    for number in range(10):
        rate_limits.consume(SCOPE, login_attempts("stuffed@postgate.example", f"192.0.2.{20 + number}"), now=now)
    with pytest.raises(TooManyError):
        rate_limits.consume(SCOPE, login_attempts("stuffed@postgate.example", "192.0.2.99"), now=now)


def test_an_address_out_of_tries_takes_none_of_anybodys_account(now: datetime) -> None:
    victim = "locked.out@postgate.example"
    consume_repeatedly(login_attempts("own@postgate.example", "192.0.2.130"), now, 10)
    for _ in range(10):
        with pytest.raises(TooManyError):
            rate_limits.consume(SCOPE, login_attempts(victim, "192.0.2.130"), now=now)
    rate_limits.consume(SCOPE, login_attempts(victim, "192.0.2.131"), now=now)


def test_the_addresses_of_one_network_count_together(now: datetime) -> None:
    for number in range(10):
        rate_limits.consume(SCOPE, login_attempts(f"six{number}@postgate.example", f"2001:db8:6:6::{number}"), now=now)
    with pytest.raises(TooManyError):
        rate_limits.consume(SCOPE, login_attempts("six@postgate.example", "2001:db8:6:6:ffff::1"), now=now)
    rate_limits.consume(SCOPE, login_attempts("six@postgate.example", "2001:db8:6:7::1"), now=now)


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("fe80::1%eth0", "fe80::"),
        ("", ""),
        ("nowhere", "nowhere"),
        ("1" * 65, ""),
    ],
)
def test_of_an_address_counts_its_network(address: str, counted: str) -> None:
    assert rate_limits.networks(address)[0] == counted


def test_wider_networks_of_one_client_count_too(now: datetime) -> None:
    """A /48 costs nothing and has 65,536 networks of /64: it gets ten times the attempts of one, not 65,536 times."""
    assert rate_limits.networks("2001:db8:1:2ab::9") == ("2001:db8:1:2ab::", "2001:db8:1:200::", "2001:db8:1::")
    assert taken_of(now, (f"2001:db8:aaaa:{number:x}::1" for number in range(65_536))) == 30  # all within one /56
    both_halves = (number % 2 << 15 | number << 7 & 0x7F00 for number in range(256))
    assert taken_of(now, (f"2001:db8:bbbb:{number:x}::1" for number in both_halves)) == 100
    rate_limits.consume(SCOPE, login_attempts("else@postgate.example", "2001:db8:cccc::1"), now=now)


def taken_of(now: datetime, addresses: Iterable[str]) -> int:
    """How many attempts there are, each from another address at another email."""
    for number, address in enumerate(addresses):
        try:
            rate_limits.consume(SCOPE, login_attempts(f"wide{number}@{address}.example", address), now=now)
        except TooManyError:
            return number
    return -1


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (1, "Too many attempts. Try again in about 1 minute."),
        (61, "Too many attempts. Try again in about 2 minutes."),
        (7_200, "Too many attempts. Try again in about 120 minutes."),
        (7_201, "Too many attempts. Try again in about 3 hours."),
    ],
)
def test_a_refusal_says_how_long_to_wait(seconds: int, text: str) -> None:
    refused = rate_limits.too_many(seconds)
    assert (refused.message, refused.retry_after) == (text, seconds)


def test_what_comes_singly_is_let_go_or_ends_by_itself(now: datetime) -> None:
    def held(at: datetime) -> AbstractContextManager[None]:
        return rate_limits.one_at_a_time(SCOPE, "test.single", "me", now=at, seconds=30)

    with held(now):
        with pytest.raises(TooManyError) as refused, held(now):
            pass
        assert refused.value.retry_after == 30
    with held(now):
        pass
    lost = held(now)
    lost.__enter__()  # a function that was ended
    with held(now + timedelta(seconds=30)):
        lost.__exit__(None, None, None)  # and comes back to life: it takes nothing from who is in there now
        with pytest.raises(TooManyError), held(now + timedelta(seconds=31)):
            pass


def test_many_counters_are_raised_and_lowered_at_once(now: datetime) -> None:
    def counted(*keys: str) -> set[str]:
        return repo.count_each(SCOPE, keys, 0, maximum=2, ttl=int(now.timestamp()) + 60)

    assert counted("test.many#a", "test.many#b") == counted("test.many#a") == set()
    assert counted("test.many#a", "test.many#b") == {"test.many#a"}
    repo.uncount_each(SCOPE, {"test.many#a": 1, "test.many#b": 3}, 0)
    assert counted("test.many#a", "test.many#b") == {"test.many#b"}, "where it has fewer nothing is taken back"
    repo.uncount_each(SCOPE, {"test.many#a": 2, "test.many#b": 2}, 0)
    assert counted("test.many#a", "test.many#b") == counted("test.many#a", "test.many#b") == set()


def test_the_whole_portal_has_a_limit_of_its_own(now: datetime) -> None:
    total = Attempt(Limit("test.all", 3, 60))
    for number in range(3):
        rate_limits.consume(SCOPE, (Attempt(Limit("test.one", 9, 60), str(number)), total), now=now)
    with pytest.raises(TooManyError):
        rate_limits.consume(SCOPE, (Attempt(Limit("test.one", 9, 60), "3"), total), now=now)


def test_five_resets_a_day(now: datetime) -> None:
    consume_repeatedly(reset_attempts("forgetful@postgate.example", "192.0.2.12"), now, 2)
    consume_repeatedly(reset_attempts("forgetful@postgate.example", "192.0.2.13"), now, 3)
    with pytest.raises(TooManyError) as refused:
        rate_limits.consume(SCOPE, reset_attempts("forgetful@postgate.example", "192.0.2.14"), now=now)
    assert refused.value.retry_after == 15 * 3600
    rate_limits.consume(
        SCOPE, reset_attempts("forgetful@postgate.example", "192.0.2.14"), now=now + timedelta(hours=15)
    )


@pytest.mark.parametrize("address", ["192.0.2.40", "2001:db8:40::{}"])
def test_one_network_uses_up_three_of_the_five_resets(now: datetime, address: str) -> None:
    victim = f"victim.of.{address[:4]}@postgate.example"
    for number in range(3):
        rate_limits.consume(SCOPE, reset_attempts(victim, address.format(number)), now=now)
    for number in range(3, 6):
        with pytest.raises(TooManyError):
            rate_limits.consume(SCOPE, reset_attempts(victim, address.format(number)), now=now)
    consume_repeatedly(reset_attempts(victim, "198.51.100.41"), now, 2)


def test_what_was_no_guess_is_given_back_once(now: datetime) -> None:
    attempts = (Attempt(Limit("test.back", 2, 60), "me"),)
    for _ in range(5):
        rate_limits.consume(SCOPE, attempts, now=now)
        rate_limits.refund(SCOPE, attempts, now=now)
    rate_limits.refund(SCOPE, attempts, now=now)  # below zero it does not go
    consume_repeatedly(attempts, now, 2)
    with pytest.raises(TooManyError):
        rate_limits.consume(SCOPE, attempts, now=now)


def test_counters_name_nobody_and_go_away(aws: World, now: datetime) -> None:
    rate_limits.consume(SCOPE, login_attempts("named@postgate.example", "192.0.2.15"), now=now)
    items = aws.root("dynamodb").scan(TableName=aws.settings.table_name)["Items"]
    counters = [item for item in items if item["pk"]["S"].startswith("LIMIT#")]
    assert counters
    assert not any("named" in str(item) or "192.0.2" in str(item) for item in counters)
    assert all(int(item["ttl"]["N"]) > now.timestamp() for item in counters)
