"""Reads and writes of the rights of an account's people. A change moves the list's version too."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from chalicelib.customers.colleagues.model import Grant, Rights, State, invitation_key, person_key
from chalicelib.customers.colleagues.records import GrantListRecord, GrantRecord
from chalicelib.kernel.areas import areas_of
from chalicelib.kernel.keys import key_part
from chalicelib.kernel.roles import Role
from chalicelib.kernel.scopes import TenantScope
from chalicelib.store.batch import Key, batch_get
from chalicelib.store.record import Record, account_pk, tenant_pk
from chalicelib.store.roles import scoped
from chalicelib.store.transactions import Put, WriteItem, transaction

_PREFIX, _LIST = "ACCESS#", "ACCESSES"
_BETWEEN = "\n"
"""Between the numbers of accounts, which have no control characters."""


@dataclass(frozen=True, slots=True)
class Grants:
    """All that are stored for an account, and the version of the list that they are of, 0 where there is none yet."""

    by_key: Mapping[str, Grant]
    version: int


def wanted(scope: TenantScope, ref: str, person_id: str, invitation_id: str) -> dict[Key, type[Record]]:
    """What to read along for somebody who acts for an account by this invitation."""
    keys = [person_key(person_id), *([invitation_key(invitation_id)] if invitation_id else [])]
    return {(tenant_pk(scope, "A", key_part(ref)), f"{_PREFIX}{key}"): GrantRecord for key in keys}


def found_in(items: Mapping[Key, Record]) -> dict[str, Grant]:
    """Such a read has brought these."""
    found = [_grant(one) for one in items.values() if isinstance(one, GrantRecord)]
    return {one.key: one for one in found}


@scoped
def grants_of_person(scope: TenantScope, ref: str, person_id: str, invitation_id: str) -> dict[str, Grant]:
    """The same, read alone."""
    keys = list(wanted(scope, ref, person_id, invitation_id))
    return {one.key: one for one in map(_grant, batch_get(GrantRecord, keys, consistent=True))}


@scoped
def grants(scope: TenantScope, ref: str) -> Grants:
    """All of an account. The version is read before: a change in between makes it too old, never too new."""
    pk = account_pk(scope, ref)
    listed = GrantListRecord.find(pk, _LIST, consistent=True)
    found = GrantRecord.query(pk, GrantRecord.sk.startswith(_PREFIX), consistent_read=True)
    return Grants({one.key: one for one in map(_grant, found)}, listed.version if listed else 0)


@scoped
def grant(scope: TenantScope, ref: str, key: str) -> Grant | None:
    """One of them as of now."""
    record = GrantRecord.find(account_pk(scope, ref), f"{_PREFIX}{key}", consistent=True)
    return _grant(record) if record else None


@scoped
def put(
    scope: TenantScope,
    new: Grant,
    *,
    ref: str,
    seen: int | None,
    also: Iterable[Record] = (),
    provided: Iterable[WriteItem] = (),
) -> None:
    """Write it and `also`, where what is `provided` holds.

    Raises ConflictError where it does not, it has changed, or the list is not the one `seen` any more.

    With None for `seen` the list stays as it is: nobody's rights change.
    """
    with transaction() as t:
        t.add(put_item(scope, new, ref=ref), *provided)
        if seen is not None:
            t.add(next_version(scope, ref=ref, seen=seen))
        for record in also:
            t.put(record)


def put_item(scope: TenantScope, new: Grant, *, ref: str) -> WriteItem:
    """It, for a transaction, which is refused where it has changed."""
    record = GrantRecord(
        account_pk(scope, ref),
        f"{_PREFIX}{new.key}",
        email=new.email,
        role=new.rights.role.value,
        areas=" ".join(sorted(new.rights.areas)) or None,
        accounts=_BETWEEN.join(sorted(new.rights.accounts)) or None,
        state=new.state.value,
        era=new.era or None,
        invitation_id=new.invitation_id or None,
        person_id=new.person_id or None,
        invited_by=new.invited_by or None,
        queued_at=new.queued_at,
        expires_at=new.expires_at,
        ended=new.ended or None,
    )
    if new.version:
        record.version = new.version
    return Put(record)


def next_version(scope: TenantScope, *, ref: str, seen: int) -> WriteItem:
    """The list has changed, for a transaction, which is refused where it is not the one `seen` any more."""
    record = GrantListRecord(account_pk(scope, ref), _LIST)
    if seen:
        record.version = seen
    return Put(record)


def _grant(record: GrantRecord) -> Grant:
    role = Role(record.role)
    accounts = frozenset((record.accounts or "").split(_BETWEEN)) - {""}
    return Grant(
        record.sk.removeprefix(_PREFIX),
        record.email,
        Rights(role, areas_of((record.areas or "").split()), accounts),
        State(record.state),
        record.era or "",
        record.invitation_id or "",
        record.person_id or "",
        record.invited_by or "",
        record.queued_at,
        record.expires_at,
        record.ended or "",
        int(record.version),
    )
