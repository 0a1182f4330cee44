"""Heads and pages in the table, never overwritten, so that what was once read may be remembered; and overlays."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from chalicelib.kernel.gc_pause import gc_paused
from chalicelib.kernel.scopes import CustomerScope, ImportScope, TenantScope
from chalicelib.ledger.codec import decode_documents, decode_head, decode_rows, encode_head
from chalicelib.ledger.layout import Account, run_key
from chalicelib.ledger.model import AccountHead, DocumentEntry, SnapshotExpiredError
from chalicelib.ledger.overlays import NO_MARKS, DisputeMarks, pack_marks, unpack_marks
from chalicelib.ledger.records import HeadRecord, OverlayRecord, PageRecord
from chalicelib.ledger.row import Row
from chalicelib.store.batch import READ_LIMIT, Key, batch_get, batch_get_mixed, batch_write
from chalicelib.store.record import Record, account_pk
from chalicelib.store.roles import scoped
from chalicelib.store.transactions import Put
from chalicelib.store.weighted_cache import WeightedCache

_ROWS_KEPT = 300_000
"""Rows that a process keeps decoded, at some 700 bytes each."""

RUN_PREFIXES = ("HEAD#", "L#", "X#")
"""What the sort keys of an account begin with that end in the run which wrote them, in their order."""

_DISPUTES = "O#DISPUTES"
NOTHING_MORE: Mapping[Key, type[Record]] = MappingProxyType({})

_heads: WeightedCache[AccountHead] = WeightedCache(_ROWS_KEPT // 3, lambda head: len(head.open) + 1)
_pages: WeightedCache[list[Row]] = WeightedCache(_ROWS_KEPT, lambda rows: len(rows) + 1)


@scoped
def stage(scope: ImportScope, accounts: Iterable[Account]) -> None:
    """Write heads and pages. Nobody reads them before their run is published; writing them again changes nothing."""
    batch_write(record for account in accounts for record in records(scope, account))


def records(scope: ImportScope, account: Account) -> list[Record]:
    """The items of an account, for a batch of the caller's."""
    pk, head = account_pk(scope, account.head.facts.account_ref), account.head
    about, open_rows, documents = encode_head(head)
    items: list[Record] = [PageRecord(pk, page.sk, data=page.data) for page in account.pages]
    items.append(HeadRecord(pk, _head_sk(head.run), about=about, open=open_rows, documents=documents))
    return items


@scoped
def read_head(
    scope: TenantScope,
    ref: str,
    *,
    run: int,
    skipped: frozenset[int] = frozenset(),
    generation: int | None = None,
    era: str | None = None,
) -> AccountHead | None:
    """The account as of `run`: its newest head not above that and not of a skipped run. None: no figures yet.

    With `generation` (of the publication that `run` and `skipped` come from) the answer is remembered. A head of
    another era than `era` is none; None takes any. Of a customer it is always their own era that counts.
    """
    found = _head_at(account_pk(scope, ref), run, skipped, generation)
    wanted = scope.eras.get(ref, "") if isinstance(scope, CustomerScope) else era
    # Tested control: rows-of-own-era
    return found if found and wanted in {None, found.era} else None


@scoped
def read_heads(
    scope: TenantScope, runs: Mapping[str, int], *, run: int, skipped: frozenset[int], generation: int
) -> dict[str, AccountHead]:
    """The same of many accounts, each with the run of its newest head where that is known, else 0.

    One round trip for 100 of them, and one more for each whose run is not known.
    """
    keys = {ref: account_pk(scope, ref) for ref in runs}
    wanted = [
        (pk, _head_sk(runs[ref])) for ref, pk in keys.items() if runs[ref] and not _heads.get((pk, run, generation))
    ]
    for record in batch_get(HeadRecord, wanted, consistent=True):
        _heads.put((record.pk, run, generation), _head(record))
    read = {ref: read_head(scope, ref, run=run, skipped=skipped, generation=generation) for ref in keys}
    return {ref: head for ref, head in read.items() if head}


def _head_at(pk: str, run: int, skipped: frozenset[int], generation: int | None) -> AccountHead | None:
    key = None if generation is None else (pk, run, generation)
    if key and (known := _heads.get(key)):
        return known
    found = _newest_head(pk, run, skipped)
    if found and key:
        _heads.put(key, found)
    return found


