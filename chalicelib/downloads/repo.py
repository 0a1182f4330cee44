"""The downloads that a person asked for at this dealer, in the table."""

from collections.abc import Callable, Iterable
from contextlib import suppress

from chalicelib.downloads.model import Download
from chalicelib.downloads.records import DownloadsRecord
from chalicelib.kernel.errors import ConflictError
from chalicelib.kernel.scopes import TenantScope
from chalicelib.store.backoff import attempts
from chalicelib.store.codec import Codec
from chalicelib.store.record import CHANGED, Record, tenant_pk
from chalicelib.store.roles import scoped
from chalicelib.store.transactions import Put, transaction

Downloads = tuple[Download, ...]

_DOWNLOADS: Codec[Downloads] = Codec(Downloads)


@scoped
def downloads(scope: TenantScope, person_id: str) -> Downloads:
    """All of the person's downloads as of now, oldest first."""
    record = DownloadsRecord.find(*_key(scope, person_id), consistent=True)
    return _DOWNLOADS.unpack(record.downloads) if record else ()


@scoped
def change_downloads(
    scope: TenantScope,
    person_id: str,
    change: Callable[[Downloads], Downloads],
    *,
    expires: float,
    also: Iterable[Record] = (),
) -> Downloads:
    """Put `change(downloads)` in their place; what `change` raises leaves them as they are. Returns the new ones.

    It is called again where somebody else wrote in between. The item goes after `expires`, epoch seconds. `also` is
    written with it.
    """
    more = tuple(map(Put, also))
    pk, sk = _key(scope, person_id)
    for _ in attempts():
        record = DownloadsRecord.find(pk, sk, consistent=True) or DownloadsRecord(pk, sk)
        before: Downloads = _DOWNLOADS.unpack(record.downloads) if record.version else ()
        after = change(before)
        if after == before:
            return after
        record.downloads, record.ttl = _DOWNLOADS.pack(after), int(expires)
        with suppress(ConflictError):
            _save(record, more)
            return after
    raise ConflictError(CHANGED)


def _save(record: DownloadsRecord, more: tuple[Put, ...]) -> None:
    if not more:
        record.save()
        return
    with transaction() as t:
        t.put(record)
        t.add(*more)


def _key(scope: TenantScope, person_id: str) -> tuple[str, str]:
    return tenant_pk(scope, "U", person_id), "DOWNLOADS"
