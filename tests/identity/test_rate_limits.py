"""Threat 4: fixed windows, a fake clock, the same for known and unknown."""

from datetime import datetime, timedelta

import pytest

from chalicelib.identity import rate_limits
from chalicelib.identity.rate_limits import Attempt, Limit
from chalicelib.kernel.errors import TooManyError
from chalicelib.kernel.scopes import IdentityScope
from tests.fixtures.worlds import World

SCOPE = IdentityScope()
pytestmark = pytest.mark.usefixtures("aws")


def consume_repeatedly(attempts: tuple[Attempt, ...], now: datetime, times: int) -> None:
    for _ in range(times):
        rate_limits.consume(SCOPE, attempts, now=now)


def test_the_eleventh_attempt_within_five_minutes_is_refused(now: datetime) -> None:
    attempts = rate_limits.login_attempts("eleven@postgate.example", "192.0.2.11")
    consume_repeatedly(attempts, now, 10)
    with pytest.raises(TooManyError) as refused:
        rate_limits.consume(SCOPE, attempts, now=now + timedelta(minutes=4))
    assert refused.value.retry_after == 60
    rate_limits.consume(SCOPE, attempts, now=now + timedelta(minutes=5))


def test_one_address_cannot_try_many_accounts(now: datetime) -> None:
    for number in range(10):
        rate_limits.consume(SCOPE, rate_limits.login_attempts(f"spray{number}@postgate.example", "192.0.2.12"), now=now)
    with pytest.raises(TooManyError):
        rate_limits.consume(SCOPE, rate_limits.login_attempts("spray10@postgate.example", "192.0.2.12"), now=now)


def test_many_addresses_cannot_try_one_account(now: datetime) -> None:
    for number in range(10):
        rate_limits.consume(
            SCOPE, rate_limits.login_attempts("stuffed@postgate.example", f"192.0.2.{20 + number}"), now=now
        )
    with pytest.raises(TooManyError):
        rate_limits.consume(SCOPE, rate_limits.login_attempts("stuffed@postgate.example", "192.0.2.99"), now=now)


def test_an_address_out_of_tries_takes_none_of_anybodys_account(now: datetime) -> None:
    victim = "locked.out@postgate.example"
    consume_repeatedly(rate_limits.login_attempts("own@postgate.example", "192.0.2.130"), now, 10)
    for _ in range(10):
        with pytest.raises(TooManyError):
            rate_limits.consume(SCOPE, rate_limits.login_attempts(victim, "192.0.2.130"), now=now)
    rate_limits.consume(SCOPE, rate_limits.login_attempts(victim, "192.0.2.131"), now=now)


def test_the_addresses_of_one_network_count_together(now: datetime) -> None:
    for number in range(10):
        rate_limits.consume(
            SCOPE, rate_limits.login_attempts(f"six{number}@postgate.example", f"2001:db8:6:6::{number}"), now=now
        )
    with pytest.raises(TooManyError):
        rate_limits.consume(SCOPE, rate_limits.login_attempts("six@postgate.example", "2001:db8:6:6:ffff::1"), now=now)
    rate_limits.consume(SCOPE, rate_limits.login_attempts("six@postgate.example", "2001:db8:6:7::1"), now=now)


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
    assert rate_limits.network(address) == counted


def test_the_whole_portal_has_a_limit_of_its_own(now: datetime) -> None:
    everybody = Attempt(Limit("test.all", 3, 60))
    for number in range(3):
        rate_limits.consume(SCOPE, (Attempt(Limit("test.one", 9, 60), str(number)), everybody), now=now)
    with pytest.raises(TooManyError):
        rate_limits.consume(SCOPE, (Attempt(Limit("test.one", 9, 60), "3"), everybody), now=now)


def test_five_resets_a_day(now: datetime) -> None:
    consume_repeatedly(rate_limits.reset_attempts("forgetful@postgate.example", "192.0.2.13"), now, 5)
    with pytest.raises(TooManyError) as refused:
        rate_limits.consume(SCOPE, rate_limits.reset_attempts("forgetful@postgate.example", "192.0.2.14"), now=now)
    assert refused.value.retry_after == 15 * 3600
    rate_limits.consume(
        SCOPE, rate_limits.reset_attempts("forgetful@postgate.example", "192.0.2.14"), now=now + timedelta(hours=15)
    )


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
    rate_limits.consume(SCOPE, rate_limits.login_attempts("named@postgate.example", "192.0.2.15"), now=now)
    items = aws.root("dynamodb").scan(TableName=aws.settings.table_name)["Items"]
    counters = [item for item in items if item["pk"]["S"].startswith("LIMIT#")]
    assert counters
    assert not any("named" in str(item) or "192.0.2" in str(item) for item in counters)
    assert all(int(item["ttl"]["N"]) > now.timestamp() for item in counters)
