"""Drafts in the table: one for each admin."""

from datetime import datetime

from pydantic import TypeAdapter

from chalicelib.dealers.branding.model import KEPT, Draft
from chalicelib.dealers.branding.records import BrandDraftRecord
from chalicelib.dealers.model import Brand
from chalicelib.kernel.schemas import adapter
from chalicelib.kernel.scopes import DealerScope
from chalicelib.store.record import tenant_pk
from chalicelib.store.roles import scoped
from chalicelib.store.transactions import Delete

_BRAND: TypeAdapter[Brand] = adapter(Brand)


@scoped
def draft(scope: DealerScope, *, now: datetime) -> Draft | None:
    """The admin's own draft as of now, or None where there is none."""
    record = BrandDraftRecord.find(*_key(scope), consistent=True)
    if record is None or (record.ttl and record.ttl <= now.timestamp()):
        return None
    return Draft(_BRAND.validate_json(record.body), record.base, record.picture)


@scoped
def put_draft(scope: DealerScope, new: Draft, *, now: datetime) -> None:
    """Write it over the one that was there."""
    body = _BRAND.dump_json(new.brand, exclude_none=True).decode()
    ttl = int((now + KEPT).timestamp())
    BrandDraftRecord(*_key(scope), body=body, base=new.base, picture=new.picture, ttl=ttl).save()


@scoped
def delete_draft(scope: DealerScope) -> None:
    """Nothing happens where there is none."""
    BrandDraftRecord(*_key(scope)).delete()


def ended_draft(scope: DealerScope) -> Delete:
    """The item of a transaction that takes it away."""
    return Delete(BrandDraftRecord(*_key(scope)))


def _key(scope: DealerScope) -> tuple[str, str]:
    return tenant_pk(scope, "U", scope.person_id), "BRAND_DRAFT"
