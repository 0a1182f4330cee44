"""Time is passed in. This is the one place that reads the machine's clock."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]

_NOT_NAMES = ("posix/", "right/", "posixrules")
"""Where the zone database keeps copies and zones with leap seconds."""


def system_clock() -> datetime:
    """Now, aware, in UTC."""
    return datetime.now(UTC)


def local_date(now: datetime, time_zone: str) -> date:
    """The calendar date at `now` in an IANA zone; what a dealer calls today."""
    return now.astimezone(ZoneInfo(time_zone)).date()


def start_of_day(day: date, time_zone: str) -> datetime:
    """The moment at which `day` begins in an IANA zone."""
    return datetime.combine(day, time.min, ZoneInfo(time_zone)).astimezone(UTC)


def is_time_zone(name: str) -> bool:
    """Whether IANA has a zone of this name. Opens it alone: `available_timezones` walks the whole database, 4 ms."""
    try:
        return ZoneInfo(name).key == name and not name.startswith(_NOT_NAMES)
    except (ValueError, LookupError, OSError):  # no such name, no such zone, a folder of zones
        return False
