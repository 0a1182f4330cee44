"""Campaigns are started, paused, resumed and cancelled by admins, and carried out day by day by a schedule."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from chalicelib.customers.campaigns import queries, repo
from chalicelib.customers.campaigns.model import (
    CAMPAIGNS,
    MAX_ACCOUNTS,
    MAX_DAYS,
    NOBODY_READY,
    SENDS_FROM,
    TOO_SLOW,
    Campaign,
    CampaignState,
    Wanted,
    Wave,
    plan,
    read_wanted,
    sending_days,
)
from chalicelib.customers.campaigns.readiness import Readiness, Reason
from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.invitation import Inviter
from chalicelib.customers.enrolment.operations import allowance_left, invite_by
from chalicelib.customers.enrolment.queries import enrolments as all_enrolments
from chalicelib.dealers import queries as dealers
from chalicelib.dealers.model import Dealer
from chalicelib.kernel.clock import local_date
from chalicelib.kernel.errors import ConflictError, InvalidError, NotFoundError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import DealerScope, ImportScope, TenantScope
from chalicelib.store.audit import AuditRow, audit_row
from chalicelib.store.due import DueItem, added, due, removed, taken
from chalicelib.store.transactions import Put, WriteItem, retry_when_refused

ALLOWANCE = "allowance"
LIMIT = "limit"
"""Why an account was left out, where as many as a day allows had gone to its address."""
ANOTHER_RUNS = lazy_gettext("Another campaign has not ended. Open it first: there is one at a time.")
DECIDED = lazy_gettext("Somebody else changed this campaign since you opened the page. Nothing was done.")


def accounts_for(scope: TenantScope, dealer: Dealer, found: Readiness, wanted: Wanted) -> list[str]:
    """The accounts that a campaign would invite, as many as the dealer's licence and one campaign allow."""
    left = allowance_left(dealer, all_enrolments(scope))
    return [entry.ref for entry in found.chosen(wanted.include)][: min(left, MAX_ACCOUNTS)]


def read_form(dealer: Dealer, fields: Mapping[str, str], *, now: datetime) -> tuple[Wanted, dict[str, str]]:
    """See `model.read_wanted`; no more a day than the dealer may send."""
    wanted, errors = read_wanted(fields, today=local_date(now, dealer.time_zone))
    if "per_day" not in errors and wanted.per_day > dealer.daily_invitations:
        errors["per_day"] = _("Your licence allows %(most)s invitations a day", most=dealer.daily_invitations)
    return wanted, errors


