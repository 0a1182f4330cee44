"""Reads and writes of enrolments. A change carries its audit row, its outbox item, and its place in the lists."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from chalicelib.customers.enrolment import shard_repo
from chalicelib.customers.enrolment.model import UNDELIVERED, AccountUser, EndedAccess, Enrolment, State
from chalicelib.customers.enrolment.records import AccountUserRecord, EndedAccessRecord, EnrolmentRecord
from chalicelib.customers.enrolment.shards import enrolment_shard
from chalicelib.dealers.queries import read_beside
from chalicelib.kernel.errors import ConflictError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.keys import key_part
from chalicelib.kernel.scopes import TenantScope
from chalicelib.store.backoff import attempts
from chalicelib.store.batch import Key, batch_get
from chalicelib.store.due import DueItem, removed
from chalicelib.store.record import CHANGED, Record, tenant_pk
from chalicelib.store.roles import scoped
from chalicelib.store.transactions import LIMIT, Check, Delete, Put, TransactionRefusedError, WriteItem, transaction
from chalicelib.tasks.kinds import INVITATION_UNDELIVERED
from chalicelib.tasks.operations import close_task


@dataclass(frozen=True, slots=True)
class EnrolmentChange:
    """What an account's enrolment becomes, from what (None: never invited), and the records written with it."""

    new: Enrolment
    before: Enrolment | None
    also: tuple[Record, ...] = ()

    @property
    def ended_task(self) -> str | None:
        """The invitation that bounced, if this ends that: it is sent again, cancelled, accepted, or another's."""
        before, new = self.before, self.new
        if before is None or before.state not in UNDELIVERED:
            return None
        is_still = new.state in UNDELIVERED and new.invitation_id == before.invitation_id
        return None if is_still else before.invitation_id


@scoped
def enrolments(scope: TenantScope) -> list[Enrolment]:
    """The record of every account that was ever invited: thousands of items, so lists read shards instead."""
    return list(map(_enrolment, EnrolmentRecord.query(tenant_pk(scope, "PORTAL"), consistent_read=True)))


@scoped
def enrolment(scope: TenantScope, ref: str) -> Enrolment | None:
    """The enrolment of one account, or None where it was never invited."""
    record = EnrolmentRecord.find(*_key(scope, ref), consistent=True)
    return _enrolment(record) if record else None


def enrolment_with_dealer(
    scope: TenantScope, ref: str, also: Mapping[Key, type[Record]]
) -> tuple[Enrolment | None, dict[Key, Record]]:
    """The same and items of other slices, with the dealer's settings and published run where they are not held."""
    found = read_beside(scope, {_key(scope, ref): EnrolmentRecord, **also})
    record = found.pop(_key(scope, ref), None)
    return _enrolment(record) if isinstance(record, EnrolmentRecord) else None, found


@scoped
def enrolments_of(scope: TenantScope, refs: Iterable[str]) -> dict[str, Enrolment]:
    """The enrolments of these accounts by reference, 100 a round trip."""
    found = batch_get(EnrolmentRecord, [_key(scope, ref) for ref in refs], consistent=True)
    return {record.ref: _enrolment(record) for record in found}


@scoped
def put(scope: TenantScope, new: Enrolment, *, before: Enrolment | None, also: tuple[Record, ...] = ()) -> None:
    """Write `new` and the records `also` at once. Raises ConflictError where the state is no longer `before`."""
    if put_all(scope, [EnrolmentChange(new, before, also)]):
        raise ConflictError(CHANGED)


@scoped
def put_all(scope: TenantScope, changes: Sequence[EnrolmentChange], *, removing: Sequence[WriteItem] = ()) -> set[str]:
    """Write many changes, each whole, in few transactions. Returns the accounts whose state was no longer `before`.

    Accounts of one shard go together, so that it is written again once for many of them and not for each. A single
    change may come with the removal of a user and what belongs to that.
    """
    refused: set[str] = set()
    for group in _groups(changes):
        refused |= _write(scope, group, removing)
    return refused


def _groups(changes: Sequence[EnrolmentChange]) -> Iterator[list[EnrolmentChange]]:
    """As many as a transaction holds, with one item for each shard and one for the index."""
    group: list[EnrolmentChange] = []
    items, shards = 1, set[int]()
    for change in sorted(changes, key=lambda one: enrolment_shard(one.new.ref)):
        index = enrolment_shard(change.new.ref)
        own = 1 + len(change.also) + (change.ended_task is not None)
        more = own + (index not in shards)
        if items + more > LIMIT:
            yield group
            group, items, shards, more = [], 1, set(), own + 1
        group.append(change)
        items += more
        shards.add(index)
    if group:
        yield group


def _write(scope: TenantScope, group: list[EnrolmentChange], more: Sequence[WriteItem]) -> set[str]:
    """Write the group without those whose record has changed, which are returned; a shard that has is read again."""
    refused: set[str] = set()
    for _ in attempts():
        left = {_key(scope, change.new.ref): change for change in group if change.new.ref not in refused}
        if not left:
            return refused
        failed = _commit(scope, left.values(), more)
        if not failed:
            return refused
        refused |= {left[key].new.ref for key in failed if key in left}
        if shard_repo.index_key(scope) in failed:
            shard_repo.build_shards(scope, (one.summary for one in enrolments(scope)))
    raise ConflictError(CHANGED)


