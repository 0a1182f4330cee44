"""Threads of an account, in the table. Every function raises NotFoundError for another's account."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace

from pynamodb.expressions.condition import Condition

from chalicelib.alerts.conversations import repo as conversations
from chalicelib.alerts.conversations.repo import Head
from chalicelib.kernel.errors import ConflictError
from chalicelib.kernel.ids import moment_of
from chalicelib.kernel.scopes import DealerScope, TenantScope
from chalicelib.messages.model import OF_STAFF, About, Entry, EntryKind, ReadMark, Side, Thread
from chalicelib.messages.recipients.model import recipient_of
from chalicelib.messages.records import EntryRecord, ListedThreadRecord, ReadRecord, ThreadRecord
from chalicelib.store.batch import Key, batch_get
from chalicelib.store.record import Record, account_pk, tenant_pk
from chalicelib.store.roles import scoped
from chalicelib.store.transactions import Delete, Put, WriteItem, transaction

MAX_READ = 200
"""Threads of an account that a list reads, the newest."""
_OF_STAFF = sorted(one.value for one in OF_STAFF)


@scoped
def threads(scope: TenantScope, ref: str, *, before: str = "", limit: int = 0) -> list[Thread]:
    """The account's newest threads, of every era, newest first: those begun before the one of id `before`.

    They are MAX_READ unless `limit` says less.
    """
    model = ThreadRecord
    found = model.query(
        account_pk(scope, ref),
        model.sk.between("THREAD#", f"THREAD#{before}") if before else model.sk.startswith("THREAD#"),
        scan_index_forward=False,
        limit=(limit or MAX_READ) + bool(before),
        consistent_read=True,
    )
    return [_thread(record, ref) for record in found if record.sk != f"THREAD#{before}"]


@scoped
def open_threads(scope: TenantScope, ref: str) -> list[Thread]:
    """All that are open, oldest first, however many were begun since: for the one time when another has the account."""
    model = ThreadRecord
    found = model.query(
        account_pk(scope, ref),
        model.sk.startswith("THREAD#"),
        model.is_open == True,  # noqa: E712 - it builds a condition
        consistent_read=True,
    )
    return [_thread(record, ref) for record in found]


@scoped
def thread(scope: TenantScope, ref: str, thread_id: str) -> Thread | None:
    """One thread as it is now."""
    record = ThreadRecord.find(account_pk(scope, ref), f"THREAD#{thread_id}", consistent=True)
    return _thread(record, ref) if record else None


@scoped
def entries(scope: TenantScope, ref: str, thread_id: str) -> list[Entry]:
    """All entries of a thread, oldest first; what is the staff's own for them alone."""
    model = EntryRecord
    # Tested control: notes-for-staff-alone
    hidden: Condition | None = None if isinstance(scope, DealerScope) else ~model.kind.is_in(*_OF_STAFF)
    found = model.query(account_pk(scope, ref), model.sk.startswith(f"MSG#{thread_id}#"), hidden, consistent_read=True)
    return list(map(_entry, found))


@scoped
def entry(scope: TenantScope, ref: str, thread_id: str, entry_id: str) -> Entry | None:
    """One entry; what is the staff's own for them alone."""
    record = EntryRecord.find(account_pk(scope, ref), f"MSG#{thread_id}#{entry_id}", consistent=True)
    found = _entry(record) if record else None
    is_hidden = found is not None and found.kind in OF_STAFF and not isinstance(scope, DealerScope)
    return None if is_hidden else found


@scoped
def read_marks(scope: TenantScope, ref: str, thread_id: str) -> dict[str, ReadMark]:
    """By person how far each has read a thread."""
    prefix = f"READ#{thread_id}#"
    found = ReadRecord.query(account_pk(scope, ref), ReadRecord.sk.startswith(prefix), consistent_read=True)
    return {record.sk.removeprefix(prefix): ReadMark(record.up_to, record.at, Side(record.side)) for record in found}