def start(
    scope: DealerScope, *, dealer: Dealer, fields: Mapping[str, str], invited_by: str, now: datetime, ids: Ids
) -> Campaign:
    """Begin one with the accounts that are ready now. Nothing is sent before its first day.

    Raises InvalidError on the fields and where nobody is ready, ConflictError where another has not ended.
    """
    wanted, errors = read_form(dealer, fields, now=now)
    if errors:
        raise InvalidError(_("There is a problem"), errors)
    refs = accounts_for(scope, dealer, queries.readiness(scope), wanted)
    if not refs:
        raise InvalidError(NOBODY_READY)
    if -(-len(refs) // wanted.per_day) > MAX_DAYS:
        raise InvalidError(TOO_SLOW, {"per_day": TOO_SLOW})
    expected = plan(len(refs), per_day=wanted.per_day, first_day=wanted.first_day, weekdays_only=wanted.weekdays_only)
    new = Campaign(
        campaign_id=ids.ulid(now),
        state=CampaignState.RUNNING,
        started_by=scope.person_id,
        invited_by=invited_by,
        started_at=now,
        per_day=wanted.per_day,
        weekdays_only=wanted.weekdays_only,
        include=wanted.include,
        refs=tuple(refs),
        total=len(refs),
        done=0,
        next_day=expected.first_day,
    )
    detail = {
        "accounts": new.total,
        "a_day": new.per_day,
        "first_day": expected.first_day.isoformat(),
        "last_day": expected.last_day.isoformat(),
    }
    audit = _audit(scope, new, event="campaign.started", actor=scope.person_id, detail=detail, now=now, ids=ids)
    try:
        repo.start(scope, new, also=(Put(audit), added(scope, due_item(new))))
    except ConflictError as error:
        raise ConflictError(ANOTHER_RUNS) from error
    return new


def pause(scope: DealerScope, *, campaign_id: str, now: datetime, ids: Ids) -> None:
    """Send no more until it is resumed. Raises NotFoundError, ConflictError where it is not running any more."""

    def act(before: Campaign) -> tuple[Campaign, tuple[WriteItem, ...]]:
        return replace(before, state=CampaignState.PAUSED), (removed(scope, due_item(before)),)

    _decide(scope, campaign_id, {CampaignState.RUNNING}, act, event="campaign.paused", now=now, ids=ids)


def resume(scope: DealerScope, *, campaign_id: str, now: datetime, ids: Ids) -> None:
    """Go on, at the earliest today. Raises NotFoundError, ConflictError where it is not paused any more."""
    today = local_date(now, dealers.dealer(scope).time_zone)

    def act(before: Campaign) -> tuple[Campaign, tuple[WriteItem, ...]]:
        first = max(today, before.next_day or today)
        day = next(sending_days(first, weekdays_only=before.weekdays_only))
        after = replace(before, state=CampaignState.RUNNING, next_day=day, stopped_for="")
        return after, (added(scope, due_item(after)),)

    _decide(scope, campaign_id, {CampaignState.PAUSED}, act, event="campaign.resumed", now=now, ids=ids)


def cancel(scope: DealerScope, *, campaign_id: str, seen: str, now: datetime, ids: Ids) -> None:
    """End it: whose turn has not come is not invited. `seen` is the state that the admin saw.

    Raises NotFoundError, ConflictError where it is in another state by now.
    """

    def act(before: Campaign) -> tuple[Campaign, tuple[WriteItem, ...]]:
        after = replace(before, state=CampaignState.CANCELLED, next_day=None, ended_at=now)
        return after, (removed(scope, due_item(before)),)

    expected = {state for state in (CampaignState.RUNNING, CampaignState.PAUSED) if state == seen}
    _decide(scope, campaign_id, expected, act, event="campaign.cancelled", now=now, ids=ids)


def _decide(
    scope: DealerScope,
    campaign_id: str,
    expected: set[CampaignState],
    act: Callable[[Campaign], tuple[Campaign, tuple[WriteItem, ...]]],
    *,
    event: str,
    now: datetime,
    ids: Ids,
) -> None:
    """A wave may be written at the same moment: then the decision counts on what is there after it."""

    def change() -> None:
        before = repo.campaign(scope, campaign_id)
        if before is None:
            raise NotFoundError
        # Tested control: campaign-decided-as-seen
        if before.state not in expected:
            raise ConflictError(DECIDED)
        after, items = act(before)
        audit = _audit(scope, after, event=event, actor=scope.person_id, detail={"left": after.left}, now=now, ids=ids)
        repo.change(scope, after, also=(Put(audit), *items))

    retry_when_refused(change)


def run_due(scope: ImportScope, *, now: datetime, ids: Ids) -> int:
    """Invite the accounts whose day has come; how many. Repeatable, also twice at once. One query where none has."""
    dealer = dealers.dealer(scope)
    local = now.astimezone(ZoneInfo(dealer.time_zone))
    if local.hour < SENDS_FROM:
        return 0
    invited = 0
    for item in due(scope, CAMPAIGNS, until=local.date()):
        with suppress(ConflictError):  # another call of the schedule, or an admin, was quicker
            invited += _send_wave(scope, dealer, item, today=local.date(), now=now, ids=ids)
    return invited


def _send_wave(scope: ImportScope, dealer: Dealer, item: DueItem, *, today: date, now: datetime, ids: Ids) -> int:
    campaign = repo.campaign(scope, item.item_id)
    if campaign is None or campaign.state is not CampaignState.RUNNING or campaign.next_day != item.on:
        return 0  # its item goes with the change that is being written
    try:
        wave, postponed = _wave(scope, dealer, campaign, today=today, now=now, ids=ids)
    except InvalidError:
        _stop(scope, campaign, item, now=now, ids=ids)
        return 0
    had_their_turn = len(wave.invited) + len(wave.left_out)
    after = replace(
        campaign,
        done=campaign.done + had_their_turn,
        postponed=postponed,
        postponed_on=today if postponed else None,
    )
    tomorrow = next(sending_days(today + timedelta(days=1), weekdays_only=campaign.weekdays_only))
    if after.left:
        after = replace(after, next_day=tomorrow)
    else:
        after = replace(after, state=CampaignState.DONE, next_day=None, ended_at=now)
    event = "campaign.sent" if had_their_turn else "campaign.postponed"
    detail = {"left": after.left}
    if had_their_turn:
        detail |= {"invited": len(wave.invited), "left_out": len(wave.left_out)}
    audit = _audit(scope, after, event=event, actor="system", detail=detail, now=now, ids=ids)
    follows = (added(scope, due_item(after)),) if after.left else ()
    done = wave if had_their_turn else None
    repo.change(scope, after, wave=done, also=(Put(audit), taken(scope, item), *follows))
    return len(wave.invited)


def _wave(
    scope: ImportScope, dealer: Dealer, campaign: Campaign, *, today: date, now: datetime, ids: Ids
) -> tuple[Wave, int]:
    """Invite those of its accounts that are still ready. What an earlier call did, and could not note, counts.

    It ends before the first account for which nothing is left of the dealer's number of the day; how many of the wave
    are postponed by that.
    """
    known = queries.readiness(scope).reasons
    reasons = {ref: known.get(ref, Reason.ARCHIVED) for ref in campaign.wave}
    chosen = [ref for ref, reason in reasons.items() if reason is None or reason in campaign.include]
    inviter = Inviter(campaign.started_by, campaign.invited_by, campaign.campaign_id)
    result = invite_by(scope, inviter, dealer=dealer, refs=chosen, in_part=True, now=now, ids=ids)
    first = campaign.wave.index(result.postponed[0]) if result.postponed else len(campaign.wave)
    turns = campaign.wave[:first]
    enrolled = enrolments.enrolments_of(scope, turns)
    by_campaign = {ref for ref, one in enrolled.items() if one.campaign == campaign.campaign_id}
    left_out = {ref: _why(reasons[ref], campaign) for ref in turns if ref not in by_campaign}
    return Wave(today, tuple(ref for ref in turns if ref in by_campaign), left_out), len(result.postponed)


def _why(reason: Reason | None, campaign: Campaign) -> str:
    return LIMIT if reason is None or reason in campaign.include else reason.value


def _stop(scope: ImportScope, campaign: Campaign, item: DueItem, *, now: datetime, ids: Ids) -> None:
    """The dealer's licence allows no more."""
    after = replace(campaign, state=CampaignState.PAUSED, stopped_for=ALLOWANCE)
    audit = _audit(
        scope, after, event="campaign.stopped", actor="system", detail={"left": after.left}, now=now, ids=ids
    )
    repo.change(scope, after, also=(Put(audit), taken(scope, item)))


def due_item(campaign: Campaign) -> DueItem:
    if campaign.next_day is None:
        raise ValueError("a campaign that has ended has no next day")
    return DueItem(CAMPAIGNS, campaign.next_day, campaign.campaign_id, "")


def _audit(
    scope: TenantScope,
    campaign: Campaign,
    *,
    event: str,
    actor: str,
    detail: Mapping[str, object],
    now: datetime,
    ids: Ids,
) -> AuditRow:
    return audit_row(
        scope,
        ids=ids,
        now=now,
        actor=actor,
        event=event,
        subject=campaign.campaign_id,
        detail=dict(detail),
    )