def _newest_head(pk: str, run: int, skipped: frozenset[int]) -> AccountHead | None:
    # Pages of one item: a head below the newest is read only where the newest is a skipped run's.
    # Tested control: newest-head-below-published
    backwards = HeadRecord.query(
        pk,
        HeadRecord.sk.between("HEAD#", _head_sk(run)),
        scan_index_forward=False,
        consistent_read=True,
        page_size=1,
    )
    for record in backwards:
        if int(record.sk.rpartition("#")[2]) not in skipped:
            return _head(record)
    return None


def _head_sk(run: int) -> str:
    return f"HEAD#{run_key(run)}"


def _head(record: HeadRecord) -> AccountHead:
    return decode_head(record.about, record.open, record.documents)


@scoped
def read_pages(scope: TenantScope, ref: str, names: Sequence[str]) -> list[Row]:
    """The rows of these pages (sort keys), in that order. A round trip for 100 pages. Raises SnapshotExpiredError."""
    pk = account_pk(scope, ref)
    known = {name: _pages.get((pk, name)) for name in names}
    missing = [name for name, rows in known.items() if rows is None]
    loaded = _load(pk, missing)
    with gc_paused():  # 100,000 rows: 0.3 s of decoding, not 0.7
        for name, data in loaded.items():
            rows = known[name] = decode_rows(data)
            if not isinstance(scope, ImportScope):  # an import reads a page once, and it reads many
                _pages.put((pk, name), rows)
    return [row for name in names for row in known[name] or ()]


@scoped
def read_documents(scope: TenantScope, head: AccountHead) -> tuple[DocumentEntry, ...]:
    """All documents of the account. Raises SnapshotExpiredError."""
    if not head.document_pages:
        return head.documents
    loaded = _load(account_pk(scope, head.facts.account_ref), head.document_pages)
    return tuple(entry for name in head.document_pages for entry in decode_documents(loaded[name]))