@scoped
def open_keys(scope: DealerScope, *, before: str, limit: int) -> list[tuple[str, str]]:
    """Account and id of threads of the dealer that are open, the newest begun first, from `before` on."""
    return _listed_keys(_open_pk(scope), before, limit)


@scoped
def closed_in(scope: DealerScope, year: int, *, before: str, limit: int) -> list[tuple[str, str]]:
    """The same of those that were begun in a year (UTC) and are closed, from `before` on."""
    return _listed_keys(_closed_pk(scope, year), before, limit)


@scoped
def threads_at(scope: TenantScope, keys: Iterable[tuple[str, str]]) -> list[Thread]:
    """The threads at these accounts and ids, in that order."""
    refs = {(account_pk(scope, ref), f"THREAD#{thread_id}"): ref for ref, thread_id in keys}
    return (
        [_thread(one, refs[one.pk, one.sk]) for one in batch_get(ThreadRecord, refs, consistent=True)] if refs else []
    )


@scoped
def marks_at(scope: TenantScope, keys: Iterable[tuple[str, str]], *, person_id: str) -> dict[str, str]:
    """By thread, at these accounts and ids, up to which entry a person has read it."""
    wanted = {_read_key(scope, ref, one, person_id): one for ref, one in keys}
    return {wanted[record.pk, record.sk]: record.up_to for record in batch_get(ReadRecord, wanted)} if wanted else {}


@scoped
def marks_of(scope: TenantScope, ref: str, thread_ids: Sequence[str], *, person_id: str) -> dict[str, str]:
    """By thread up to which entry a person has read it. No round trip without threads."""
    keys = {_read_key(scope, ref, one, person_id): one for one in thread_ids}
    return {keys[record.pk, record.sk]: record.up_to for record in batch_get(ReadRecord, keys)} if keys else {}


@scoped
def mark_read(scope: TenantScope, ref: str, thread_id: str, *, person_id: str, mark: ReadMark) -> None:
    """A person has read it so far. Nothing changes where they had read further."""
    with suppress(ConflictError):
        _read(scope, ref, thread_id, person_id, mark).save(
            ReadRecord.pk.does_not_exist() | (ReadRecord.up_to < mark.up_to)
        )
    if mark.side is Side.CUSTOMER:
        conversations.note_read(scope, ref, thread_id, person_id=person_id, up_to=mark.up_to)


@scoped
def put(scope: TenantScope, new: Thread, said: Entry, *, provided: Iterable[WriteItem], also: Iterable[Record]) -> None:
    """Write a new thread with its first entry. Raises TransactionRefusedError where `provided` does not hold."""
    with transaction() as t:
        t.put(_record(scope, new))
        t.add(*_written(scope, new, said), *provided, *map(Put, also))


@scoped
def change(
    scope: TenantScope,
    after: Thread,
    said: Entry | None = None,
    *,
    writes: Iterable[WriteItem] = (),
    also: Iterable[Record] = (),
) -> Thread:
    """Put `after` in place of the version that it was made from, with the entry that it grew by; what is stored then.

    Raises TransactionRefusedError where anything changed since it was read.
    """
    stored = replace(after, version=after.version + 1)
    with transaction() as t:
        # Tested control: thread-of-one-version
        t.put(_record(scope, stored), ThreadRecord.version == after.version)
        t.add(*(_written(scope, stored, said) if said else ()), *writes, *map(Put, also))
    return stored


def _written(scope: TenantScope, thread: Thread, said: Entry) -> list[WriteItem]:
    """The entry, and that its writer has read so far."""
    ref, thread_id = thread.account_ref, thread.thread_id
    record = EntryRecord(
        account_pk(scope, ref),
        f"MSG#{thread_id}#{said.entry_id}",
        kind=said.kind.value,
        side=said.side.value,
        person_id=said.person_id,
        at=said.at,
        text=said.text or None,
        file_id=said.file_id or None,
        size=said.size or None,
    )
    if said.kind in OF_STAFF:
        return [Put(record)]
    mark = ReadMark(said.entry_id, said.at, said.side)
    shown = Head(said.entry_id, said.person_id, thread.era, thread.areas)
    head = conversations.put_head(scope, ref, thread_id, shown)
    return [Put(record), Put(_read(scope, ref, thread_id, said.person_id, mark)), head, *_listed(scope, thread)]


