"""Heads and pages in the table. Nothing here is ever overwritten, so what was once read may be remembered."""

from collections.abc import Iterable, Iterator, Sequence

from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.gc_pause import gc_paused
from chalicelib.kernel.keys import key_part
from chalicelib.kernel.scopes import CustomerScope, ImportScope, TenantScope
from chalicelib.ledger.cache import WeightedCache
from chalicelib.ledger.codec import decode_documents, decode_head, decode_rows, encode_head
from chalicelib.ledger.layout import Account, run_key
from chalicelib.ledger.model import AccountHead, DocumentEntry, Row, SweptError
from chalicelib.ledger.records import HeadRecord, PageRecord
from chalicelib.store.batch import batch_get, batch_write
from chalicelib.store.record import Record, tenant_pk
from chalicelib.store.roles import scoped

_ROWS_KEPT = 300_000
"""Rows that a process keeps decoded, at some 700 bytes each."""

_heads: WeightedCache[AccountHead] = WeightedCache(_ROWS_KEPT // 3)
_pages: WeightedCache[list[Row]] = WeightedCache(_ROWS_KEPT)


def account_pk(scope: TenantScope, ref: str) -> str:
    """The account's partition. Raises NotFoundError for an account that a customer does not act for."""
    if isinstance(scope, CustomerScope) and ref not in scope.account_refs:
        raise NotFoundError
    return tenant_pk(scope, "A", key_part(ref))


@scoped
def stage(scope: ImportScope, accounts: Iterable[Account]) -> None:
    """Write heads and pages. Nobody reads them before their run is published; writing them again changes nothing."""
    batch_write(record for account in accounts for record in records(scope, account))


def records(scope: ImportScope, account: Account) -> list[Record]:
    """The items of an account, for a batch of the caller's."""
    pk, head = account_pk(scope, account.head.facts.account_ref), account.head
    about, open_rows, documents = encode_head(head)
    items: list[Record] = [PageRecord(pk, page.sk, data=page.data) for page in account.pages]
    items.append(HeadRecord(pk, f"HEAD#{run_key(head.run)}", about=about, open=open_rows, documents=documents))
    return items


@scoped
def read_head(
    scope: TenantScope, ref: str, *, run: int, skipped: frozenset[int] = frozenset(), generation: int | None = None
) -> AccountHead | None:
    """The account as it stood at `run`: its newest head not above that and not of a skipped run. None: no figures yet.

    With `generation` (of the publication that `run` and `skipped` come from) the answer is remembered.
    """
    pk = account_pk(scope, ref)
    key = None if generation is None else (pk, run, generation)
    if key and (known := _heads.get(key)):
        return known
    found = _newest_head(pk, run, skipped)
    if found and key:
        _heads.put(key, found, weight=len(found.open) + 1)
    return found


def _newest_head(pk: str, run: int, skipped: frozenset[int]) -> AccountHead | None:
    # Pages of one item: a head below the newest is read only where the newest is a skipped run's.
    backwards = HeadRecord.query(
        pk,
        HeadRecord.sk.between("HEAD#", f"HEAD#{run_key(run)}"),
        scan_index_forward=False,
        consistent_read=True,
        page_size=1,
    )
    for record in backwards:
        if int(record.sk.rpartition("#")[2]) not in skipped:
            return decode_head(record.about, record.open, record.documents)
    return None


@scoped
def read_pages(scope: TenantScope, ref: str, names: Sequence[str]) -> list[Row]:
    """The rows of these pages (sort keys), in that order. One round trip for up to 100 pages. Raises SweptError."""
    pk = account_pk(scope, ref)
    known = {name: _pages.get((pk, name)) for name in names}
    missing = [name for name, rows in known.items() if rows is None]
    loaded = _load(pk, missing)
    with gc_paused():  # 100,000 rows: 0.3 s of decoding, not 0.7
        for name, data in loaded.items():
            rows = known[name] = decode_rows(data)
            if not isinstance(scope, ImportScope):  # an import reads a page once, and it reads many
                _pages.put((pk, name), rows, weight=len(rows) + 1)
    return [row for name in names for row in known[name] or ()]


@scoped
def read_documents(scope: TenantScope, head: AccountHead) -> tuple[DocumentEntry, ...]:
    """All documents of the account. Raises SweptError."""
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
        raise SweptError
    return found


@scoped
def sweep(scope: ImportScope, ref: str, run: int) -> int:
    """Delete every head and page of the account that `run` wrote; how many. Only for runs that nobody can read."""
    keys = [key for key in _keys(account_pk(scope, ref)) if _run_of(key) == run]
    batch_write([], keys)
    return len(keys)


@scoped
def sweep_older(scope: ImportScope, ref: str, run: int) -> int:
    """Delete what runs before `run` wrote of the account, if `run` has a head of it; how many.

    Only for a run that is published and can no longer be undone.
    """
    keys = list(_keys(account_pk(scope, ref)))
    if not any(_run_of(key) == run and key[1].startswith("HEAD#") for key in keys):
        return 0
    older = [key for key in keys if _run_of(key) < run]
    batch_write([], older)
    return len(older)


@scoped
def superseded_documents(scope: ImportScope, ref: str, run: int) -> set[tuple[str, int]]:
    """Documents, by id and the run that stored them, that only heads before `run` name, if `run` has a head."""
    before: set[tuple[str, int]] = set()
    since: set[tuple[str, int]] = set()
    has_head = False
    for record in HeadRecord.query(account_pk(scope, ref), HeadRecord.sk.startswith("HEAD#"), consistent_read=True):
        head = decode_head(record.about, record.open, record.documents)
        has_head |= head.run == run
        named = before if head.run < run else since
        try:
            named |= {(entry.id, entry.run) for entry in read_documents(scope, head)}
        except SweptError:  # of one that is half deleted; of one that somebody reads it is a defect
            if head.run >= run:
                raise
    return before - since if has_head else set()


def _keys(pk: str) -> Iterator[tuple[str, str]]:
    """The keys of all heads and pages of an account."""
    for prefix, model in (("HEAD#", HeadRecord), ("L#", PageRecord)):
        found = model.query(pk, model.sk.startswith(prefix), attributes_to_get=["pk", "sk"], consistent_read=True)
        yield from ((record.pk, record.sk) for record in found)


def _run_of(key: tuple[str, str]) -> int:
    return int(key[1].rpartition("#")[2])


def pages_remembered() -> int:
    """How many pages this process keeps decoded, for measurements."""
    return len(_pages)


def forget() -> None:
    """Empty the process's memory, for measurements."""
    global _heads, _pages
    _heads, _pages = WeightedCache(_ROWS_KEPT // 3), WeightedCache(_ROWS_KEPT)
