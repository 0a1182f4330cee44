"""Time is passed in. This is the one place that reads the machine's clock."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

Clock = Callable[[], datetime]

time_zones = cache(available_timezones)
"""The names of all IANA zones, asked for once: it walks the disk, 4 ms."""


def system_clock() -> datetime:
    """Now, aware, in UTC."""
    return datetime.now(UTC)


def local_date(now: datetime, time_zone: str) -> date:
    """The calendar date at `now` in an IANA zone; what a dealer calls today."""
    return now.astimezone(ZoneInfo(time_zone)).date()
