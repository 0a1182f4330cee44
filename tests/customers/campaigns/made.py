"""A campaign that has not ended, put there without a page."""

from datetime import datetime, timedelta

from chalicelib.customers.campaigns import operations, queries, repo
from chalicelib.customers.campaigns.model import Campaign, CampaignState
from chalicelib.kernel.ids import Ids
from chalicelib.store.due import added
from tests.fixtures.cast import Dealership


def open_campaign(dealership: Dealership, now: datetime, ids: Ids, *, is_paused: bool | None = None) -> str:
    """The id of the one that there is, or of a new one that begins tomorrow; running or paused, if that is said."""
    scope, admin = dealership.scope, dealership.admin.staff_scope
    found = queries.open_campaign(scope)
    if found is None:
        tomorrow = now.date() + timedelta(days=1)
        found = Campaign(
            campaign_id=ids.ulid(now),
            state=CampaignState.RUNNING,
            started_by=dealership.admin.person_id,
            invited_by=dealership.admin.email,
            started_at=now,
            per_day=1,
            weekdays_only=False,
            include=frozenset(),
            total=1,
            done=0,
            next_day=tomorrow,
            refs=("no such account",),
        )
        repo.start(scope, found, also=(added(scope, operations.due_item(found)),))
    if is_paused not in {None, found.state is CampaignState.PAUSED}:
        act = operations.pause if is_paused else operations.resume
        act(admin, campaign_id=found.campaign_id, now=now, ids=ids)
    return found.campaign_id


def end_campaign(dealership: Dealership, now: datetime, ids: Ids) -> None:
    """None is open any more."""
    found = queries.open_campaign(dealership.scope)
    if found:
        operations.cancel(
            dealership.admin.staff_scope, campaign_id=found.campaign_id, seen=found.state, now=now, ids=ids
        )
