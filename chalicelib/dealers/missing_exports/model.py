"""When a dealer's exports are expected, and whether the newest of them is missing. Pure."""

from datetime import datetime, time, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

from chalicelib.dealers.model import ExportDays, Profile
from chalicelib.dealers.publication import Published

MISSING_NOTICE = "export_missing"
"""The kind of the mail to the dealer's admins."""
USUAL_TIME = "07:00"
BEFORE = timedelta(hours=18)
"""So long before the time by which it is expected an export may come; an earlier one was that of the day before."""
_WEEKDAYS: dict[ExportDays, range] = dict(
    zip(get_args(ExportDays), (range(5), range(6), range(1, 6), range(7)), strict=True)
)
_WEEK = 7


def expected_by(profile: Profile, now: datetime) -> datetime | None:
    """The newest time by which an export was expected, in the dealer's own zone; None where none is."""
    if profile.export_days is None:
        return None
    zone = ZoneInfo(profile.time_zone)
    local, clock = now.astimezone(zone), time.fromisoformat(profile.export_by or USUAL_TIME)
    for back in range(_WEEK + 1):
        day = local.date() - timedelta(days=back)
        moment = datetime.combine(day, clock, tzinfo=zone)
        if day.weekday() in _WEEKDAYS[profile.export_days] and moment <= now:
            return moment
    return None


def missing_since(profile: Profile, published: Published, now: datetime) -> datetime | None:
    """By when the export was expected that has not come; None where all is well, or before the very first."""
    deadline = expected_by(profile, now)
    if deadline is None or published.received_at is None:
        return None
    return deadline if published.received_at < deadline - BEFORE else None
