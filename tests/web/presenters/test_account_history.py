from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.customers.enrolment.model import Enrolment, State
from chalicelib.customers.queries import StaffAccount, staff_account
from chalicelib.rendering.format import formats
from chalicelib.web.presenters.account_history import account_history
from tests.customers.accounts import account, publish
from tests.fixtures.cast import Cast

UK = formats("en-GB", "Europe/London", "GBP")
STAFF = {"S1": "anna@moorbeck.example"}


@pytest.fixture
def found(cast: Cast, now: datetime) -> StaffAccount:
    """An account that was invited yesterday."""
    publish(cast.ours.import_scope, [account("1300", "May Farm", email="may@farm.example")])
    invited = Enrolment(
        ref="1300",
        state=State.INVITED,
        email="may@farm.example",
        invitation_id="I1",
        invited_by="S1",
        queued_at=now - timedelta(days=1),
        invited_at=now - timedelta(hours=23),
        expires_at=now + timedelta(days=13),
    )
    return replace(staff_account(cast.ours.user.staff_scope, "1300"), enrolment=invited)


def said(found: StaffAccount, **changes: object) -> list[str]:
    assert found.enrolment
    changed = replace(found, enrolment=replace(found.enrolment, **changes))  # type: ignore[arg-type]
    return [one.text for one in account_history(changed, STAFF, UK)]


def test_an_open_invitation_says_until_when(found: StaffAccount) -> None:
    assert said(found) == [
        "Sent to may@farm.example, valid until 18 Jun 2024",
        "anna@moorbeck.example invited may@farm.example",
    ]


def test_a_cancelled_one_does_not_read_as_good(found: StaffAccount) -> None:
    assert said(found, state=State.CANCELLED)[0] == (
        "Sent to may@farm.example, and cancelled since: its link no longer works"
    )


def test_one_that_was_sent_again_says_so(found: StaffAccount) -> None:
    assert said(found, repeats=1)[1] == "anna@moorbeck.example invited may@farm.example again"
