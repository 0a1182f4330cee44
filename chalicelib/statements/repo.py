"""Statements in the table: those of an account by era and month, and where each account's next goes on."""

import zlib
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from json import dumps, loads
from typing import Any

from chalicelib.kernel.scopes import CustomerScope, ImportScope, TenantScope
from chalicelib.statements.model import Movement, month_period
from chalicelib.statements.monthly import ArchivedItem, ArchivedStatement, Chain, pack_known, unpack_known
from chalicelib.statements.records import (
    StatementChainRecord,
    StatementLinesRecord,
    StatementRecord,
    StatementRoundRecord,
)
from chalicelib.store.codec import Codec
from chalicelib.store.record import Record, account_pk, tenant_pk
from chalicelib.store.roles import scoped
from chalicelib.store.transactions import TransactionRefusedError, transaction

MAX_LISTED = 120
"""Ten years of months."""
_PART = 250_000
"""Bytes of an item; DynamoDB takes 400 KB."""
_BODY: Codec[ArchivedStatement] = Codec(ArchivedStatement)
_ITEMS: Codec[tuple[ArchivedItem, ...]] = Codec(tuple[ArchivedItem, ...])


@dataclass(frozen=True, slots=True)
class Lines:
    """What a statement lists: its movements, and what was open at the end."""

    movements: tuple[Movement, ...]
    items: tuple[ArchivedItem, ...]


@scoped
def archived(scope: TenantScope, ref: str, *, era: str) -> list[ArchivedStatement]:
    """The statements of an era of the account, newest first. Raises NotFoundError for another's account."""
    found = StatementRecord.query(
        account_pk(scope, ref),
        StatementRecord.sk.startswith(f"STATEMENT#{_own_era(scope, ref, era)}#"),
        scan_index_forward=False,
        limit=MAX_LISTED,
        consistent_read=True,
    )
    return [_BODY.unpack(one.body) for one in found]


@scoped
def statement(scope: TenantScope, ref: str, *, era: str, month: str) -> ArchivedStatement | None:
    """The statement of a month, `2024-06`. Raises NotFoundError for another's account."""
    found = StatementRecord.find(account_pk(scope, ref), f"STATEMENT#{_own_era(scope, ref, era)}#{month}")
    return _BODY.unpack(found.body) if found else None


@scoped
def lines(scope: TenantScope, ref: str, *, era: str, month: str) -> Lines:
    """What a statement lists."""
    model = StatementLinesRecord
    prefix = f"STATEMENT_LINES#{_own_era(scope, ref, era)}#{month}#"
    data = b"".join(one.data for one in model.query(account_pk(scope, ref), model.sk.startswith(prefix)))
    found: dict[str, Any] = loads(zlib.decompress(data)) if data else {"movements": [], "items": ""}
    items = _ITEMS.unpack(bytes.fromhex(found["items"])) if found["items"] else ()
    return Lines(tuple(Movement(*one) for one in found["movements"]), items)


@scoped
def chain(scope: TenantScope, ref: str, *, era: str) -> Chain | None:
    """Where the account's next statement goes on; None before the first."""
    found = StatementChainRecord.find(
        account_pk(scope, ref), f"STATEMENT_CHAIN#{_own_era(scope, ref, era)}", consistent=True
    )
    if found is None:
        return None
    last = month_period(date.fromisoformat(f"{found.month}-01")).last
    return Chain(found.month, last, int(found.closing), unpack_known(found.known), found.since or "")


@scoped
def put(
    scope: ImportScope,
    ref: str,
    made: ArchivedStatement,
    listed: Lines,
    *,
    before: Chain | None,
    after: Chain,
    also: Sequence[Record] = (),
) -> bool:
    """Keep a statement and what follows from it. False where another call has made one since `before` was read."""
    pk, era = account_pk(scope, ref), made.era
    link = StatementChainRecord(
        pk,
        f"STATEMENT_CHAIN#{era}",
        month=after.month,
        closing=after.closing,
        since=after.since or None,
        known=pack_known(after.known),
    )
    model = StatementChainRecord
    unmoved = model.month == before.month if before else model.pk.does_not_exist()
    with suppress(TransactionRefusedError):
        with transaction() as t:
            t.put(StatementRecord(pk, f"STATEMENT#{era}#{made.month}", body=_BODY.pack(made)))
            t.put(link, unmoved)
            for place, part in enumerate(_parts(listed)):
                t.put(StatementLinesRecord(pk, f"STATEMENT_LINES#{era}#{made.month}#{place:02}", data=part))
            for record in also:
                t.put(record)
        return True
    return False


@scoped
def begun_month(scope: ImportScope) -> str:
    """The last month whose statements were begun, empty before the first."""
    found = StatementRoundRecord.find(tenant_pk(scope, "DEALER"), "STATEMENTS", consistent=True)
    return found.month if found else ""


@scoped
def begin(scope: ImportScope, month: str, *, also: Iterable[Record]) -> bool:
    """Begin a month's statements. False where that, or a later month's, was begun already."""
    record = StatementRoundRecord(tenant_pk(scope, "DEALER"), "STATEMENTS", month=month)
    model = StatementRoundRecord
    with suppress(TransactionRefusedError):
        with transaction() as t:
            t.put(record, model.pk.does_not_exist() | (model.month < month))
            for one in also:
                t.put(one)
        return True
    return False


@scoped
def put_items(scope: ImportScope, items: Iterable[Record]) -> None:  # noqa: ARG001
    """Put items of the outbox, all or none."""
    with transaction() as t:
        for one in items:
            t.put(one)


def _own_era(scope: TenantScope, ref: str, era: str) -> str:
    """Of a customer it is always their own era that counts."""
    # Tested control: statements-of-own-era
    return scope.eras.get(ref, "") if isinstance(scope, CustomerScope) else era


def _parts(listed: Lines) -> list[bytes]:
    items = _ITEMS.pack(listed.items).hex() if listed.items else ""
    found = {"movements": [list(one) for one in listed.movements], "items": items}
    data = zlib.compress(dumps(found, separators=(",", ":"), ensure_ascii=False).encode())
    return [data[at : at + _PART] for at in range(0, len(data), _PART)]
