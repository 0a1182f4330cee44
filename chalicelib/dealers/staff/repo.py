"""Reads and writes of a dealer's staff."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from hashlib import sha256

from chalicelib.dealers.staff.model import StaffMember, StaffState
from chalicelib.dealers.staff.records import FormerStaffRecord, StaffListRecord, StaffRecord
from chalicelib.kernel.roles import Role
from chalicelib.kernel.scopes import TenantScope
from chalicelib.store.record import Record, tenant_pk
from chalicelib.store.roles import scoped
from chalicelib.store.transactions import Check, WriteItem, transaction

_VERSION = "VERSION"
"""Sorts behind all members and invitations."""


@dataclass(frozen=True, slots=True)
class StaffList:
    """All members and open invitations, and the version of the list that they are of."""

    members: tuple[StaffMember, ...]
    version: int | None


@scoped
def members(scope: TenantScope) -> list[StaffMember]:
    """All members and open invitations."""
    found = StaffRecord.query(tenant_pk(scope, "STAFF"), StaffRecord.sk < _VERSION, consistent_read=True)
    return [_member(record) for record in found]


@scoped
def staff_list(scope: TenantScope) -> StaffList:
    """The same with its version, read before: a change in between makes it too old, never too new."""
    record = StaffListRecord.find(tenant_pk(scope, "STAFF"), _VERSION, consistent=True)
    return StaffList(tuple(members(scope)), record.version if record else None)


@scoped
def former_emails(scope: TenantScope) -> dict[str, str]:
    """The emails of those who were removed, by their id."""
    return {record.sk: record.email for record in FormerStaffRecord.query(tenant_pk(scope, "STAFF", "FORMER"))}


@scoped
def invitation(scope: TenantScope, email: str) -> StaffMember | None:
    """The open invitation to an email."""
    record = StaffRecord.find(*_invitation_key(scope, email), consistent=True)
    return _member(record) if record else None


@scoped
def add_invitation(scope: TenantScope, new: StaffMember, *, seen: StaffList, also: Iterable[Record] = ()) -> None:
    """Put one for an email that has none. Raises ConflictError where the list is not the one `seen` any more."""
    with transaction() as t:
        t.put(_record(_invitation_key(scope, new.email), new), StaffRecord.pk.does_not_exist())
        t.put(_next_version(scope, seen))
        for record in also:
            t.put(record)


def still_admin(scope: TenantScope, person_id: str) -> WriteItem:
    """Requires of a transaction that this person is an admin on the list."""
    return Check(StaffRecord, tenant_pk(scope, "STAFF"), f"U#{person_id}", StaffRecord.role == Role.ADMIN.value)


def still_member(scope: TenantScope, person_id: str) -> WriteItem:
    """Requires of a transaction that this person is on the list."""
    return Check(StaffRecord, tenant_pk(scope, "STAFF"), f"U#{person_id}", StaffRecord.pk.exists())


@scoped
def put_invitation(
    scope: TenantScope,
    new: StaffMember,
    *,
    before: StaffMember,
    also: Iterable[Record] = (),
    provided: Iterable[WriteItem] = (),
) -> None:
    """Write it and `also` with it. Raises ConflictError where the one there is not `before` any more."""
    condition = (StaffRecord.invitation_id == before.invitation_id) & (StaffRecord.state == before.state.value)
    with transaction() as t:
        t.add(*provided)
        t.put(_record(_invitation_key(scope, new.email), new), condition)
        for record in also:
            t.put(record)


@scoped
def join(
    scope: TenantScope, member: StaffMember, *, invited: StaffMember | None = None, also: Iterable[Record] = ()
) -> None:
    """Turn the open invitation into a member.

    Raises ConflictError where there is such a member, or where the invitation is not `invited` any more.
    """
    key = _invitation_key(scope, invited.email if invited else member.email)
    with transaction() as t:
        t.put(_record(_member_key(scope, member), member), StaffRecord.pk.does_not_exist())
        t.delete(StaffRecord(*key), StaffRecord.invitation_id == invited.invitation_id if invited else None)
        for record in also:
            t.put(record)


@scoped
def change_member(scope: TenantScope, member: StaffMember, *, seen: StaffList, also: Iterable[Record] = ()) -> None:
    """Write what a member is from now on. Raises ConflictError where the list is not the one `seen` any more."""
    with transaction() as t:
        t.put(_record(_member_key(scope, member), member), StaffRecord.pk.exists())
        t.put(_next_version(scope, seen))
        for record in also:
            t.put(record)


@scoped
def leave(scope: TenantScope, member: StaffMember, *, seen: StaffList, also: Iterable[Record] = ()) -> None:
    """Take the member away, except for their email. Raises ConflictError where the list is not the one `seen`."""
    with transaction() as t:
        t.delete(StaffRecord(*_member_key(scope, member)), StaffRecord.pk.exists())
        t.put(FormerStaffRecord(tenant_pk(scope, "STAFF", "FORMER"), member.person_id, email=member.email))
        t.put(_next_version(scope, seen))
        for record in also:
            t.put(record)


@scoped
def withdraw(
    scope: TenantScope, invited: StaffMember, *, also: Iterable[Record] = (), provided: Iterable[WriteItem] = ()
) -> None:
    """Take the open invitation away. Raises ConflictError where it was accepted or another took its place.

    The same where one of the checks in `provided` fails.
    """
    with transaction() as t:
        t.add(*provided)
        t.delete(
            StaffRecord(*_invitation_key(scope, invited.email)), StaffRecord.invitation_id == invited.invitation_id
        )
        for record in also:
            t.put(record)


def _next_version(scope: TenantScope, seen: StaffList) -> StaffListRecord:
    record = StaffListRecord(tenant_pk(scope, "STAFF"), _VERSION)
    if seen.version is not None:
        record.version = seen.version
    return record


def _member_key(scope: TenantScope, member: StaffMember) -> tuple[str, str]:
    return tenant_pk(scope, "STAFF"), f"U#{member.person_id}"


def _invitation_key(scope: TenantScope, email: str) -> tuple[str, str]:
    return tenant_pk(scope, "STAFF"), f"I#{sha256(email.encode()).hexdigest()}"


def _record(key: tuple[str, str], member: StaffMember) -> StaffRecord:
    return StaffRecord(*key, **{**asdict(member), "role": member.role.value, "state": member.state.value})


def _member(record: StaffRecord) -> StaffMember:
    return StaffMember(
        record.email,
        Role(record.role),
        StaffState(record.state),
        record.invitation_id,
        record.since,
        record.person_id,
        record.expires_at,
    )
