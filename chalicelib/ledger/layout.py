"""An account's rows laid out as its head and pages, ready to be stored. Pure; the same rows give the same bytes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from chalicelib.customers.model import AccountFacts
from chalicelib.ledger.codec import encode_rows, pack, to_row
from chalicelib.ledger.model import AccountHead, DocumentEntry, PageRef, Row, Transaction, TransactionType, newest_first

OPEN_BYTES = 100_000
"""Open rows that compress to more than this leave the head: a first screen should cost a few read units."""
FEW_OPEN = 30
"""Rows that no texts they may hold make so many bytes; most accounts have no more."""
PAGE_BYTES = 300_000
"""No page is larger: an item holds 400 KB, and a wide margin costs nothing."""
DOCUMENT_BYTES = 50_000


@dataclass(frozen=True, slots=True)
class Page:
    """A page to store: its sort key and its bytes."""

    sk: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Account:
    """A whole account to store: the head and every page it names."""

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
) -> Account:
    """As `build_account`, of rows already in stored form and order: for an account of which only facts change."""
    open_rows = tuple(row for row in rows if row.outstanding)
    open_chunks = _open_chunks(open_rows)
    open_pages = [_page(f"OPEN#{n:02d}", None, chunk, run) for n, chunk in enumerate(open_chunks)]
    settled_pages = [
        _page(name, year, chunk, run) for name, year, chunk in _years([row for row in rows if not row.outstanding])
    ]
    document_pages = _document_pages(documents, run)
    balance = sum(row.outstanding for row in open_rows)
    kinds = {row.type for row in rows}
    head = AccountHead(
        facts=facts,
        run=run,
        as_at=as_at,
        balance=balance,
        dms_balance=facts.balance,
        digest=digest,
        pages=tuple(ref for ref, _ in (*open_pages, *settled_pages)),
        types=tuple(kind for kind in TransactionType if kind in kinds),
        open_count=len(open_rows),
        document_pages=tuple(page.sk for page in document_pages),
        archived=archived,
        out_of_balance=balance != facts.balance,
        open=() if open_pages else open_rows,
        documents=() if document_pages else tuple(documents),
    )
    return Account(head, (*(page for _, page in (*open_pages, *settled_pages)), *document_pages))


Chunk = tuple[Sequence[Row], bytes]


def _open_chunks(rows: Sequence[Row]) -> list[Chunk]:
    whole = encode_rows(rows) if len(rows) > FEW_OPEN else b""
    return _split(rows, whole) if len(whole) > OPEN_BYTES else []


def _years(rows: Sequence[Row]) -> Iterable[tuple[str, int, Chunk]]:
    for year, group in groupby(rows, key=lambda row: row.transaction_date[:4]):
        of_year = list(group)
        chunks = _split(of_year, encode_rows(of_year))
        for n, chunk in enumerate(chunks):
            yield (year if len(chunks) == 1 else f"{year}#{n:02d}"), int(year), chunk


def _split(rows: Sequence[Row], whole: bytes) -> list[Chunk]:
    """Contiguous chunks whose bytes stay within PAGE_BYTES, as even as a first guess makes them."""
    if len(whole) <= PAGE_BYTES or len(rows) == 1:
        return [(rows, whole)]
    parts = len(whole) // PAGE_BYTES + 1
    size = -(-len(rows) // parts)
    pieces = [rows[at : at + size] for at in range(0, len(rows), size)]
    return [chunk for piece in pieces for chunk in _split(piece, encode_rows(piece))]


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


def _document_pages(documents: Sequence[DocumentEntry], run: int) -> list[Page]:
    whole = pack(documents) if documents else b""
    if len(whole) <= DOCUMENT_BYTES:
        return []
    size = max(1, len(documents) * PAGE_BYTES // (2 * len(whole)))
    pieces = [documents[at : at + size] for at in range(0, len(documents), size)]
    return [Page(f"L#DOCUMENTS#{n:02d}#{run_key(run)}", pack(piece)) for n, piece in enumerate(pieces)]
