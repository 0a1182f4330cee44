"""Kinds of outbox items, and the hours in which reminders are made. Pure."""

from datetime import datetime
from zoneinfo import ZoneInfo

REMINDER_SHARE = "payment_reminder_share"
"""Find out who of some accounts is reminded today. Payload: day, since, refs."""
PAYMENT_REMINDER = "payment_reminder"
"""Remind somebody. Payload: day, since, person_id, email, account_refs, and account_ref, the first of them."""
SHARE = 50
"""Accounts of one item."""
MORNING, EVENING = 7, 20
"""Hours where the dealer is: in between, the day's reminders are made once."""


def is_daytime(now: datetime, time_zone: str) -> bool:
    """Whether people may be mailed where the dealer is."""
    return MORNING <= now.astimezone(ZoneInfo(time_zone)).hour < EVENING
