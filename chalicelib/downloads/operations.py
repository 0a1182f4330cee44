"""Asks for a file, and makes it in the background. Either may happen twice without harm."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import IO, cast

from chalicelib import settings
from chalicelib.downloads import repo, volumes
from chalicelib.downloads.model import (
    CONTENT_TYPES,
    KEPT_FOR,
    STALE_AFTER,
    Download,
    DownloadFile,
    DownloadState,
    MemberScope,
    VolumedFile,
    account_refs,
    eras,
)
from chalicelib.kernel.clock import Clock
from chalicelib.kernel.deadline import Remaining
from chalicelib.kernel.errors import TooManyError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import CustomerScope, TenantScope
from chalicelib.observability import logger
from chalicelib.store import queues, temporary_files

MAX_QUEUED = 1
"""How many files a person may wait for at once: each takes a function for a minute or two."""
MAX_KEPT = 20
MAX_ADDRESSES = 200_000
"""Characters of the addresses of all that is kept, which name what was ticked: it is one item."""
MAX_IN_MEMORY = 8_000_000

Produce = Callable[[MemberScope, Download], DownloadFile | VolumedFile]


def request_download(
    scope: MemberScope,
    *,
    address: str,
    file: DownloadFile | VolumedFile,
    now: datetime,
    ids: Ids,
    email: str = "",
    language: str = "",
) -> Download:
    """Queue a file; asked for again, it is the one that is on its way or there already.

    `email` is told when a file in volumes is ready, if that takes a while; `language` is what it is written in.

    Raises TooManyError where the person waits for MAX_QUEUED files.
    """
    new = Download(
        download_id=ids.ulid(now),
        address=address,
        snapshot_ref=file.snapshot_ref,
        account_refs=account_refs(scope),
        account_ref=scope.account_ref if isinstance(scope, CustomerScope) else None,
        eras=eras(scope),
        file_name=file.file_name,
        kind=file.kind,
        asked_at=now,
        total=file.count if isinstance(file, VolumedFile) else 0,
        email=email,
        language=language,
    )
    after = repo.change_downloads(
        scope, scope.person_id, lambda before: _with(before, new, now), expires=(now + KEPT_FOR).timestamp()
    )
    found = next(download for download in after if _is_same(download, new, now))
    if found.state is DownloadState.QUEUED:  # again for one that is: its message may have been lost on the way
        queues.send(settings.load().downloads_queue_url, volumes.message(scope, scope.person_id, found.download_id))
    return found


def make_download(
    scope: TenantScope,
    *,
    person_id: str,
    download_id: str,
    produce: Produce,
    clock: Clock,
    ids: Ids,
    remaining: Remaining,
) -> None:
    """Make the file of a queued download and store it. A download that is done, or gone, is left alone.

    A file that cannot be made has failed at once: somebody is waiting, and can ask again. One in volumes goes on from
    its last volume.
    """
    found = next((one for one in repo.downloads(scope, person_id) if one.download_id == download_id), None)
    if found is None or found.state_at(clock()) is not DownloadState.QUEUED:
        return
    if found.is_volumed:
        maker = volumes.Maker(scope, person_id, download_id, produce, clock, ids, remaining)
        maker.make()
        return
    try:
        done = _make(volumes.member(scope, person_id, found), found, produce)
    except Exception:  # noqa: BLE001 - whatever it was, the reader must not wait for it
        logger.exception("download.failed", download=download_id, address=found.address.partition("?")[0])
        done = replace(found, state=DownloadState.FAILED)
    repo.change_downloads(
        scope,
        person_id,
        lambda before: tuple(done if one.download_id == download_id else one for one in before),
        expires=(clock() + KEPT_FOR).timestamp(),
    )


def _make(scope: MemberScope, found: Download, produce: Produce) -> Download:
    file = produce(scope, found)
    if isinstance(file, VolumedFile):
        raise TypeError("one in volumes was asked for as one file")
    with SpooledTemporaryFile(MAX_IN_MEMORY) as spool:
        out = cast("IO[bytes]", spool)
        left_out = file.write(out)
        out.seek(0)
        name = temporary_files.object_name(found.download_id, file.kind.value)
        temporary_files.store_file(scope, name, out, CONTENT_TYPES[file.kind])
    return replace(
        found,
        state=DownloadState.READY,
        file_name=file.file_name,
        count=file.count - len(left_out),
        restarted=file.restarted,
        left_out=left_out,
    )


def _with(before: repo.Downloads, new: Download, now: datetime) -> repo.Downloads:
    kept = tuple(download for download in before if download.is_kept(now))
    if any(_is_same(download, new, now) for download in kept):
        return kept
    if sum(download.state_at(now) is DownloadState.QUEUED for download in kept) >= MAX_QUEUED:
        raise TooManyError(
            _("A file is being prepared for you already. Try again when it is ready."),
            retry_after=int(STALE_AFTER.total_seconds()),
        )
    return (*_fitting(kept[-MAX_KEPT + 1 :], len(new.address)), new)


def _fitting(kept: repo.Downloads, taken: int) -> repo.Downloads:
    """The newest of them, as many as fit into the item."""
    found: list[Download] = []
    for one in reversed(kept):
        taken += len(one.address)
        if taken > MAX_ADDRESSES:
            break
        found.append(one)
    return tuple(reversed(found))


def _is_same(download: Download, new: Download, now: datetime) -> bool:
    asked = (download.address, download.snapshot_ref, download.account_refs, download.eras)
    return (
        asked == (new.address, new.snapshot_ref, new.account_refs, new.eras)
        and download.state_at(now) is not DownloadState.FAILED
    )
