"""Inviting customers in words: why an account is held back, what to do about it, what a campaign does."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from chalicelib.customers.campaigns.model import Campaign, CampaignState, Plan
from chalicelib.customers.campaigns.operations import LIMIT
from chalicelib.customers.campaigns.readiness import Reason
from chalicelib.kernel.i18n import LazyText, lazy_gettext
from chalicelib.kernel.i18n import gettext as _
from chalicelib.rendering.format import Formats


class ReasonWords(NamedTuple):
    """What a reason is called, and what to do about it."""

    label: LazyText
    advice: LazyText


REASONS: Mapping[Reason, ReasonWords] = {
    Reason.NO_EMAIL: ReasonWords(
        lazy_gettext("No email address"),
        lazy_gettext("Add an address in your dealer system. It comes with the next export."),
    ),
    Reason.BOUNCED: ReasonWords(
        lazy_gettext("Email bounced before"),
        lazy_gettext("Correct the address in your dealer system, or open the account and say that it works."),
    ),
    Reason.COMPLAINED: ReasonWords(
        lazy_gettext("Reported your email as spam"),
        lazy_gettext("Ask them by phone. A campaign does not email them."),
    ),
    Reason.SHARED_EMAIL: ReasonWords(
        lazy_gettext("Same email as another account"),
        lazy_gettext("Give each account an address of its own in your dealer system, or include them below."),
    ),
    Reason.SINGLE_NAME: ReasonWords(
        lazy_gettext("Only one name, such as Mr Barlow"),
        lazy_gettext("The email greets them by this name. Complete it in your dealer system, or include them below."),
    ),
    Reason.IN_DOUBT: ReasonWords(
        lazy_gettext("Seems to be somebody else's now"),
        lazy_gettext("Open each account and confirm whose it is."),
    ),
    Reason.CLOSED: ReasonWords(
        lazy_gettext("Closed, or not enabled for the portal"),
        lazy_gettext("Open or enable the account in your dealer system, if it should have the portal."),
    ),
    Reason.ARCHIVED: ReasonWords(
        lazy_gettext("Not in the last export"),
        lazy_gettext("Nothing to do, unless your dealer system should still send it."),
    ),
    Reason.INTERNAL: ReasonWords(
        lazy_gettext("Internal and cash accounts"),
        lazy_gettext("Nothing to do: they are your own books."),
    ),
    Reason.INVITED: ReasonWords(
        lazy_gettext("Invited already"),
        lazy_gettext("Nothing to do: reminders go out by themselves."),
    ),
    Reason.ACTIVE: ReasonWords(lazy_gettext("Active already"), lazy_gettext("Nothing to do.")),
}
"""In the order in which the page lists them: first those that something can be done about."""
LIMIT_LABEL = lazy_gettext("As many as a day allows had gone to this address")
STATES: Mapping[CampaignState, tuple[LazyText, str, str]] = {
    CampaignState.RUNNING: (lazy_gettext("Running"), "send", "info"),
    CampaignState.PAUSED: (lazy_gettext("Paused"), "pause-circle", "warn"),
    CampaignState.CANCELLED: (lazy_gettext("Cancelled"), "x-circle", ""),
    CampaignState.DONE: (lazy_gettext("Done"), "check-circle", "ok"),
}
"""Label, icon and kind of the chip."""
_PLANNED = (lazy_gettext("Planned"), "clock", "info")


def state_chip(campaign: Campaign) -> tuple[LazyText, str, str]:
    """Label, icon and kind of the chip: one that runs is planned until its first day."""
    return _PLANNED if campaign.is_planned else STATES[campaign.state]


def reason_label(code: str) -> str:
    """Why an account was left out of a wave."""
    return str(LIMIT_LABEL if code == LIMIT else REASONS[Reason(code)].label)


def left_out_in_words(codes: Iterable[str]) -> str:
    """Why accounts were left out of waves, in short."""
    found = set(codes)
    if LIMIT not in found:
        return _("No longer ready")
    return _("Too many to one address") if found == {LIMIT} else _("No longer ready, or too many to one address")


def plan_in_words(plan: Plan, fmt: Formats) -> str:
    """`143 customers in 3 days, first on Monday 10 June 2024, done on Wednesday 12 June 2024`."""
    days = fmt.plural(plan.days, "%(num)s day", "%(num)s days")
    customers = fmt.plural(plan.accounts, "%(num)s customer", "%(num)s customers")
    if plan.days == 1:
        return _("%(customers)s, all on %(day)s", customers=customers, day=fmt.date(plan.last_day))
    first, last = fmt.date(plan.first_day), fmt.date(plan.last_day)
    return _(
        "%(customers)s in %(days)s, first on %(first)s, done on %(day)s",
        customers=customers,
        days=days,
        first=first,
        day=last,
    )


def campaign_in_words(campaign: Campaign, fmt: Formats) -> str:
    """What it does, in a line: `50 a day on weekdays, started 5 June 2024`."""
    if campaign.is_planned and campaign.next_day:
        day, count = fmt.date(campaign.next_day), fmt.count(campaign.per_day)
        if campaign.weekdays_only:
            return _("%(num)s a day on weekdays, starts %(day)s", num=count, day=day)
        return _("%(num)s a day, starts %(day)s", num=count, day=day)
    day = fmt.date(fmt.today(campaign.started_at))
    if campaign.weekdays_only:
        return _("%(num)s a day on weekdays, started %(day)s", num=fmt.count(campaign.per_day), day=day)
    return _("%(num)s a day, started %(day)s", num=fmt.count(campaign.per_day), day=day)
