"""Rows and heads to bytes and back: compressed JSON. Stored bytes are never rewritten, so old forms stay readable."""

import zlib
from collections.abc import Iterable
from datetime import date
from itertools import starmap
from typing import Any

from pydantic import TypeAdapter
from pydantic_core import from_json, to_json

from chalicelib.kernel.schemas import adapter
from chalicelib.ledger.model import AccountHead, DocumentEntry, LinesRef, Transaction
from chalicelib.ledger.row import Row
from chalicelib.store.codec import compressed

_TRANSACTION: TypeAdapter[Transaction] = adapter(Transaction)
_HEAD: TypeAdapter[AccountHead] = adapter(AccountHead)
_DOCUMENTS: TypeAdapter[tuple[DocumentEntry, ...]] = adapter(tuple[DocumentEntry, ...])
ADAPTERS = (_TRANSACTION, _HEAD, _DOCUMENTS)
_WIDTH = len(Row._fields)
_LINES = tuple(LinesRef.__dataclass_fields__)


def to_row(transaction: Transaction) -> Row:
    """The stored form of a transaction."""
    t = transaction
    document, lines = t.document, t.lines
    return Row(
        transaction_id=t.transaction_id,
        type=t.type.value,
        reference=t.reference,
        transaction_date=t.transaction_date.isoformat(),
        total=t.total,
        outstanding=t.outstanding,
        due_date=_iso(t.due_date),
        net=t.net,
        vat=t.vat,
        discount_date=_iso(t.discount_date),
        settlement=t.settlement,
        settlement_rate=None if t.settlement_rate is None else str(t.settlement_rate),
        description=t.description,
        order_no=t.order_no,
        customer_order_ref=t.customer_order_ref,
        advice_no=t.advice_no,
        depot_code=t.depot_code,
        rep_code=t.rep_code,
        document_id=t.document_id,
        document=[document.id, document.run] if document else None,
        lines=[getattr(lines, name) for name in _LINES] if lines else None,
        dispute_flag=t.dispute_flag,
        settled_date=_iso(t.settled_date),
        settled_reason=t.settled_reason and t.settled_reason.value,
        period=t.period,
        settled_inferred=t.settled_inferred,
        stale=t.stale,
        vanished=t.vanished,
        machine=t.machine,
    )


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def to_transaction(row: Row) -> Transaction:
    """The typed form of a stored row. Raises pydantic.ValidationError for a row this version cannot read."""
    values: dict[str, Any] = row._asdict()
    if row.document:
        values["document"] = dict(zip(("id", "run"), row.document, strict=True))
    if row.lines:
        values["lines"] = dict(zip(_LINES, row.lines, strict=False))
    return _TRANSACTION.validate_python(values)


def encode_rows(rows: Iterable[Row]) -> bytes:
    """A compressed JSON array of arrays, in the order given."""
    return pack([list(row) for row in rows])


def decode_rows(data: bytes) -> list[Row]:
    """What `encode_rows` wrote, by this version or an older one with fewer fields."""
    raw: list[list[Any]] = unpack(data)
    if raw and len(raw[0]) == _WIDTH:
        return list(map(Row._make, raw))
    return list(starmap(Row, raw))


def encode_head(head: AccountHead) -> tuple[bytes, bytes, bytes]:
    """The head in three parts: what it says of the account, its open rows, its documents."""
    return compressed(_HEAD.dump_json(head)), encode_rows(head.open), pack(head.documents)


def decode_head(about: bytes, open_rows: bytes, documents: bytes) -> AccountHead:
    """What `encode_head` wrote. Raises pydantic.ValidationError for one this version cannot read."""
    values = unpack(about)
    values.update(open=tuple(decode_rows(open_rows)), documents=decode_documents(documents))
    return _HEAD.validate_python(values)


def decode_documents(data: bytes) -> tuple[DocumentEntry, ...]:
    """The document entries that `pack` wrote."""
    return _DOCUMENTS.validate_python(unpack(data))


def pack(value: Any) -> bytes:
    """Compressed JSON of plain values and pydantic dataclasses."""
    return compressed(to_json(value))


def unpack(data: bytes) -> Any:
    """The plain values that `pack` wrote."""
    return from_json(zlib.decompress(data), cache_strings="all")
