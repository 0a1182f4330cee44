"""An account's rows laid out as its head and pages, ready to be stored. Pure; the same rows give the same bytes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby, islice

from chalicelib.customers.model import AccountFacts
from chalicelib.ledger.codec import encode_rows, pack, to_row
from chalicelib.ledger.model import AccountHead, DocumentEntry, PageRef, Transaction
from chalicelib.ledger.row import Row, TransactionType, newest_first

OPEN_BYTES = 100_000
"""Open rows that compress to more than this leave the head: a first screen should cost a few read units."""
MAX_UNMEASURED_ROWS = 30
"""So many rows stay below OPEN_BYTES whatever texts they hold; most accounts have no more."""
PAGE_BYTES = 300_000
"""No page is larger: an item holds 400 KB, and a wide margin costs nothing."""
DOCUMENT_BYTES = 50_000


@dataclass(frozen=True, slots=True)
class Page:
    """A page to store: its sort key and its bytes."""

    sk: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Stored:
    """An account as an earlier run left it. Its pages are kept where what they hold has not changed."""

    head: AccountHead
    rows: Sequence[Row]
    documents: Sequence[DocumentEntry]


@dataclass(frozen=True, slots=True)
class Account:
    """A whole account to store: the head and every page it names that is not there already."""

    head: AccountHead
    pages: tuple[Page, ...]


def run_key(run: int) -> str:
    """A run in a sort key: ten digits, so that keys sort as runs do."""
    return f"{run:010d}"


def build_account(
    *,
    facts: AccountFacts,
    transactions: Iterable[Transaction],
    run: int,
    as_at: date,
    digest: str = "",
    documents: Sequence[DocumentEntry] = (),
    archived: bool = False,
) -> Account:
    """Lay out an account of any size. `facts.balance` is the export's own; the head's is the sum of the rows."""
    rows = sorted(map(to_row, transactions), key=newest_first, reverse=True)
    return build_from_rows(
        facts=facts, rows=rows, run=run, as_at=as_at, digest=digest, documents=documents, archived=archived
    )


def build_from_rows(
    *,
    facts: AccountFacts,
    rows: Sequence[Row],
    run: int,
    as_at: date,
    digest: str = "",
    documents: Sequence[DocumentEntry] = (),
    archived: bool = False,
    before: Stored | None = None,
) -> Account:
    """As `build_account`, of rows already in stored form and order. What is as `before` names the earlier pages.

    The account stays in the era of `before`.
    """
    stored = _stored_pages(before) if before else {}
    open_rows = tuple(row for row in rows if row.outstanding)
    open_refs, open_pages = _open(open_rows, run, stored)
    settled_refs, settled_pages = _settled([row for row in rows if not row.outstanding], run, stored)
    document_refs, document_pages = _documents(documents, run, before)
    balance = sum(row.outstanding for row in open_rows)
    kinds = {row.type for row in rows}
    head = AccountHead(
        facts=facts,
        run=run,
        as_at=as_at,
        balance=balance,
        dms_balance=facts.balance,
        digest=digest,
        pages=(*open_refs, *settled_refs),
        types=tuple(kind for kind in TransactionType if kind in kinds),
        open_count=len(open_rows),
        document_pages=document_refs,
        archived=archived,
        out_of_balance=balance != facts.balance,
        era=before.head.era if before else "",
        open=() if open_refs else open_rows,
        documents=() if document_refs else tuple(documents),
    )
    return Account(head, (*open_pages, *settled_pages, *document_pages))


def begin_era(account: Account, era: str) -> Account:
    """The account as the first of an era: its number is somebody else's now (`customers.eras`).

    Raises ValueError for one that was built on an earlier head: it names pages that hold other rows.
    """
    head = account.head
    # Tested control: era-begins-afresh
    if not all(sk.endswith(f"#{run_key(head.run)}") for sk in head.page_keys):
        raise ValueError(f"account {head.account_ref} names pages from before its era")
    return replace(account, head=replace(head, era=era))


Chunk = tuple[Sequence[Row], bytes]
Laid = tuple[list[PageRef], list[Page]]
"""The pages that hold some rows, and those of them that are to be written."""
StoredPages = Mapping[int | None, tuple[list[PageRef], list[Row]]]
"""By year (None: open rows) the pages there are and all the rows in them."""


def _stored_pages(before: Stored) -> StoredPages:
    """Rows are newest first, and so are the pages of either kind: counting tells them apart."""
    opened = (row for row in before.rows if row.outstanding)
    settled = (row for row in before.rows if not row.outstanding)
    out: dict[int | None, tuple[list[PageRef], list[Row]]] = {}
    for year, group in groupby(before.head.pages, key=lambda page: page.year):
        pages = list(group)
        rows = opened if year is None else settled
        out[year] = pages, list(islice(rows, sum(page.rows for page in pages)))
    return out


def _open(rows: Sequence[Row], run: int, stored: StoredPages) -> Laid:
    pages, held = stored.get(None, ([], []))
    if pages and held == list(rows):
        return pages, []
    laid = [_page(f"OPEN#{n:02d}", None, chunk, run) for n, chunk in enumerate(_open_chunks(rows))]
    return [ref for ref, _ in laid], [page for _, page in laid]


def _settled(rows: Sequence[Row], run: int, stored: StoredPages) -> Laid:
    refs: list[PageRef] = []
    written: list[Page] = []
    for year, group in groupby(rows, key=lambda row: int(row.transaction_date[:4])):
        of_year = list(group)
        pages, held = stored.get(year, ([], []))
        if held == of_year:
            refs += pages
            continue
        for name, chunk in _chunks_of(year, of_year):
            ref, page = _page(name, year, chunk, run)
            refs.append(ref)
            written.append(page)
    return refs, written


def _open_chunks(rows: Sequence[Row]) -> list[Chunk]:
    whole = encode_rows(rows) if len(rows) > MAX_UNMEASURED_ROWS else b""
    return _split(rows, whole) if len(whole) > OPEN_BYTES else []


def _chunks_of(year: int, rows: Sequence[Row]) -> Iterable[tuple[str, Chunk]]:
    chunks = _split(rows, encode_rows(rows))
    for n, chunk in enumerate(chunks):
        yield f"{year:04d}" if len(chunks) == 1 else f"{year:04d}#{n:02d}", chunk


def _split(rows: Sequence[Row], whole: bytes) -> list[Chunk]:
    """Contiguous chunks whose bytes stay within PAGE_BYTES, as even as a first guess makes them."""
    if len(whole) <= PAGE_BYTES or len(rows) == 1:
        return [(rows, whole)]
    parts = len(whole) // PAGE_BYTES + 1
    size = -(-len(rows) // parts)
    chunks = [rows[at : at + size] for at in range(0, len(rows), size)]
    return [chunk for part in chunks for chunk in _split(part, encode_rows(part))]


def _page(name: str, year: int | None, chunk: Chunk, run: int) -> tuple[PageRef, Page]:
    rows, data = chunk
    sk = f"L#{name}#{run_key(run)}"
    ref = PageRef(
        sk=sk,
        year=year,
        rows=len(rows),
        outstanding=sum(row.outstanding for row in rows),
        total=sum(row.total for row in rows),
        newest=rows[0].transaction_date,
        oldest=rows[-1].transaction_date,
    )
    return ref, Page(sk, data)


def _documents(
    documents: Sequence[DocumentEntry], run: int, before: Stored | None
) -> tuple[tuple[str, ...], list[Page]]:
    if before and before.head.document_pages and tuple(before.documents) == tuple(documents):
        return before.head.document_pages, []
    pages = _document_pages(documents, run)
    return tuple(page.sk for page in pages), pages


def _document_pages(documents: Sequence[DocumentEntry], run: int) -> list[Page]:
    whole = pack(documents) if documents else b""
    if len(whole) <= DOCUMENT_BYTES:
        return []
    size = max(1, len(documents) * PAGE_BYTES // (2 * len(whole)))
    chunks = [documents[at : at + size] for at in range(0, len(documents), size)]
    return [Page(f"L#DOCUMENTS#{n:02d}#{run_key(run)}", pack(chunk)) for n, chunk in enumerate(chunks)]
