"""Bounces in the table."""

from collections.abc import Iterable
from datetime import timedelta
from hashlib import sha256

from chalicelib.dealers.bounces.model import COMPLAINT, Bounce
from chalicelib.dealers.bounces.records import BounceRecord
from chalicelib.kernel.emails import comparable_email
from chalicelib.kernel.scopes import TenantScope
from chalicelib.store.batch import Key, batch_get
from chalicelib.store.record import Record, tenant_pk
from chalicelib.store.roles import scoped
from chalicelib.store.transactions import transaction

_KEPT = timedelta(days=730)
"""Addresses are given to other people in time."""


@scoped
def put(scope: TenantScope, new: Bounce, *, also: Iterable[Record] = ()) -> None:
    """Write it, and the records `also`, over what was known of the address; a complaint stays.

    Raises ConflictError where it is known already.
    """
    model = BounceRecord
    is_new = (model.mail_id != new.mail_id) & (model.reason != COMPLAINT)
    with transaction() as t:
        t.put(_record(scope, new), model.pk.does_not_exist() | is_new)
        for record in also:
            t.put(record)


def record(scope: TenantScope, new: Bounce) -> Record:
    """To be put, over what was known of the address, in the transaction of what follows from it."""
    return _record(scope, new)


@scoped
def of_emails(scope: TenantScope, emails: Iterable[str]) -> dict[str, Bounce]:
    """What is known of these addresses, by `comparable_email`, 100 a round trip."""
    keys = [_key(scope, email) for email in emails if email]
    found = map(_bounce, batch_get(BounceRecord, keys, consistent=True))
    return {one.email: one for one in found}


@scoped
def everything(scope: TenantScope) -> dict[str, Bounce]:
    """The same of every address. One query."""
    found = map(_bounce, BounceRecord.query(tenant_pk(scope, "RETURNED"), consistent_read=True))
    return {one.email: one for one in found}


@scoped
def forget(scope: TenantScope, email: str, *, also: Iterable[Record] = ()) -> None:
    """Mail to it counts as delivered again. Raises ConflictError where nothing was known of it."""
    with transaction() as t:
        t.delete(BounceRecord(*_key(scope, email)), BounceRecord.pk.exists())
        for record in also:
            t.put(record)


def _key(scope: TenantScope, email: str) -> Key:
    return tenant_pk(scope, "RETURNED"), sha256(comparable_email(email).encode()).hexdigest()


def _record(scope: TenantScope, new: Bounce) -> BounceRecord:
    return BounceRecord(
        *_key(scope, new.email),
        email=comparable_email(new.email),
        reason=new.reason,
        at=new.at,
        kind=new.kind,
        mail_id=new.mail_id,
        account_ref=new.account_ref or None,
        ttl=int((new.at + _KEPT).timestamp()),
    )


def _bounce(record: BounceRecord) -> Bounce:
    return Bounce(
        email=record.email,
        reason=record.reason,
        at=record.at,
        kind=record.kind,
        mail_id=record.mail_id,
        account_ref=record.account_ref or "",
    )
