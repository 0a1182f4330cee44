"""On which days a campaign sends, and what its form says of wrong input."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.customers.campaigns.model import MAX_PER_DAY, Campaign, CampaignState, Plan, plan, read_wanted
from chalicelib.customers.campaigns.readiness import Reason

WEDNESDAY = date(2024, 6, 5)
GOOD = {"per_day": "50", "first_day": "2024-06-06", "weekdays": "yes", "include_shared_email": "yes"}


def test_143_accounts_in_3_days_of_the_week() -> None:
    expected = Plan(143, 3, date(2024, 6, 6), date(2024, 6, 10))
    assert plan(143, per_day=50, first_day=date(2024, 6, 6), weekdays_only=True) == expected
    assert plan(143, per_day=50, first_day=date(2024, 6, 6), weekdays_only=False).last_day == date(2024, 6, 8)
    assert plan(1, per_day=50, first_day=date(2024, 6, 8), weekdays_only=True).first_day == date(2024, 6, 10)


@given(accounts=st.integers(1, 2000), per_day=st.integers(1, 500), later=st.integers(0, 400), weekdays=st.booleans())
def test_a_plan_has_days_enough_and_none_too_many(accounts: int, per_day: int, later: int, *, weekdays: bool) -> None:
    found = plan(accounts, per_day=per_day, first_day=WEDNESDAY + timedelta(days=later), weekdays_only=weekdays)
    assert (found.days - 1) * per_day < accounts <= found.days * per_day
    assert (found.last_day - found.first_day).days >= found.days - 1
    assert not weekdays or max(found.first_day.weekday(), found.last_day.weekday()) < 5


def a_campaign(**fields: Any) -> Campaign:
    refs = ("1300", "1301", "1302", "1303", "1304")
    made: dict[str, Any] = {
        "campaign_id": "01",
        "state": CampaignState.RUNNING,
        "started_by": "p",
        "invited_by": "anna@moorbeck.example",
        "started_at": datetime(2024, 6, 5, tzinfo=UTC),
        "per_day": 2,
        "weekdays_only": True,
        "include": frozenset(),
        "total": len(refs),
        "done": 0,
        "next_day": date(2024, 6, 7),
        "refs": refs,
    }
    return Campaign(**made | fields)


def test_an_account_knows_the_day_of_its_turn() -> None:
    friday, monday, tuesday = date(2024, 6, 7), date(2024, 6, 10), date(2024, 6, 11)
    asked = ("1300", "1303", "1304", "9999")
    assert a_campaign().turns(asked) == {"1300": friday, "1303": monday, "1304": tuesday}
    assert a_campaign(done=2, next_day=monday).turns(asked) == {"1303": monday, "1304": tuesday}
    assert a_campaign(state=CampaignState.PAUSED).turns(asked) == {}
    assert a_campaign(done=5, next_day=None, state=CampaignState.DONE).turns(asked) == {}


def test_a_campaign_is_planned_until_its_first_day() -> None:
    assert a_campaign().is_planned
    assert not a_campaign(state=CampaignState.PAUSED).is_planned
    assert not a_campaign(done=2).is_planned
    assert not a_campaign(postponed=2, postponed_on=date(2024, 6, 7)).is_planned


def test_the_form_is_read() -> None:
    wanted, errors = read_wanted(GOOD, today=WEDNESDAY)
    assert errors == {}
    assert (wanted.per_day, wanted.first_day, wanted.weekdays_only) == (50, date(2024, 6, 6), True)
    assert wanted.include == {Reason.SHARED_EMAIL}


@pytest.mark.parametrize("typed", ["", "0", "-1", str(MAX_PER_DAY + 1), "ten", "9" * 40, "\u0665"])
def test_a_number_that_is_none_is_said_at_its_field(typed: str) -> None:
    assert read_wanted(GOOD | {"per_day": typed}, today=WEDNESDAY)[1].keys() == {"per_day"}


@pytest.mark.parametrize("typed", ["", "2024-06-04", "2026-01-01", "6 June", "2024-06-31"])
def test_a_day_that_is_none_is_said_at_its_field(typed: str) -> None:
    assert read_wanted(GOOD | {"first_day": typed}, today=WEDNESDAY)[1].keys() == {"first_day"}
