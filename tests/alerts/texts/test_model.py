from datetime import UTC, date, datetime

import pytest

from chalicelib.alerts.texts.model import month_of, next_month, waits_until


@pytest.mark.parametrize(
    ("now", "zone", "until"),
    [
        (datetime(2024, 6, 5, 6, 59, tzinfo=UTC), "Europe/London", datetime(2024, 6, 5, 7, tzinfo=UTC)),
        (datetime(2024, 6, 5, 7, tzinfo=UTC), "Europe/London", None),
        (datetime(2024, 6, 5, 18, 59, tzinfo=UTC), "Europe/London", None),
        (datetime(2024, 6, 5, 19, tzinfo=UTC), "Europe/London", datetime(2024, 6, 6, 7, tzinfo=UTC)),
        (datetime(2024, 6, 5, 12, tzinfo=UTC), "America/Los_Angeles", datetime(2024, 6, 5, 15, tzinfo=UTC)),
        # The clocks go forward in this night: 8 in the morning is an hour sooner.
        (datetime(2024, 3, 30, 21, tzinfo=UTC), "Europe/London", datetime(2024, 3, 31, 7, tzinfo=UTC)),
    ],
)
def test_they_leave_by_day_where_the_dealer_is(now: datetime, zone: str, until: datetime | None) -> None:
    assert waits_until(now, zone) == until


def test_the_month_after() -> None:
    assert month_of(date(2024, 12, 31)) == "2024-12"
    assert [next_month(date(2024, 12, 31)), next_month(date(2024, 1, 1))] == [date(2025, 1, 1), date(2024, 2, 1)]
