"""Codes that were sent, in the table: reads, and the items of a transaction."""

from datetime import datetime

from chalicelib.identity.model import FactorKind
from chalicelib.identity.sent_codes.model import MAX_TRIES, Bound, SentCode
from chalicelib.identity.sent_codes.records import SentCodeRecord
from chalicelib.kernel.errors import ConflictError
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.store.roles import scoped
from chalicelib.store.transactions import Delete, Put, WriteItem


@scoped
def sent_code(scope: IdentityScope, bound: Bound) -> SentCode | None:
    """The one that was asked for last, whether it still counts or not."""
    found = SentCodeRecord.find(*_key(bound), consistent=True)
    if found is None:
        return None
    return SentCode(
        bound,
        FactorKind(found.kind),
        found.person_id,
        found.to,
        found.ask_id,
        found.asked_at,
        found.expires_at,
        found.code_hash or "",
        int(found.asked),
        found.other_asked_at,
    )


@scoped
def store_code(scope: IdentityScope, code: SentCode, code_hash: str) -> bool:
    """This is the code from now on, and none was tried; False where another has been asked for."""
    model = SentCodeRecord
    try:
        _record(code.bound).update([model.code_hash.set(code_hash), model.tries.set(0)], model.ask_id == code.ask_id)
    except ConflictError:
        return False
    return True


@scoped
def count_try(scope: IdentityScope, code: SentCode) -> bool:
    """Count it before it is compared; False where all tries are used up, or the code is no longer this one."""
    model = SentCodeRecord
    # Tested control: sent-code-tried-five-times
    allowed = (model.code_hash == code.code_hash) & (model.tries < MAX_TRIES)
    try:
        _record(code.bound).update([model.tries.add(1)], allowed)
    except ConflictError:
        return False
    return True


def put_request(code: SentCode, *, before: SentCode | None) -> WriteItem:
    """A code is asked for; the previous one no longer counts. Refused if yet another was asked for meanwhile."""
    model = SentCodeRecord
    pk, sk = _key(code.bound)
    record = model(
        pk=pk,
        sk=sk,
        ttl=int(code.expires_at.timestamp()),
        kind=code.kind.value,
        person_id=code.person_id,
        to=code.to,
        ask_id=code.ask_id,
        asked_at=code.asked_at,
        expires_at=code.expires_at,
        asked=code.asked,
        other_asked_at=code.other_asked_at,
    )
    return Put(record, model.ask_id == before.ask_id if before else model.pk.does_not_exist())


def use(code: SentCode, now: datetime) -> WriteItem:
    """It is used up. Refused if it was used already, or has ended."""
    model = SentCodeRecord
    # Tested control: sent-code-counts-once
    return Delete(_record(code.bound), (model.code_hash == code.code_hash) & (model.expires_at > now))


def drop(code: SentCode) -> WriteItem:
    """Nobody waits for it any more. Refused where another was asked for meanwhile."""
    return Delete(_record(code.bound), SentCodeRecord.ask_id == code.ask_id)


def _record(bound: Bound) -> SentCodeRecord:
    pk, sk = _key(bound)
    return SentCodeRecord(pk=pk, sk=sk)


def _key(bound: Bound) -> tuple[str, str]:
    # Tested control: sent-code-bound-to-login
    return f"T#{bound.bound_to}", f"CODE#{bound.purpose}"
