"""Returned mail in the table."""

from collections.abc import Iterable
from datetime import timedelta
from hashlib import sha256

from chalicelib.dealers.returned_mail.model import COMPLAINT, ReturnedMail, spelled
from chalicelib.dealers.returned_mail.records import ReturnedMailRecord
from chalicelib.kernel.scopes import TenantScope
from chalicelib.store.batch import Key, batch_get
from chalicelib.store.record import Record, tenant_pk
from chalicelib.store.roles import scoped
from chalicelib.store.transactions import transaction

_KEPT = timedelta(days=730)
"""Addresses are given to other people in time."""


@scoped
def put(scope: TenantScope, new: ReturnedMail, *, also: Iterable[Record] = ()) -> None:
    """Write it, and the records `also`, over what was known of the address; a complaint stays.

    Raises ConflictError where it is known already.
    """
    model = ReturnedMailRecord
    is_new = (model.mail_id != new.mail_id) & (model.reason != COMPLAINT)
    with transaction() as t:
        t.put(_record(scope, new), model.pk.does_not_exist() | is_new)
        for record in also:
            t.put(record)


def record(scope: TenantScope, new: ReturnedMail) -> Record:
    """To be put, over what was known of the address, in the transaction of what follows from it."""
    return _record(scope, new)


@scoped
def of_emails(scope: TenantScope, emails: Iterable[str]) -> dict[str, ReturnedMail]:
    """What is known of these addresses, by `spelled` address, 100 a round trip."""
    keys = [_key(scope, email) for email in emails if email]
    found = map(_returned, batch_get(ReturnedMailRecord, keys, consistent=True))
    return {one.email: one for one in found}


@scoped
def everything(scope: TenantScope) -> dict[str, ReturnedMail]:
    """The same of every address. One query."""
    found = map(_returned, ReturnedMailRecord.query(tenant_pk(scope, "RETURNED"), consistent_read=True))
    return {one.email: one for one in found}


@scoped
def forget(scope: TenantScope, email: str, *, also: Iterable[Record] = ()) -> None:
    """Mail to it counts as delivered again. Raises ConflictError where nothing was known of it."""
    with transaction() as t:
        t.delete(ReturnedMailRecord(*_key(scope, email)), ReturnedMailRecord.pk.exists())
        for record in also:
            t.put(record)


def _key(scope: TenantScope, email: str) -> Key:
    return tenant_pk(scope, "RETURNED"), sha256(spelled(email).encode()).hexdigest()


def _record(scope: TenantScope, new: ReturnedMail) -> ReturnedMailRecord:
    return ReturnedMailRecord(
        *_key(scope, new.email),
        email=spelled(new.email),
        reason=new.reason,
        at=new.at,
        kind=new.kind,
        mail_id=new.mail_id,
        account_ref=new.account_ref or None,
        ttl=int((new.at + _KEPT).timestamp()),
    )


def _returned(record: ReturnedMailRecord) -> ReturnedMail:
    return ReturnedMail(
        email=record.email,
        reason=record.reason,
        at=record.at,
        kind=record.kind,
        mail_id=record.mail_id,
        account_ref=record.account_ref or "",
    )
