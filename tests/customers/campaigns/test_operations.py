"""A campaign invites its accounts day by day, each of them once, and does what admins decide meanwhile."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypedDict

import pytest

from chalicelib.customers.campaigns import operations, queries, repo
from chalicelib.customers.campaigns.model import Campaign, CampaignState
from chalicelib.customers.enrolment import operations as enrolment
from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.invitation import Inviter
from chalicelib.customers.enrolment.model import State
from chalicelib.dealers import queries as dealers
from chalicelib.dealers.operations import change_allowances
from chalicelib.kernel.errors import ConflictError, InvalidError
from chalicelib.kernel.ids import Ids
from chalicelib.store import outbox
from chalicelib.store.audit import AuditRow
from chalicelib.store.due import due
from chalicelib.store.record import tenant_pk
from chalicelib.store.roles import assume_scope
from tests.customers.accounts import account, publish
from tests.fixtures.calls import beside_a_transaction, counted_calls
from tests.fixtures.cast import Cast

REFS = ("1300", "1301", "1302", "1303", "1304")
FIELDS = {"per_day": "2", "first_day": "2024-06-05", "weekdays": "yes"}


@pytest.fixture(autouse=True)
def accounts(cast: Cast) -> None:
    """Five that are ready, and one that is not."""
    publish(cast.ours.import_scope, [*(account(ref) for ref in REFS), account("1400", email=None)])


class Here(TypedDict):
    campaign_id: str
    ids: Ids


def started(cast: Cast, now: datetime, ids: Ids, **fields: str) -> Campaign:
    ours = cast.ours
    dealer = dealers.dealer(ours.scope, fresh=True)
    return operations.start(
        ours.admin.staff_scope,
        dealer=dealer,
        fields={**FIELDS, **fields},
        invited_by=ours.admin.email,
        now=now,
        ids=ids,
    )


def run(cast: Cast, now: datetime, ids: Ids) -> int:
    return operations.run_due(cast.ours.import_scope, now=now, ids=ids)


def state(cast: Cast, campaign: Campaign) -> Campaign:
    found = repo.campaign(cast.ours.scope, campaign.campaign_id)
    assert found
    return found


def invited(cast: Cast, refs: Sequence[str] = REFS) -> list[str]:
    return sorted(enrolments.enrolments_of(cast.ours.scope, refs))


def events(cast: Cast) -> list[str]:
    with assume_scope(cast.ours.scope):
        found = AuditRow.query(tenant_pk(cast.ours.scope, "AUDIT", "2024-06"))
        return [row.event for row in found if row.event.startswith("campaign.")]


def test_so_many_a_day_on_weekdays_until_all_are_invited(cast: Cast, now: datetime, ids: Ids) -> None:
    campaign = started(cast, now, ids)
    expected = campaign.plan()
    assert expected
    assert (expected.accounts, expected.days, expected.last_day.isoformat()) == (5, 3, "2024-06-07")
    assert invited(cast) == []
    assert run(cast, now, ids) == 2
    assert run(cast, now + timedelta(hours=1), ids) == 0, "the day has had its wave"
    assert [run(cast, now + timedelta(days=day), ids) for day in (1, 2, 3)] == [2, 1, 0]
    assert invited(cast) == list(REFS)
    after = state(cast, campaign)
    assert (after.state, after.done, after.next_day) == (CampaignState.DONE, 5, None)
    assert queries.open_campaign(cast.ours.scope) is None
    assert events(cast) == ["campaign.started", *["campaign.sent"] * 3]
    assert due(cast.ours.scope, "CAMPAIGN", until=now.date() + timedelta(days=400)) == []
    lanes = [one for lane in range(outbox.BULK_LANES) for one in outbox.items(cast.ours.scope, lane=lane)]
    assert len(lanes) == 5, "nobody waits for them"
    found = queries.progress(cast.ours.admin.staff_scope, campaign.campaign_id)
    assert (found.invited, found.active, found.bounced, found.left_out) == (5, 0, 0, {})


def test_nothing_leaves_at_night_or_on_a_weekend(cast: Cast, now: datetime, ids: Ids) -> None:
    started(cast, now, ids, first_day="2024-06-08")  # a Saturday
    assert run(cast, datetime.fromisoformat("2024-06-08T12:00:00Z"), ids) == 0
    assert run(cast, datetime.fromisoformat("2024-06-10T06:59:00Z"), ids) == 0, "7:59 in London"
    assert run(cast, datetime.fromisoformat("2024-06-10T07:00:00Z"), ids) == 2


def test_a_schedule_that_runs_twice_at_once_invites_and_notes_each_once(cast: Cast, now: datetime, ids: Ids) -> None:
    campaign = started(cast, now, ids)
    ran: list[int] = []
    # The other call, from its first read to its last write, before this one notes its wave.
    with beside_a_transaction(lambda: ran.append(run(cast, now, ids)), of="#CAMPAIGNS"):
        assert run(cast, now, ids) == 0
    assert ran == [2]
    assert state(cast, campaign).done == 2
    assert invited(cast) == ["1300", "1301"]
    assert len(repo.waves(cast.ours.scope, campaign.campaign_id)) == 1


def test_a_call_that_died_before_it_noted_the_wave_is_made_good(cast: Cast, now: datetime, ids: Ids) -> None:
    campaign = started(cast, now, ids)
    inviter = Inviter("x", "x@dealer.example", campaign.campaign_id)
    enrolment.invite_by(
        cast.ours.import_scope, inviter, dealer=cast.ours.dealer, refs=["1300", "1301"], now=now, ids=ids
    )
    assert run(cast, now, ids) == 2
    (wave,) = repo.waves(cast.ours.scope, campaign.campaign_id)
    assert (wave.invited, wave.left_out) == (("1300", "1301"), {})


def test_who_is_not_ready_any_more_is_left_out_with_the_reason(cast: Cast, now: datetime, ids: Ids) -> None:
    campaign = started(cast, now, ids, per_day="5")
    changed = [account("1300", email=None), account("1301"), account("1302", archived=True), account("1303")]
    publish(cast.ours.import_scope, changed)  # 1304 is gone
    enrolment.invite_customers(
        cast.ours.admin.staff_scope, dealer=cast.ours.dealer, refs=["1303"], invited_by="x", now=now, ids=ids
    )
    assert run(cast, now, ids) == 1
    found = queries.progress(cast.ours.admin.staff_scope, campaign.campaign_id)
    assert found.left_out == {"1300": "no_email", "1302": "archived", "1303": "invited", "1304": "archived"}
    assert state(cast, campaign).state is CampaignState.DONE


def test_pause_resume_and_cancel_count_as_the_admin_saw_it(cast: Cast, now: datetime, ids: Ids) -> None:
    campaign = started(cast, now, ids)
    admin, here = cast.ours.admin.staff_scope, Here(campaign_id=campaign.campaign_id, ids=ids)
    operations.pause(admin, now=now, **here)
    with pytest.raises(ConflictError, match="Somebody else changed this campaign"):
        operations.pause(admin, now=now, **here)
    with pytest.raises(ConflictError):
        operations.cancel(admin, seen="running", now=now, **here)
    assert run(cast, now, ids) == 0
    later = now + timedelta(days=7)
    operations.resume(admin, now=later, **here)
    assert state(cast, campaign).next_day == later.date()
    assert run(cast, later, ids) == 2
    operations.cancel(admin, seen="running", now=later, **here)
    assert run(cast, later + timedelta(days=1), ids) == 0
    assert invited(cast) == ["1300", "1301"]
    for act in (operations.pause, operations.resume):
        with pytest.raises(ConflictError):
            act(admin, now=later, **here)
    assert events(cast)[-1] == "campaign.cancelled"


def test_one_campaign_runs_at_a_time(cast: Cast, now: datetime, ids: Ids) -> None:
    first = started(cast, now, ids)
    with pytest.raises(ConflictError, match="Another campaign has not ended"):
        started(cast, now, ids)
    operations.cancel(cast.ours.admin.staff_scope, campaign_id=first.campaign_id, seen="running", now=now, ids=ids)
    assert started(cast, now, ids).campaign_id != first.campaign_id


def test_the_licence_stops_it_and_the_day_s_number_delays_it(cast: Cast, now: datetime, ids: Ids) -> None:
    scope = cast.ours.scope
    campaign = started(cast, now, ids, per_day="4")
    change_allowances(scope, {"daily_invitations": 1}, actor="operator", now=now, ids=ids)
    assert run(cast, now, ids) == 1
    assert state(cast, campaign).state is CampaignState.RUNNING, "tomorrow has a number of its own"
    change_allowances(scope, {"daily_invitations": 9, "invite_allowance": 3}, actor="operator", now=now, ids=ids)
    assert run(cast, now + timedelta(days=1), ids) == 0
    stopped = state(cast, campaign)
    assert (stopped.state, stopped.stopped_for, invited(cast)) == (CampaignState.PAUSED, "allowance", ["1300"])


def by_staff(cast: Cast, refs: Sequence[str], now: datetime, ids: Ids) -> None:
    dealer = dealers.dealer(cast.ours.scope, fresh=True)
    enrolment.invite_customers(cast.ours.admin.staff_scope, dealer=dealer, refs=refs, invited_by="x", now=now, ids=ids)


def test_what_the_day_has_no_room_for_goes_first_the_next_day(cast: Cast, now: datetime, ids: Ids) -> None:
    scope = cast.ours.scope
    publish(cast.ours.import_scope, [account(ref) for ref in (*REFS, "1500", "1501")])
    change_allowances(scope, {"daily_invitations": 4}, actor="operator", now=now, ids=ids)
    campaign = started(cast, now, ids, per_day="4")
    by_staff(cast, ["1500"], now, ids)
    publish(cast.ours.import_scope, [account("1300"), account("1301", email=None), *map(account, REFS[2:])])
    change_allowances(scope, {"daily_invitations": 3}, actor="operator", now=now, ids=ids)
    assert run(cast, now, ids) == 2, "of 3 a day staff had 1"
    after = state(cast, campaign)
    assert (after.done, after.next_day, after.postponed, after.postponed_on) == (
        3,
        now.date() + timedelta(days=1),
        1,
        now.date(),
    )
    (wave,) = repo.waves(scope, campaign.campaign_id)
    assert (wave.invited, wave.left_out) == (("1300", "1302"), {"1301": "no_email"})
    assert run(cast, now + timedelta(hours=1), ids) == 0, "the rest waits for the day that the page names"
    assert run(cast, now + timedelta(days=1), ids) == 2
    ended = state(cast, campaign)
    assert (ended.state, ended.postponed, ended.postponed_on) == (CampaignState.DONE, 0, None)
    assert invited(cast) == ["1300", "1302", "1303", "1304"]


def test_a_day_without_any_room_is_noted_and_the_next_day_goes_on(cast: Cast, now: datetime, ids: Ids) -> None:
    publish(cast.ours.import_scope, [account(ref) for ref in (*REFS, "1500", "1501")])
    change_allowances(cast.ours.scope, {"daily_invitations": 2}, actor="operator", now=now, ids=ids)
    campaign = started(cast, now, ids)
    by_staff(cast, ["1500", "1501"], now, ids)
    assert run(cast, now, ids) == 0
    after = state(cast, campaign)
    assert (after.done, after.next_day, after.postponed) == (0, now.date() + timedelta(days=1), 2)
    assert repo.waves(cast.ours.scope, campaign.campaign_id) == []
    assert sorted(events(cast)) == ["campaign.postponed", "campaign.started"]
    assert run(cast, now + timedelta(days=1), ids) == 2
    assert invited(cast) == ["1300", "1301"]


def test_a_part_that_went_before_the_call_died_is_noted_and_the_rest_waits(cast: Cast, now: datetime, ids: Ids) -> None:
    campaign = started(cast, now, ids, per_day="4")
    change_allowances(cast.ours.scope, {"daily_invitations": 2}, actor="operator", now=now, ids=ids)
    dealer = dealers.dealer(cast.ours.scope, fresh=True)
    inviter = Inviter("x", "x@dealer.example", campaign.campaign_id)
    sent = enrolment.invite_by(
        cast.ours.import_scope, inviter, dealer=dealer, refs=REFS[:4], in_part=True, now=now, ids=ids
    )
    assert (sent.invited, sent.postponed) == (("1300", "1301"), ("1302", "1303"))
    assert run(cast, now, ids) == 2
    (wave,) = repo.waves(cast.ours.scope, campaign.campaign_id)
    assert (wave.invited, wave.left_out, state(cast, campaign).done) == (("1300", "1301"), {}, 2)


def test_a_plan_takes_no_more_than_the_licence_allows(cast: Cast, now: datetime, ids: Ids) -> None:
    change_allowances(cast.ours.scope, {"invite_allowance": 3}, actor="operator", now=now, ids=ids)
    assert started(cast, now, ids).total == 3


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"per_day": "0"}, "per_day"), ({"per_day": "300"}, "per_day"), ({"first_day": "x"}, "first_day")],
)
def test_what_cannot_be_is_said_at_its_field(
    cast: Cast, now: datetime, ids: Ids, fields: dict[str, str], field: str
) -> None:
    change_allowances(cast.ours.scope, {"daily_invitations": 200}, actor="operator", now=now, ids=ids)
    with pytest.raises(InvalidError) as refused:
        started(cast, now, ids, **fields)
    assert refused.value.fields.keys() == {field}


def test_another_dealers_campaign_is_not_there(cast: Cast, now: datetime, ids: Ids) -> None:
    campaign = started(cast, now, ids)
    assert repo.campaign(cast.rival.scope, campaign.campaign_id) is None
    assert run(replace_ours(cast), now, ids) == 0
    assert invited(cast) == []


def replace_ours(cast: Cast) -> Cast:
    return replace(cast, ours=cast.rival)


def test_a_dealer_without_a_campaign_costs_one_query(cast: Cast, now: datetime, ids: Ids) -> None:
    run(cast, now, ids)
    with counted_calls("dynamodb") as calls:
        run(cast, now, ids)
    assert calls == ["Query"]


def test_an_expired_invitation_counts_as_such(cast: Cast, now: datetime, ids: Ids) -> None:
    campaign = started(cast, now, ids)
    run(cast, now, ids)
    before = enrolments.enrolment(cast.ours.scope, "1300")
    assert before
    enrolments.put(cast.ours.scope, replace(before, state=State.EXPIRED), before=before)
    assert queries.progress(cast.ours.admin.staff_scope, campaign.campaign_id).expired == 1
