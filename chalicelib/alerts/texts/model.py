"""The kind of outbox item, the hours in which text messages leave, and how many may. Pure."""

from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

ALERT_TEXT = "alert_text"
"""Notify somebody by text message. Payload: alert, event, person_id, account_ref, era, counts, day."""
MAX_A_DAY = 5
"""Text messages of a dealer to one person."""
MORNING, EVENING = time(8), time(20)
"""Where the dealer is: in between, text messages leave."""


class Allowance(Enum):
    """Whether one more may be sent, or what is used up."""

    LEFT = "left"
    DAY_USED_UP = "day"
    MONTH_USED_UP = "month"


def waits_until(now: datetime, time_zone: str) -> datetime | None:
    """8 in the morning where the dealer is, of a text message by night; None where it may leave now."""
    here = now.astimezone(ZoneInfo(time_zone))
    # Tested control: texts-by-day
    if MORNING <= here.time() < EVENING:
        return None
    day = here.date() if here.time() < MORNING else here.date() + timedelta(days=1)
    return datetime.combine(day, MORNING, ZoneInfo(time_zone)).astimezone(UTC)


def month_of(day: date) -> str:
    """`2024-06`."""
    return f"{day:%Y-%m}"


def next_month(day: date) -> date:
    """Its first day."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
