"""The exports that a person asked for at this dealer, in the table."""

from collections.abc import Callable
from contextlib import suppress

from chalicelib.exports.model import Export
from chalicelib.exports.records import ExportsRecord
from chalicelib.kernel.errors import ConflictError
from chalicelib.kernel.scopes import TenantScope
from chalicelib.store.backoff import attempts
from chalicelib.store.codec import Codec
from chalicelib.store.record import CHANGED, tenant_pk
from chalicelib.store.roles import scoped

Exports = tuple[Export, ...]

_EXPORTS: Codec[Exports] = Codec(Exports)


@scoped
def exports(scope: TenantScope, person_id: str) -> Exports:
    """All of the person's exports as of now, oldest first."""
    record = ExportsRecord.find(*_key(scope, person_id), consistent=True)
    return _EXPORTS.unpack(record.exports) if record else ()


@scoped
def change_exports(
    scope: TenantScope, person_id: str, change: Callable[[Exports], Exports], *, expires: float
) -> Exports:
    """Put `change(exports)` in their place; what `change` raises leaves them as they are. Returns the new ones.

    It is called again where somebody else wrote in between. The item goes after `expires`, epoch seconds.
    """
    pk, sk = _key(scope, person_id)
    for _ in attempts():
        record = ExportsRecord.find(pk, sk, consistent=True) or ExportsRecord(pk, sk)
        before: Exports = _EXPORTS.unpack(record.exports) if record.version else ()
        after = change(before)
        if after == before:
            return after
        record.exports, record.ttl = _EXPORTS.pack(after), int(expires)
        with suppress(ConflictError):
            record.save()
            return after
    raise ConflictError(CHANGED)


def _key(scope: TenantScope, person_id: str) -> tuple[str, str]:
    return tenant_pk(scope, "U", person_id), "EXPORTS"