def _commit(scope: TenantScope, changes: Iterable[EnrolmentChange], more: Sequence[WriteItem]) -> tuple[Key, ...]:
    """The keys that refused; none where all is written."""
    changes = list(changes)
    try:
        with transaction() as t:
            t.add(*more)
            for change in changes:
                t.add(_record_write(scope, change))
                t.add(*map(Put, change.also))
                task_id = change.ended_task
                # Tested control: undelivered-task-ends
                if task_id:
                    t.add(close_task(scope, kind=INVITATION_UNDELIVERED, task_id=task_id))
            t.add(*shard_repo.shard_writes(scope, [change.new.summary for change in changes]))
    except TransactionRefusedError as error:
        return error.failed
    return ()


def _record_write(scope: TenantScope, change: EnrolmentChange) -> Put:
    condition = EnrolmentRecord.pk.does_not_exist()
    if before := change.before:
        condition = (EnrolmentRecord.invitation_id == before.invitation_id) & (
            EnrolmentRecord.state == before.state.value
        )
    return Put(_record(*_key(scope, change.new.ref), change.new), condition)


@scoped
def drop_due(scope: TenantScope, item: DueItem) -> None:
    """What was due is not wanted any more."""
    with transaction() as t:
        t.add(removed(scope, item))


@scoped
def add_user(scope: TenantScope, user: AccountUser, *, ref: str) -> None:
    """Note that this person may log in for this account; idempotent."""
    pk = tenant_pk(scope, "A", key_part(ref))
    AccountUserRecord(
        pk,
        f"USER#{user.person_id}",
        person_id=user.person_id,
        email=user.email,
        since=user.since,
        era=user.era or None,
        invitation_id=user.invitation_id or None,
    ).save()


@scoped
def change_user_email(scope: TenantScope, user: AccountUser, *, ref: str, email: str, also: Iterable[Record]) -> None:
    """They log in with this one from now on. Raises ConflictError where they are no user of the account any more."""
    model = AccountUserRecord
    record = model(tenant_pk(scope, "A", key_part(ref)), f"USER#{user.person_id}")
    with transaction() as t:
        t.update(record, [model.email.set(email)], model.pk.exists())
        for one in also:
            t.put(one)


def removed_user(scope: TenantScope, user: AccountUser, *, ref: str) -> WriteItem:
    """The removal, for a transaction. Refused where they are none any more."""
    record = AccountUserRecord(tenant_pk(scope, "A", key_part(ref)), f"USER#{user.person_id}")
    return Delete(record, AccountUserRecord.pk.exists())


@scoped
def remove_user(
    scope: TenantScope, user: AccountUser, *, ref: str, also: Iterable[Record], removing: Sequence[WriteItem] = ()
) -> None:
    """They may no longer log in for this account. Raises ConflictError where that is so already."""
    with transaction() as t:
        t.add(removed_user(scope, user, ref=ref), *removing)
        for record in also:
            t.put(record)


@scoped
def users(scope: TenantScope, ref: str) -> list[AccountUser]:
    """Everybody who may log in for this account, or could in an earlier era of it."""
    model = AccountUserRecord
    found = model.query(tenant_pk(scope, "A", key_part(ref)), model.sk.startswith("USER#"), consistent_read=True)
    return [
        AccountUser(record.person_id, record.email, record.since, record.era or "", record.invitation_id or "")
        for record in found
    ]


@scoped
def emails_of_users(scope: TenantScope, users: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The emails of those of these, each the number of an account and a person, who may log in for it; by person."""
    keys = [(tenant_pk(scope, "A", key_part(ref)), f"USER#{person_id}") for ref, person_id in users]
    found = batch_get(AccountUserRecord, keys) if keys else []
    return {record.person_id: record.email for record in found}


def ended_access_record(scope: TenantScope, ended: EndedAccess, *, ref: str, ids: Ids) -> Record:
    """To be written with the end of the access."""
    return EndedAccessRecord(
        tenant_pk(scope, "A", key_part(ref)),
        f"ENDED#{ids.ulid(ended.at)}",
        email=ended.email,
        at=ended.at,
        by=ended.by,
        era=ended.era or None,
    )


@scoped
def ended_access(scope: TenantScope, ref: str) -> list[EndedAccess]:
    """Everybody whose access to this account was ended, in all its eras, the last first."""
    model = EndedAccessRecord
    pk, since = tenant_pk(scope, "A", key_part(ref)), model.sk.startswith("ENDED#")
    found = model.query(pk, since, scan_index_forward=False, consistent_read=True)
    return [EndedAccess(record.email, record.at, record.by, record.era or "") for record in found]


def in_era(scope: TenantScope, ref: str, era: str) -> WriteItem:
    """Requires of a transaction that the account is still in this era. One never invited is in its first."""
    model = EnrolmentRecord
    same = model.era == era if era else model.era.does_not_exist()
    return Check(model, *_key(scope, ref), same)


def _key(scope: TenantScope, ref: str) -> Key:
    return tenant_pk(scope, "PORTAL"), f"A#{key_part(ref)}"


def _record(pk: str, sk: str, new: Enrolment) -> EnrolmentRecord:
    return EnrolmentRecord(
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
        era=new.era or None,
        dismissed_era=new.dismissed_era or None,
        repeats=new.repeats or None,
        campaign=new.campaign or None,
        reminders=new.reminders or None,
        reminded_at=new.reminded_at,
    )


def _enrolment(record: EnrolmentRecord) -> Enrolment:
    return Enrolment(
        ref=record.ref,
        state=State(record.state),
        email=record.email,
        invitation_id=record.invitation_id,
        invited_by=record.invited_by,
        queued_at=record.queued_at,
        invited_at=record.invited_at,
        expires_at=record.expires_at,
        activated_at=record.activated_at,
        era=record.era or "",
        dismissed_era=record.dismissed_era or "",
        repeats=int(record.repeats or 0),
        campaign=record.campaign or "",
        reminders=int(record.reminders or 0),
        reminded_at=record.reminded_at,
    )
