"""Writes that identity makes at once: the commit of built items, sessions in use, counters."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime

from chalicelib.identity import records
from chalicelib.identity.model import ApiKey
from chalicelib.kernel.errors import ConflictError
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.store.batch import batch_write
from chalicelib.store.record import Record
from chalicelib.store.roles import scoped
from chalicelib.store.transactions import LIMIT, TransactionRefusedError, Update, WriteItem, transaction


@scoped
def commit(scope: IdentityScope, items: Iterable[WriteItem]) -> None:
    """Write all items or none. Raises ConflictError where a condition fails."""
    with transaction() as t:
        t.add(*items)


@scoped
def touch_session(scope: IdentityScope, session_id: str, now: datetime) -> None:
    """Keep it from going idle. One that was ended meanwhile stays ended."""
    model = records.SessionRecord
    with suppress(ConflictError):
        model(pk=f"S#{session_id}", sk="SESSION").update([model.last_seen.set(now)], model.person_id.exists())


@scoped
def touch_api_key(scope: IdentityScope, key: ApiKey, key_hash: str, now: datetime) -> None:
    """Note its use, where it works and in the dealer's list. One that was revoked meanwhile stays so."""
    model = records.ApiKeyRecord
    for pk, sk in ((f"K#{key_hash}", "KEY"), (f"K#DEALER#{key.dealer_id}", key.key_id)):
        with suppress(ConflictError):
            model(pk=pk, sk=sk).update([model.last_used_at.set(now)], model.pk.exists())


@scoped
def mark_shown_once(scope: IdentityScope, key: ApiKey, now: datetime) -> bool:
    """Whether the key was not shown before: it counts as shown from now on."""
    model = records.ApiKeyRecord
    line = model(pk=f"K#DEALER#{key.dealer_id}", sk=key.key_id)
    try:
        # Tested control: api-key-shown-once
        line.update([model.shown_at.set(now)], model.pk.exists() & model.shown_at.does_not_exist())
    except ConflictError:
        return False
    return True


@scoped
def count(scope: IdentityScope, key: str, window: int, *, maximum: int, ttl: int, by: int = 1) -> bool:
    """Add to the window that starts at `window` (epoch seconds), if it stays within `maximum`; whether it did."""
    model = records.LimitRecord
    if by > maximum:
        return False
    try:
        model(pk=f"LIMIT#{key}", sk=str(window)).update(
            [model.n.add(by), model.ttl.set(ttl)], model.n.does_not_exist() | (model.n <= maximum - by)
        )
    except ConflictError:
        return False
    return True


@scoped
def count_each(scope: IdentityScope, keys: Iterable[str], window: int, *, maximum: int, ttl: int) -> set[str]:
    """Add one to each of many counters that stays within `maximum`, 100 a round trip. Returns those that would not."""
    model = records.LimitRecord

    def add(key: str) -> Update:
        return Update(
            model(pk=f"LIMIT#{key}", sk=str(window)),
            [model.n.add(1), model.ttl.set(ttl)],
            model.n.does_not_exist() | (model.n <= maximum - 1),
        )

    return _update_each(keys, add)


@scoped
def uncount_each(scope: IdentityScope, counts: Mapping[str, int], window: int) -> None:
    """Take back so many of each counter, 100 a round trip; nothing happens where it has fewer."""
    model = records.LimitRecord

    def take(key: str) -> Update:
        return Update(model(pk=f"LIMIT#{key}", sk=str(window)), [model.n.add(-counts[key])], model.n >= counts[key])

    _update_each(counts, take)


def _update_each(keys: Iterable[str], update: Callable[[str], Update]) -> set[str]:
    """Returns those whose condition failed; the others are written."""
    refused = set[str]()
    rest = list(dict.fromkeys(keys))
    while chunk := rest[:LIMIT]:
        try:
            with transaction() as t:
                t.add(*map(update, chunk))
        except TransactionRefusedError as error:
            failed = {pk.removeprefix("LIMIT#") for pk, _ in error.failed}
            refused |= failed
            rest = [key for key in rest if key not in failed]
        else:
            rest = rest[LIMIT:]
    return refused


@scoped
def delete_rest(scope: IdentityScope, person_id: str, *, but: str | None = None) -> None:
    """Delete all that is stored of somebody, except what is sorted under `but`; whose their passkeys are goes first."""
    rest = [(one.pk, one.sk) for one in Record.query(f"P#{person_id}", consistent_read=True)]
    # Tested control: forgotten-passkeys-go
    batch_write((), [(f"K#{sk}", "OWNER") for _, sk in rest if sk.startswith("PASSKEY#")])
    batch_write((), [key for key in rest if but is None or not key[1].startswith(but)])


@scoped
def uncount(scope: IdentityScope, key: str, window: int) -> None:
    """Take one back; nothing happens where there is none."""
    model = records.LimitRecord
    with suppress(ConflictError):
        model(pk=f"LIMIT#{key}", sk=str(window)).update([model.n.add(-1)], model.n > 0)


@scoped
def clear_count(scope: IdentityScope, key: str, window: int) -> None:
    """Nothing has been counted in the window."""
    records.LimitRecord(pk=f"LIMIT#{key}", sk=str(window)).delete()


@scoped
def acquire(scope: IdentityScope, key: str, *, now: int, until: int) -> bool:
    """Take what only one may have, until `until` (epoch seconds) unless let go before; whether it was free."""
    model = records.LimitRecord
    try:
        model(pk=f"LIMIT#{key}", sk="HELD").update(
            [model.n.set(1), model.ttl.set(until)], model.pk.does_not_exist() | (model.ttl <= now)
        )
    except ConflictError:
        return False
    return True


@scoped
def release(scope: IdentityScope, key: str, *, until: int) -> None:
    """Give it back, if it is still what was held until then."""
    model = records.LimitRecord
    with suppress(ConflictError):
        model(pk=f"LIMIT#{key}", sk="HELD").delete(model.ttl == until)
