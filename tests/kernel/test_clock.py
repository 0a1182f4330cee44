from datetime import UTC, date, datetime
from zoneinfo import available_timezones

import pytest

from chalicelib.kernel.clock import is_time_zone, local_date


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
