"""Who is ready to be invited, and the first reason why each other account is held back."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.customers.campaigns.readiness import Reason, has_full_name, scan
from chalicelib.customers.enrolment.model import EnrolmentSummary, State
from chalicelib.dealers.bounces.model import COMPLAINT, Bounce
from tests.customers.accounts import account

NOW = datetime(2024, 6, 5, 9, 0, tzinfo=UTC)


def bounced(email: str, reason: str = "NoEmail") -> dict[str, Bounce]:
    return {email: Bounce(email=email, reason=reason, at=NOW, kind="x", mail_id="m", account_ref="1")}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, None),
        ({"account_type": "internal"}, Reason.INTERNAL),
        ({"account_type": "cash"}, Reason.INTERNAL),
        ({"archived": True}, Reason.ARCHIVED),
        ({"account_status": "closed"}, Reason.CLOSED),
        ({"portal_eligible": False}, Reason.CLOSED),
        ({"email": None}, Reason.NO_EMAIL),
        ({"email": "not an address"}, Reason.NO_EMAIL),
        ({"email": "Shared@Farm.example"}, Reason.SHARED_EMAIL),
        ({"email": "gone@farm.example"}, Reason.BOUNCED),
        ({"email": "GONE@farm.example"}, Reason.BOUNCED),
        ({"name": "Mr Barlow"}, Reason.SINGLE_NAME),
    ],
)
def test_each_account_is_ready_or_held_back_for_its_reason(changes: dict[str, Any], reason: Reason | None) -> None:
    one = account("1200", **{"name": "Al Barlow", **changes})
    other = account("1300", "Jo Frost", email="shared@farm.example")
    found = scan([one, other], {}, bounced("gone@farm.example"))
    assert found.reasons["1200"] == reason
    assert (one in found.ready) == (reason is None)


def test_who_complained_is_told_apart_and_a_corrected_address_is_ready() -> None:
    one = account("1200", "Al Barlow", email="al@farm.example")
    known = {"1200": EnrolmentSummary("1200", State.BOUNCED, "old@farm.example")}
    assert scan([one], {}, bounced("al@farm.example", COMPLAINT)).reasons == {"1200": Reason.COMPLAINED}
    assert scan([one], known, {}).reasons == {"1200": None}
    assert scan([one._replace(email="old@farm.example")], known, {}).reasons == {"1200": Reason.BOUNCED}


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (State.QUEUED, Reason.INVITED),
        (State.INVITED, Reason.INVITED),
        (State.ACTIVE, Reason.ACTIVE),
        (State.EXPIRED, None),
        (State.CANCELLED, None),
    ],
)
def test_an_invitation_that_is_open_is_not_sent_again(state: State, reason: Reason | None) -> None:
    one = account("1200", "Al Barlow")
    assert scan([one], {"1200": EnrolmentSummary("1200", state, one.email or "")}, {}).reasons == {"1200": reason}


def test_an_account_of_somebody_else_now_waits_for_the_decision() -> None:
    one = account("1200", "Al Barlow", next_era="01HZ")
    known = {"1200": EnrolmentSummary("1200", State.EXPIRED, one.email or "")}
    assert scan([one], known, {}).reasons == {"1200": Reason.IN_DOUBT}


def test_an_archived_account_shares_its_address_with_nobody() -> None:
    entries = [account("1200", "Al Barlow"), account("1201", "Al Barlow", email="c1200@farm.example", archived=True)]
    assert [one.ref for one in scan(entries, {}, {}).ready] == ["1200"]


@pytest.mark.parametrize(
    ("name", "second"),
    [("Mr A L Barlow", True), ("John Frost", True), ("Mr Barlow", False), ("Barlow", False), ("", False)],
)
def test_a_title_is_no_name(name: str, *, second: bool) -> None:
    assert has_full_name(name) is second


@given(st.lists(st.tuples(st.integers(0, 30), st.sampled_from([None, "a@x.example", "b@x.example"])), max_size=20))
def test_every_account_is_in_one_place(rows: list[tuple[int, str | None]]) -> None:
    entries = [account(str(ref), email=email) for ref, email in dict(rows).items()]
    found = scan(entries, {}, bounced("b@x.example"))
    sorted_in = [entry.ref for entry in found.ready] + [e.ref for those in found.held_back.values() for e in those]
    assert sorted(sorted_in) == sorted(entry.ref for entry in entries)
