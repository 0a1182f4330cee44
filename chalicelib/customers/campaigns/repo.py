"""Reads and writes of campaigns. Each change is one transaction, with its audit row and what is due next."""

import zlib
from collections.abc import Iterable
from datetime import date

from pydantic_core import from_json, to_json

from chalicelib.customers.campaigns.model import Campaign, CampaignState, Wave
from chalicelib.customers.campaigns.readiness import Reason
from chalicelib.customers.campaigns.records import CampaignRecord, OpenCampaignRecord, WaveRecord
from chalicelib.kernel.ids import is_ulid
from chalicelib.kernel.scopes import TenantScope
from chalicelib.store.codec import compressed
from chalicelib.store.record import tenant_pk
from chalicelib.store.roles import scoped
from chalicelib.store.transactions import WriteItem, transaction

_OPEN = "OPEN"
"""Sorts behind all ULIDs."""
_WITHOUT_REFS = [
    "pk",
    "sk",
    "state",
    "started_by",
    "invited_by",
    "started_at",
    "a_day",
    "weekdays_only",
    "include",
    "total",
    "done",
    "next_day",
    "stopped_for",
    "postponed",
    "postponed_on",
    "ended_at",
    "version",
]


@scoped
def campaign(scope: TenantScope, campaign_id: str) -> Campaign | None:
    """One of them as of now, with its accounts."""
    if not is_ulid(campaign_id):
        return None
    record = CampaignRecord.find(_pk(scope), campaign_id, consistent=True)
    return _campaign(record) if record else None


@scoped
def open_campaign_id(scope: TenantScope) -> str:
    """The id of the one that has not ended; empty where there is none."""
    record = OpenCampaignRecord.find(_pk(scope), _OPEN, consistent=True)
    return record.campaign_id if record else ""


@scoped
def campaigns(scope: TenantScope, *, limit: int) -> list[Campaign]:
    """The last ones without their accounts, the newest first. One query."""
    found = CampaignRecord.query(
        _pk(scope),
        CampaignRecord.sk < _OPEN,
        scan_index_forward=False,
        limit=limit,
        attributes_to_get=_WITHOUT_REFS,
        consistent_read=True,
    )
    return list(map(_campaign, found))


@scoped
def waves(scope: TenantScope, campaign_id: str) -> list[Wave]:
    """What it has done so far, day by day."""
    found = WaveRecord.query(tenant_pk(scope, "CAMPAIGNS", campaign_id), consistent_read=True)
    return [Wave(date.fromisoformat(one.on), tuple(one.invited), one.left_out) for one in found]


@scoped
def start(scope: TenantScope, new: Campaign, *, also: Iterable[WriteItem]) -> None:
    """Write a new one. Raises ConflictError where another has not ended."""
    opened = OpenCampaignRecord(_pk(scope), _OPEN, campaign_id=new.campaign_id)
    with transaction() as t:
        t.put(_record(scope, new))
        # Tested control: one-campaign-at-a-time
        t.put(opened, OpenCampaignRecord.pk.does_not_exist())
        t.add(*also)


@scoped
def change(scope: TenantScope, new: Campaign, *, wave: Wave | None = None, also: Iterable[WriteItem]) -> None:
    """Write what it has become since `new.version`; `wave` is what it has done with that.

    Raises ConflictError where somebody else wrote since.
    """
    with transaction() as t:
        t.put(_record(scope, new))
        if wave:
            at = new.done - len(wave.invited) - len(wave.left_out)
            pk = tenant_pk(scope, "CAMPAIGNS", new.campaign_id)
            t.put(
                WaveRecord(
                    pk, f"{at:06}", on=wave.on.isoformat(), invited=list(wave.invited), left_out=dict(wave.left_out)
                )
            )
        if not new.is_open:
            t.delete(OpenCampaignRecord(_pk(scope), _OPEN), OpenCampaignRecord.campaign_id == new.campaign_id)
        t.add(*also)


def _pk(scope: TenantScope) -> str:
    return tenant_pk(scope, "CAMPAIGNS")


def _record(scope: TenantScope, one: Campaign) -> CampaignRecord:
    record = CampaignRecord(
        _pk(scope),
        one.campaign_id,
        state=one.state.value,
        started_by=one.started_by,
        invited_by=one.invited_by,
        started_at=one.started_at,
        per_day=one.per_day,
        weekdays_only=one.weekdays_only,
        include=sorted(one.include),
        refs=compressed(to_json(one.refs)),
        total=one.total,
        done=one.done,
        next_day=one.next_day.isoformat() if one.next_day else None,
        stopped_for=one.stopped_for or None,
        postponed=one.postponed or None,
        postponed_on=one.postponed_on.isoformat() if one.postponed_on else None,
        ended_at=one.ended_at,
    )
    if one.version is not None:
        record.version = one.version
    return record


def _campaign(record: CampaignRecord) -> Campaign:
    return Campaign(
        campaign_id=record.sk,
        state=CampaignState(record.state),
        started_by=record.started_by,
        invited_by=record.invited_by,
        started_at=record.started_at,
        per_day=int(record.per_day),
        weekdays_only=record.weekdays_only,
        include=frozenset(map(Reason, record.include)),
        refs=tuple(from_json(zlib.decompress(record.refs))) if record.refs else (),
        total=int(record.total),
        done=int(record.done),
        next_day=date.fromisoformat(record.next_day) if record.next_day else None,
        stopped_for=record.stopped_for or "",
        postponed=int(record.postponed or 0),
        postponed_on=date.fromisoformat(record.postponed_on) if record.postponed_on else None,
        ended_at=record.ended_at,
        version=int(record.version),
    )
