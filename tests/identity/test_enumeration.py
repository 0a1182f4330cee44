"""Threat 5: login, reset and invitation take the same calls and give the same answer to known and unknown people."""

from collections.abc import Callable
from datetime import datetime
from random import Random

import pytest

from chalicelib.identity import operations, recovery
from chalicelib.identity.model import ClientInfo
from chalicelib.kernel.errors import InvalidError, PortalError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope
from tests.fixtures.calls import counted_calls
from tests.fixtures.cast import PASSWORD, Cast

SCOPE = IdentityScope()
Attempt = Callable[[str], None]


def outcome(attempt: Attempt, email: str) -> tuple[list[str], str]:
    """The calls an attempt made, in order, and what it answered."""
    with counted_calls("dynamodb", "sqs", "sts") as calls:
        try:
            attempt(email)
        except PortalError as error:
            return list(calls), f"{type(error).__name__}: {error.message}"
    return list(calls), "done"


@pytest.fixture
def logging_in(now: datetime, ids: Ids) -> Attempt:
    def attempt(email: str) -> None:
        client = ClientInfo(f"2001:db8:{ids.random_bytes(2).hex()}::7")
        operations.log_in(SCOPE, email=email, password="not it", client=client, now=now, ids=ids)

    return attempt


@pytest.fixture
def asking_for_a_reset(now: datetime, ids: Ids) -> Attempt:
    def attempt(email: str) -> None:
        client = ClientInfo(f"2001:db8:{ids.random_bytes(2).hex()}::7")
        recovery.request_reset(SCOPE, email=email, client=client, now=now, ids=ids)

    return attempt


def test_a_failed_log_in_tells_nobody_who_is_known(cast: Cast, logging_in: Attempt) -> None:
    outcome(logging_in, "warm.up@elsewhere.example")
    known, unknown = (outcome(logging_in, email) for email in (cast.ours.customer.email, cast.outsider_email))
    assert known == unknown
    assert known[0] == ["UpdateItem"] * 5 + ["GetItem"] * 2
    assert known[1] == "UnauthenticatedError: The email address or the password is wrong"


@pytest.mark.parametrize("email", ["", "no email", "a@", "x" * 400, "\u0000@\u0000", "barlow@postgate..example"])
def test_what_is_no_email_takes_the_way_of_an_unknown_one(cast: Cast, logging_in: Attempt, email: str) -> None:
    outcome(logging_in, "warm.up@elsewhere.example")
    assert outcome(logging_in, email) == outcome(logging_in, cast.outsider_email)


def test_the_limit_speaks_to_both_alike(cast: Cast, logging_in: Attempt) -> None:
    for email in (cast.ours.user.email, f"unknown-{cast.ours.dealer.slug}@elsewhere.example"):
        for _ in range(10):
            outcome(logging_in, email)
    answers = [
        outcome(logging_in, email)
        for email in (cast.ours.user.email, f"unknown-{cast.ours.dealer.slug}@elsewhere.example")
    ]
    assert (
        answers[0]
        == answers[1]
        == (["UpdateItem"] * 4, "TooManyError: Too many attempts. Try again in about 5 minutes.")
    )


def test_a_reset_tells_nobody_who_is_known(cast: Cast, asking_for_a_reset: Attempt) -> None:
    outcome(asking_for_a_reset, "warm.up@elsewhere.example")
    emails = cast.ours.customer.email, f"unknown-{cast.ours.dealer.slug}@elsewhere.example"
    known, unknown = (outcome(asking_for_a_reset, email) for email in emails)
    assert known == unknown == (["UpdateItem"] * 6 + ["TransactWriteItems"], "done")


def test_a_right_password_is_right_in_any_case_of_the_email(cast: Cast, now: datetime) -> None:
    shouted = f"  {cast.ours.admin.email.upper()} "
    logged_in = operations.log_in(
        SCOPE, email=shouted, password=PASSWORD, client=ClientInfo("2001:db8::9"), now=now, ids=Ids(Random(1).randbytes)
    )
    assert logged_in.session.person_id == cast.ours.admin.person_id


def test_a_reset_for_what_is_no_email_says_so(now: datetime, ids: Ids) -> None:
    with pytest.raises(InvalidError) as refused:
        recovery.request_reset(SCOPE, email="al.barlow", client=ClientInfo(""), now=now, ids=ids)
    assert refused.value.fields == {"email": "Enter an email address in the form name@example.com"}
