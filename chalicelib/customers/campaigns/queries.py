"""Reads for the pages Invite customers and of a campaign."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from chalicelib.customers.campaigns import repo
from chalicelib.customers.campaigns.model import Campaign, Wave
from chalicelib.customers.campaigns.readiness import Readiness, scan
from chalicelib.customers.directory import queries as directory
from chalicelib.customers.enrolment.model import UNDELIVERED, State
from chalicelib.customers.enrolment.queries import enrolments
from chalicelib.customers.portal_customers import repo as portal_customers
from chalicelib.dealers import queries as dealers
from chalicelib.dealers.bounces import queries as bounces
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.scopes import DealerScope, TenantScope

LAST = 10
"""Campaigns that the page lists."""


@dataclass(frozen=True, slots=True)
class Progress:
    """A campaign, what it has done day by day, and how its invitations stand now."""

    campaign: Campaign
    waves: Sequence[Wave]
    invited: int
    active: int
    bounced: int
    expired: int

    @property
    def left_out(self) -> Mapping[str, str]:
        """By account number, why."""
        return {ref: reason for wave in self.waves for ref, reason in wave.left_out.items()}


def readiness(scope: TenantScope) -> Readiness:
    """Every account of the published run, and whether it can be invited now.

    Reads what this process does not hold of the directory and the enrolments, and one list of addresses.
    """
    accounts = directory.read(scope, dealers.published(scope))
    known = enrolments(scope)
    unseen = any(entry.next_era and not known.get(entry.ref) for entry in accounts.entries)
    linked = portal_customers.linked_accounts(scope) if unseen else frozenset()
    return scan(accounts.entries, known.by_ref, bounces.all_bounces(scope), linked)


def open_campaign(scope: TenantScope) -> Campaign | None:
    """The one that has not ended."""
    campaign_id = repo.open_campaign_id(scope)
    return repo.campaign(scope, campaign_id) if campaign_id else None


@dataclass(frozen=True, slots=True)
class Turns:
    """A campaign, and on which day it comes to each of the accounts asked for, where their turn is to come."""

    campaign_id: str = ""
    days: Mapping[str, date] = field(default_factory=dict)


def turns(scope: TenantScope, refs: Collection[str]) -> Turns:
    """Of the campaign that runs: two reads, and none of no accounts."""
    found = open_campaign(scope) if refs else None
    return Turns(found.campaign_id, found.turns(refs)) if found else Turns()


def last_campaigns(scope: DealerScope) -> list[Campaign]:
    """The newest first, without their accounts."""
    return repo.campaigns(scope, limit=LAST)


def progress(scope: DealerScope, campaign_id: str) -> Progress:
    """One campaign and what came of it. Raises NotFoundError."""
    found = repo.campaign(scope, campaign_id)
    if found is None:
        raise NotFoundError
    waves = repo.waves(scope, campaign_id)
    known = enrolments(scope)
    invited = [ref for wave in waves for ref in wave.invited]
    states = Counter(one.state for ref in invited if (one := known.get(ref)))
    return Progress(
        campaign=found,
        waves=waves,
        invited=len(invited),
        active=states[State.ACTIVE],
        bounced=sum(states[state] for state in UNDELIVERED),
        expired=states[State.EXPIRED],
    )
