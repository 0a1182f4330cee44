from datetime import UTC, date, datetime, timedelta
from zoneinfo import available_timezones

import pytest

from chalicelib.kernel.clock import is_time_zone, local_date, start_of_day


def test_each_zone_of_the_database_is_known() -> None:
    assert [name for name in sorted(available_timezones()) if not is_time_zone(name)] == []


@pytest.mark.parametrize(
    "name",
    [
        *("", "London", "Europe", "europe/london ", "Europe/Yorkshire", "../Europe/London", "/etc/passwd", "x\0y"),
        *("posix/Europe/London", "right/Europe/London", "posixrules", "Europe//London", "é" * 9, "a" * 300),
    ],
)
def test_anything_else_is_not(name: str) -> None:
    assert not is_time_zone(name)


def test_today_is_the_dealers() -> None:
    late = datetime(2024, 6, 5, 23, 30, tzinfo=UTC)
    assert local_date(late, "Europe/London") == date(2024, 6, 6)
    assert local_date(late, "UTC") == date(2024, 6, 5)


def test_a_day_begins_where_the_dealer_is() -> None:
    assert start_of_day(date(2024, 6, 5), "Europe/London") == datetime(2024, 6, 4, 23, tzinfo=UTC)
    assert start_of_day(date(2024, 6, 5), "UTC") == datetime(2024, 6, 5, tzinfo=UTC)
    days = [start_of_day(date(2024, 3, 31), "Europe/London"), start_of_day(date(2024, 4, 1), "Europe/London")]
    assert days[1] - days[0] == timedelta(hours=23)