def _listed(scope: TenantScope, thread: Thread) -> list[WriteItem]:
    """Its place in the dealer's list: among those that are open, or the closed ones of its year."""
    places = [_open_pk(scope), _closed_pk(scope, moment_of(thread.thread_id).year)]
    there, gone = places if thread.is_open else reversed(places)
    record = ListedThreadRecord(there, thread.thread_id, account_ref=thread.account_ref)
    return [Put(record), Delete(ListedThreadRecord(gone, thread.thread_id))]


def _listed_keys(pk: str, before: str, limit: int) -> list[tuple[str, str]]:
    condition = ListedThreadRecord.sk < before if before else None
    found = ListedThreadRecord.query(pk, condition, scan_index_forward=False, consistent_read=True, limit=limit)
    return [(one.account_ref, one.sk) for one in found]


def _open_pk(scope: TenantScope) -> str:
    return tenant_pk(scope, "THREADS")


def _closed_pk(scope: TenantScope, year: int) -> str:
    return tenant_pk(scope, "J", "THREADS", str(year))


def _read(scope: TenantScope, ref: str, thread_id: str, person_id: str, mark: ReadMark) -> ReadRecord:
    key = _read_key(scope, ref, thread_id, person_id)
    return ReadRecord(*key, up_to=mark.up_to, at=mark.at, side=mark.side.value)


def _read_key(scope: TenantScope, ref: str, thread_id: str, person_id: str) -> Key:
    return account_pk(scope, ref), f"READ#{thread_id}#{person_id}"


def _record(scope: TenantScope, thread: Thread) -> ThreadRecord:
    return ThreadRecord(
        account_pk(scope, thread.account_ref),
        f"THREAD#{thread.thread_id}",
        era=thread.era or None,
        subject=thread.subject,
        begun_by=thread.begun_by,
        begun_at=thread.begun_at,
        account_name=thread.account_name or None,
        depot=thread.depot,
        about=list(thread.about) if thread.about else None,
        is_open=thread.is_open,
        waits=thread.waits,
        number=thread.number,
        newest_id=thread.newest_id,
        shown_id=thread.shown_id,
        shown_at=thread.shown_at,
        shown_side=thread.shown_side.value,
        writers=list(thread.writers),
        mailed_at=thread.mailed_at,
        assigned_to=thread.assigned_to,
        to=thread.to.value if thread.to else None,
        version=thread.version,
    )


def _thread(record: ThreadRecord, ref: str) -> Thread:
    return Thread(
        thread_id=record.sk.removeprefix("THREAD#"),
        account_ref=ref,
        era=record.era or "",
        subject=record.subject,
        begun_by=record.begun_by,
        begun_at=record.begun_at,
        account_name=record.account_name or "",
        depot=record.depot,
        about=About(*record.about) if record.about else None,
        is_open=bool(record.is_open),
        waits=bool(record.waits),
        number=int(record.number),
        newest_id=record.newest_id,
        shown_id=record.shown_id,
        shown_at=record.shown_at,
        shown_side=Side(record.shown_side),
        writers=tuple(record.writers),
        mailed_at=record.mailed_at,
        assigned_to=record.assigned_to,
        to=recipient_of(record.to or ""),
        version=int(record.version),
    )


def _entry(record: EntryRecord) -> Entry:
    return Entry(
        entry_id=record.sk.rpartition("#")[2],
        kind=EntryKind(record.kind),
        side=Side(record.side),
        person_id=record.person_id,
        at=record.at,
        text=record.text or "",
        file_id=record.file_id or "",
        size=int(record.size or 0),
    )
