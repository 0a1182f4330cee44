"""Landing pages in the table: one that was saved for each dealer, and a draft for each admin."""

from collections.abc import Callable
from datetime import datetime

from pydantic import TypeAdapter

from chalicelib.dealers.landing.model import KEPT, Draft, Landing, Published
from chalicelib.dealers.landing.records import LandingDraftRecord, LandingRecord
from chalicelib.kernel.schemas import adapter
from chalicelib.kernel.scopes import DealerScope, PublicScope, TenantScope
from chalicelib.store.record import Record, tenant_pk
from chalicelib.store.roles import scoped
from chalicelib.store.transactions import Delete, transaction

_LANDING: TypeAdapter[Landing] = adapter(Landing)


@scoped
def published(scope: TenantScope | PublicScope) -> Published | None:
    """What was saved last, as of now, or None where nothing was."""
    record = LandingRecord.find(*_public_key(scope), consistent=True)
    return _published(record) if record else None


@scoped
def change(
    scope: DealerScope,
    change: Callable[[Published | None], Published | None],
    audit: Callable[[Published | None, Published], Record],
    *,
    ends_draft: bool,
) -> tuple[Published | None, Published | None]:
    """Save another page, with its audit row. What was saved before, and is now.

    `ends_draft`: the admin's own is what is saved. Nothing is written where `change` returns None. Raises ConflictError
    where it is saved at the same moment.
    """
    found = LandingRecord.find(*_public_key(scope), consistent=True)
    before = _published(found) if found else None
    after = change(before)
    if after is None:
        return before, before
    record = found or LandingRecord(*_public_key(scope))
    record.body = _LANDING.dump_json(after.landing, exclude_none=False).decode()
    record.is_shown = after.is_shown
    record.saved_at = after.saved_at.isoformat()
    record.retired = {picture: at.isoformat() for picture, at in after.retired.items()}
    with transaction() as t:
        t.put(record)
        t.put(audit(before, after))
        if ends_draft:
            t.add(Delete(LandingDraftRecord(*_draft_key(scope))))
    return before, after


@scoped
def draft(scope: DealerScope, *, now: datetime) -> Draft | None:
    """The admin's own draft as of now, or None where there is none."""
    record = LandingDraftRecord.find(*_draft_key(scope), consistent=True)
    if record is None or (record.ttl and record.ttl <= now.timestamp()):
        return None
    return Draft(_LANDING.validate_json(record.body), record.base)


@scoped
def put_draft(scope: DealerScope, new: Draft, *, now: datetime) -> None:
    """Write it over the one that was there."""
    body = _LANDING.dump_json(new.landing, exclude_none=False).decode()
    ttl = int((now + KEPT).timestamp())
    LandingDraftRecord(*_draft_key(scope), body=body, base=new.base, ttl=ttl).save()


@scoped
def delete_draft(scope: DealerScope) -> None:
    """Nothing happens where there is none."""
    LandingDraftRecord(*_draft_key(scope)).delete()


def _published(record: LandingRecord) -> Published:
    retired = {picture: datetime.fromisoformat(at) for picture, at in record.retired.items()}
    return Published(
        _LANDING.validate_json(record.body), record.is_shown, datetime.fromisoformat(record.saved_at), retired
    )


def _public_key(scope: TenantScope | PublicScope) -> tuple[str, str]:
    return tenant_pk(scope, "PUBLIC"), "LANDING"


def _draft_key(scope: DealerScope) -> tuple[str, str]:
    return tenant_pk(scope, "U", scope.person_id), "LANDING_DRAFT"
