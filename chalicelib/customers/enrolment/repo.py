"""Reads and writes of the portal's state of accounts. A change carries its audit row and its outbox item."""

from datetime import datetime

from chalicelib.customers.enrolment.model import Portal, State
from chalicelib.customers.enrolment.records import PortalRecord, PortalUserRecord
from chalicelib.kernel.keys import key_part
from chalicelib.kernel.scopes import TenantScope
from chalicelib.store.record import Record, tenant_pk
from chalicelib.store.roles import scoped
from chalicelib.store.transactions import transaction


@scoped
def portals(scope: TenantScope) -> dict[str, Portal]:
    """The state of every account that was ever invited, by account reference."""
    found = PortalRecord.query(tenant_pk(scope, "PORTAL"), consistent_read=True)
    return {record.ref: _portal(record) for record in found}


@scoped
def portal(scope: TenantScope, ref: str) -> Portal | None:
    """The state of one account, or None where it was never invited."""
    record = PortalRecord.find(*_key(scope, ref), consistent=True)
    return _portal(record) if record else None


@scoped
def put(scope: TenantScope, new: Portal, *, before: Portal | None, also: tuple[Record, ...] = ()) -> None:
    """Write `new` and the records `beside` it at once. Raises ConflictError where the state is no longer `before`."""
    pk, sk = _key(scope, new.ref)
    condition = PortalRecord.pk.does_not_exist()
    if before is not None:
        condition = (PortalRecord.invitation_id == before.invitation_id) & (PortalRecord.state == before.state.value)
    with transaction() as t:
        t.put(_record(pk, sk, new), condition)
        for other in also:
            t.put(other)


@scoped
def add_user(scope: TenantScope, *, ref: str, person_id: str, email: str, now: datetime) -> None:
    """Note that this person may log in for this account; again is no change."""
    pk = tenant_pk(scope, "A", key_part(ref))
    PortalUserRecord(pk, f"USER#{person_id}", person_id=person_id, email=email, since=now).save()


@scoped
def users(scope: TenantScope, ref: str) -> list[tuple[str, datetime]]:
    """Email and first login of each person who may log in for this account."""
    found = PortalUserRecord.query(tenant_pk(scope, "A", key_part(ref)), PortalUserRecord.sk.startswith("USER#"))
    return [(record.email, record.since) for record in found]


def _key(scope: TenantScope, ref: str) -> tuple[str, str]:
    return tenant_pk(scope, "PORTAL"), f"A#{key_part(ref)}"


def _record(pk: str, sk: str, new: Portal) -> PortalRecord:
    return PortalRecord(
        pk,
        sk,
        ref=new.ref,
        state=new.state.value,
        email=new.email,
        invitation_id=new.invitation_id,
        invited_by=new.invited_by,
        queued_at=new.queued_at,
        invited_at=new.invited_at,
        expires_at=new.expires_at,
        activated_at=new.activated_at,
    )


def _portal(record: PortalRecord) -> Portal:
    return Portal(
        ref=record.ref,
        state=State(record.state),
        email=record.email,
        invitation_id=record.invitation_id,
        invited_by=record.invited_by,
        queued_at=record.queued_at,
        invited_at=record.invited_at,
        expires_at=record.expires_at,
        activated_at=record.activated_at,
    )
