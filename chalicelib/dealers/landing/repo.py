"""Landing pages in the table: the one that was saved last, of each dealer."""

from collections.abc import Callable
from datetime import datetime

from pydantic import TypeAdapter

from chalicelib.dealers.drafts import repo as drafts
from chalicelib.dealers.drafts.model import DraftKind
from chalicelib.dealers.landing.model import Landing, Published
from chalicelib.dealers.landing.records import LandingRecord
from chalicelib.kernel.schemas import adapter
from chalicelib.kernel.scopes import DealerScope, PublicScope, TenantScope
from chalicelib.store.record import Record, tenant_pk
from chalicelib.store.roles import scoped
from chalicelib.store.transactions import transaction

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
            t.add(drafts.ended_draft(scope, DraftKind.LANDING_PAGE))
    return before, after


def _published(record: LandingRecord) -> Published:
    retired = {picture: datetime.fromisoformat(at) for picture, at in record.retired.items()}
    return Published(
        _LANDING.validate_json(record.body), record.is_shown, datetime.fromisoformat(record.saved_at), retired
    )


def _public_key(scope: TenantScope | PublicScope) -> tuple[str, str]:
    return tenant_pk(scope, "PUBLIC"), "LANDING"