def _load(pk: str, names: Sequence[str]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for consistent in (False, True):
        wanted = [(pk, name) for name in names if name not in found]
        if wanted:
            found |= {page.sk: page.data for page in batch_get(PageRecord, wanted, consistent=consistent)}
    if len(found) < len(set(names)):
        raise SnapshotExpiredError
    return found


@scoped
def read_dispute_marks(scope: TenantScope, ref: str, *, pages: Sequence[str] = ()) -> DisputeMarks:
    """The account's rows in dispute, as of now. `pages` are those that will be asked for: no round trip of their own.

    Raises NotFoundError for another's account.
    """
    return read_marks(scope, ref, pages=pages)[0]


@scoped
def read_marks(
    scope: TenantScope, ref: str, *, pages: Sequence[str] = (), more: Mapping[Key, type[Record]] = NOTHING_MORE
) -> tuple[DisputeMarks, dict[Key, Record]]:
    """The same, and with it those of the few items `more` that there are."""
    pk = account_pk(scope, ref)
    key = (pk, _DISPUTES)
    missing = [name for name in dict.fromkeys(pages) if _pages.get((pk, name)) is None][: READ_LIMIT - 1 - len(more)]
    if not missing and not more:
        return _marks(OverlayRecord.find(*key, consistent=True)), {}
    found = batch_get_mixed({key: OverlayRecord, **more, **{(pk, name): PageRecord for name in missing}})
    _keep_pages(found)
    return _marks(found.pop(key, None)), found


@scoped
def read_marks_of_many(scope: TenantScope, pages: Mapping[str, Sequence[str]]) -> dict[str, DisputeMarks]:
    """The same of many accounts, by number, with the pages of each: one round trip for 100 items."""
    marks = {ref: (account_pk(scope, ref), _DISPUTES) for ref in pages}
    wanted: dict[Key, type[Record]] = dict.fromkeys(marks.values(), OverlayRecord)
    for ref, names in pages.items():
        pk = account_pk(scope, ref)
        wanted |= {(pk, name): PageRecord for name in names if _pages.get((pk, name)) is None}
    found: dict[Key, Record] = {}
    for at in range(0, len(wanted), READ_LIMIT):
        found |= batch_get_mixed(dict(list(wanted.items())[at : at + READ_LIMIT]))
    _keep_pages(found)
    return {ref: _marks(found.get(key)) for ref, key in marks.items()}


def _keep_pages(found: Mapping[Key, Record]) -> None:
    with gc_paused():
        for key, record in found.items():
            if isinstance(record, PageRecord):
                _pages.put(key, decode_rows(record.data))


def dispute_marks(scope: TenantScope, ref: str, marks: DisputeMarks) -> Put:
    """The item of a transaction that stores them, refused where they are not what `marks` was made from."""
    record = OverlayRecord(account_pk(scope, ref), _DISPUTES, data=pack_marks(marks.by_row), version=marks.version + 1)
    unchanged = OverlayRecord.version == marks.version if marks.version else OverlayRecord.pk.does_not_exist()
    return Put(record, unchanged)


def _marks(record: Record | None) -> DisputeMarks:
    if not isinstance(record, OverlayRecord):
        return NO_MARKS
    return DisputeMarks(unpack_marks(record.data), int(record.version))


@dataclass(frozen=True, slots=True)
class Superseded:
    """Keys that only superseded heads name: their own keys, those of pages, and documents.

    A document is known by its account, its id and the run that stored it.
    """

    heads: tuple[Key, ...]
    pages: tuple[Key, ...]
    documents: frozenset[tuple[str, str, int]]


@scoped
def superseded(scope: ImportScope, before: Mapping[str, int], run: int) -> Superseded:
    """What the heads of `run` have replaced; `before` has for each account the run of the head it was built on.

    Nothing for an account of which `run` has no head. Only for a run that is published and can no longer be undone:
    every later head is built on its, so no other head names these pages again.
    """
    refs = {account_pk(scope, ref): (ref, old) for ref, old in before.items()}
    wanted = [(pk, _head_sk(of)) for pk, (_, old) in refs.items() for of in (old, run)]
    found = {(one.pk, one.sk): _head(one) for one in batch_get(HeadRecord, wanted, consistent=True)}
    heads: list[Key] = []
    pages: list[Key] = []
    documents: set[tuple[str, str, int]] = set()
    for pk, (ref, old) in refs.items():
        before_head, now = found.get((pk, _head_sk(old))), found.get((pk, _head_sk(run)))
        if before_head is None or now is None:
            continue
        heads.append((pk, _head_sk(old)))
        # Tested control: superseded-keeps-shared-pages
        pages += [(pk, sk) for sk in sorted(before_head.page_keys - now.page_keys)]
        documents |= {(ref, *one) for one in _replaced_documents(scope, before_head, now)}
    return Superseded(tuple(heads), tuple(pages), frozenset(documents))


def _replaced_documents(scope: ImportScope, before_head: AccountHead, now: AccountHead) -> set[tuple[str, int]]:
    if before_head.document_pages and before_head.document_pages == now.document_pages:
        return set()
    named = {(entry.id, entry.run) for entry in read_documents(scope, now)}
    try:
        # Tested control: replaced-documents-kept
        return {(entry.id, entry.run) for entry in read_documents(scope, before_head)} - named
    except SnapshotExpiredError:  # an earlier sweep deleted its documents and then its pages, but not yet the head
        return set()


@scoped
def delete_superseded(scope: ImportScope, gone: Superseded) -> None:  # noqa: ARG001
    """Delete pages, and then the heads that name them: what a sweep leaves half done, the next one finds."""
    batch_write([], gone.pages)
    batch_write([], gone.heads)


@scoped
def run_keys(scope: ImportScope, ref: str, run: int) -> list[Key]:
    """The keys of all that `run` wrote of the account, in one query."""
    pk, first, last = account_pk(scope, ref), RUN_PREFIXES[0], RUN_PREFIXES[-1]
    found = Record.query(
        pk,
        Record.sk.between(first, f"{last}~"),
        attributes_to_get=["pk", "sk"],
        consistent_read=True,
    )
    return [(pk, one.sk) for one in found if one.sk.startswith(RUN_PREFIXES) and one.sk.endswith(f"#{run_key(run)}")]


@scoped
def delete(scope: ImportScope, keys: Iterable[Key]) -> None:  # noqa: ARG001
    """Delete heads and pages. Only of runs that nobody can read."""
    batch_write([], keys)


def pages_remembered() -> int:
    """How many pages this process keeps decoded, for measurements."""
    return len(_pages)


def forget() -> None:
    """Empty the process's memory, for measurements."""
    _heads.clear()
    _pages.clear()
