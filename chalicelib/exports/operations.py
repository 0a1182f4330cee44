"""Asks for a file, and makes it in the background. Either may happen twice without harm."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import IO, cast

from chalicelib import settings
from chalicelib.exports import repo
from chalicelib.exports.model import (
    KEPT_FOR,
    STALE_AFTER,
    Export,
    ExportFile,
    ExportState,
    MemberScope,
    account_refs,
    eras,
)
from chalicelib.kernel.clock import Clock
from chalicelib.kernel.errors import TooManyError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import CustomerScope, DealerScope, TenantScope
from chalicelib.observability import logger
from chalicelib.rendering.spreadsheet import CONTENT_TYPES, write
from chalicelib.store import downloads, queues

MAX_QUEUED = 3
"""How many files a person may wait for at once."""
MAX_KEPT = 20
MAX_IN_MEMORY = 8_000_000

Produce = Callable[[MemberScope, Export], ExportFile]


def request_export(scope: MemberScope, *, address: str, file: ExportFile, now: datetime, ids: Ids) -> Export:
    """Queue a file; asked for again, it is the one that is on its way or there already.

    Raises TooManyError where the person waits for MAX_QUEUED files.
    """
    new = Export(
        export_id=ids.ulid(now),
        address=address,
        as_of=file.as_of,
        account_refs=account_refs(scope),
        account_ref=scope.account_ref if isinstance(scope, CustomerScope) else None,
        eras=eras(scope),
        file_name=file.file_name,
        kind=file.kind,
        asked_at=now,
    )
    after = repo.change_exports(
        scope, scope.person_id, lambda before: _with(before, new, now), expires=(now + KEPT_FOR).timestamp()
    )
    found = next(export for export in after if _is_same(export, new, now))
    if found.state is ExportState.QUEUED:  # again for one that is: its message may have been lost on the way
        message = {"dealer_id": scope.dealer_id, "person_id": scope.person_id, "export_id": found.export_id}
        queues.send(settings.load().exports_queue_url, message)
    return found


def make_export(scope: TenantScope, *, person_id: str, export_id: str, produce: Produce, clock: Clock) -> None:
    """Make the file of a queued export and store it. An export that is done, or gone, is left alone.

    A file that cannot be made has failed at once: somebody is waiting, and can ask again.
    """
    found = next((one for one in repo.exports(scope, person_id) if one.export_id == export_id), None)
    if found is None or found.state_at(clock()) is not ExportState.QUEUED:
        return
    try:
        done = _make(_member(scope, person_id, found), found, produce)
    except Exception:  # noqa: BLE001 - whatever it was, the reader must not wait for it
        logger.exception("export.failed", export=export_id, address=found.address.partition("?")[0])
        done = replace(found, state=ExportState.FAILED)
    repo.change_exports(
        scope,
        person_id,
        lambda before: tuple(done if one.export_id == export_id else one for one in before),
        expires=(clock() + KEPT_FOR).timestamp(),
    )


def _make(scope: MemberScope, found: Export, produce: Produce) -> Export:
    file = produce(scope, found)
    with SpooledTemporaryFile(MAX_IN_MEMORY) as spool:
        out = cast("IO[bytes]", spool)
        write(out, file.kind, file.columns, file.rows, title=file.title)
        out.seek(0)
        name = downloads.object_name(found.export_id, file.kind.value)
        downloads.store_file(scope, name, out, CONTENT_TYPES[file.kind])
    return replace(found, state=ExportState.READY, file_name=file.file_name, count=file.count, restarted=file.restarted)


def _member(scope: TenantScope, person_id: str, found: Export) -> MemberScope:
    """Who asked: the job is theirs, and reads what they may."""
    if found.account_refs:
        refs = frozenset(found.account_refs)
        return CustomerScope(scope.dealer_id, person_id, refs, account_ref=found.account_ref, eras=found.eras)
    return DealerScope(scope.dealer_id, person_id)


def _with(before: repo.Exports, new: Export, now: datetime) -> repo.Exports:
    kept = tuple(export for export in before if export.is_kept(now))
    if any(_is_same(export, new, now) for export in kept):
        return kept
    if sum(export.state_at(now) is ExportState.QUEUED for export in kept) >= MAX_QUEUED:
        raise TooManyError(
            _("Several files are being prepared for you already. Try again when they are ready."),
            retry_after=int(STALE_AFTER.total_seconds()),
        )
    return (*kept[-MAX_KEPT + 1 :], new)


def _is_same(export: Export, new: Export, now: datetime) -> bool:
    asked = (export.address, export.as_of, export.account_refs, export.eras)
    return (
        asked == (new.address, new.as_of, new.account_refs, new.eras) and export.state_at(now) is not ExportState.FAILED
    )
