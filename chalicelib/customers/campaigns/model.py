"""A campaign of invitations: which accounts, how many a day, on which days. Pure."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import islice

from chalicelib.customers.campaigns.readiness import Reason
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.i18n import lazy_gettext

MAX_ACCOUNTS = 10_000
"""Accounts of one campaign: their numbers are one item of the table."""
MAX_PER_DAY = 500
"""Accounts of one wave: each is written with its audit row, in one call of a schedule."""
MAX_DAYS = 260
"""Days on which a campaign may send: a year of weekdays."""
MAX_AHEAD = timedelta(days=366)
SENDS_FROM = 8
"""The hour, where the dealer is, from which a day's invitations go out."""
CAMPAIGNS = "CAMPAIGN"
"""The list of what is due (`store.due`)."""
INCLUDABLE = (Reason.SHARED_EMAIL, Reason.SINGLE_NAME)
"""Accounts that are held back for these reasons may be invited all the same."""

WHICH_DAY = lazy_gettext("Choose a day from today on, within a year")
TOO_SLOW = lazy_gettext("That would take more than a year. Invite more a day.")
NOBODY_READY = lazy_gettext("No customer is ready to invite")
_NUMBER = re.compile(r"\d{1,4}", re.ASCII)
_SATURDAY = 5


class CampaignState(StrEnum):
    """CANCELLED: ended before its last wave."""

    RUNNING = "running"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    DONE = "done"


OPEN = frozenset({CampaignState.RUNNING, CampaignState.PAUSED})


@dataclass(frozen=True, slots=True)
class Plan:
    """Days on which so many accounts are invited; the last of `days` may have fewer."""

    accounts: int
    days: int
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """`refs` are the accounts in the order of their turns, of which `done` have had theirs.

    `started_by` is a person's id, `invited_by` their email. `next_day` is that of the next wave, None of one that has
    ended. `stopped_for` says why it paused by itself: `allowance`, or empty. `postponed` accounts of the last wave, of
    the day `postponed_on`, found nothing left of the dealer's number of that day. `version` grows with each change.
    """

    campaign_id: str
    state: CampaignState
    started_by: str
    invited_by: str
    started_at: datetime
    per_day: int
    weekdays_only: bool
    include: frozenset[Reason]
    total: int
    done: int
    next_day: date | None
    refs: tuple[str, ...] = ()
    stopped_for: str = ""
    postponed: int = 0
    postponed_on: date | None = None
    ended_at: datetime | None = None
    version: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether it will go on, or may."""
        return self.state in OPEN

    @property
    def is_planned(self) -> bool:
        """Whether its first day is still to come."""
        return self.state is CampaignState.RUNNING and not self.done and self.postponed_on is None

    @property
    def left(self) -> int:
        """Accounts whose turn has not come."""
        return self.total - self.done

    @property
    def wave(self) -> tuple[str, ...]:
        """The accounts whose turn is next."""
        return self.refs[self.done : self.done + self.per_day]

    def turns(self, refs: Collection[str]) -> dict[str, date]:
        """Of these accounts those whose turn is to come while it runs, and on which day, if it goes on as planned."""
        if self.state is not CampaignState.RUNNING or self.next_day is None:
            return {}
        wanted = frozenset(refs)
        waves = {ref: at // self.per_day for at, ref in enumerate(self.refs[self.done :]) if ref in wanted}
        last = max(waves.values(), default=-1)
        days = list(islice(sending_days(self.next_day, weekdays_only=self.weekdays_only), last + 1))
        return {ref: days[wave] for ref, wave in waves.items()}

    def plan(self) -> Plan | None:
        """What is left, if it goes on as planned."""
        if not self.left or self.next_day is None:
            return None
        return plan(self.left, per_day=self.per_day, first_day=self.next_day, weekdays_only=self.weekdays_only)


@dataclass(frozen=True, slots=True)
class Wave:
    """What became of the accounts of one day: invited, or left out for a reason (a Reason, or `limit`)."""

    on: date
    invited: tuple[str, ...]
    left_out: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an admin asks for."""

    per_day: int
    first_day: date
    weekdays_only: bool
    include: frozenset[Reason]


def sending_days(first: date, *, weekdays_only: bool) -> Iterator[date]:
    """`first`, or the next weekday, and those that follow it."""
    day = first
    while True:
        if not weekdays_only or day.weekday() < _SATURDAY:
            yield day
        day += timedelta(days=1)


def plan(accounts: int, *, per_day: int, first_day: date, weekdays_only: bool) -> Plan:
    """On how many days, and until when, so many accounts are invited."""
    days = max(1, -(-accounts // per_day))
    chosen = list(islice(sending_days(first_day, weekdays_only=weekdays_only), days))
    return Plan(accounts, days, chosen[0], chosen[-1])


def read_wanted(fields: Mapping[str, str], *, today: date) -> tuple[Wanted, dict[str, str]]:
    """The form: `per_day`, `first_day`, `weekdays`, `include_<reason>`; and what is wrong with it, by field."""
    errors = {}
    typed = fields.get("per_day", "").strip()
    per_day = int(typed) if _NUMBER.fullmatch(typed) else 0
    if not 1 <= per_day <= MAX_PER_DAY:
        errors["per_day"] = _("Enter how many a day, from 1 to %(most)s", most=MAX_PER_DAY)
    first_day = _day(fields.get("first_day", "").strip())
    if first_day is None or not today <= first_day <= today + MAX_AHEAD:
        errors["first_day"] = str(WHICH_DAY)
    include = frozenset(reason for reason in INCLUDABLE if fields.get(f"include_{reason.value}") == "yes")
    wanted = Wanted(per_day or 1, first_day or today, fields.get("weekdays") == "yes", include)
    return wanted, errors


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
