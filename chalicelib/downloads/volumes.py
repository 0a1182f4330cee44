"""Makes a file in volumes: stores one after the other, notes how far it is, and goes on from there if it was ended.

One function works on it at a time. It begins by leaving a message for later: the function that gets it goes on where
one that died or ran out of time has stopped, and does nothing where all is done.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from tempfile import SpooledTemporaryFile
from typing import IO, cast

from chalicelib import settings
from chalicelib.downloads import repo
from chalicelib.downloads.model import (
    CONTENT_TYPES,
    KEPT_FOR,
    SILENT_AFTER,
    Download,
    DownloadFile,
    DownloadState,
    MemberScope,
    Volume,
    VolumedFile,
    WrittenVolume,
)
from chalicelib.kernel import i18n
from chalicelib.kernel.clock import Clock
from chalicelib.kernel.deadline import Remaining
from chalicelib.kernel.errors import InvalidError, NotFoundError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import CustomerScope, DealerScope, TenantScope
from chalicelib.observability import logger
from chalicelib.store import queues, temporary_files
from chalicelib.store.outbox import outbox_item
from chalicelib.store.record import Record

READY = "download_ready"
MAIL_AFTER = timedelta(seconds=30)
"""Who waits for longer than that has left the page, and is told by email."""
SECONDS_OF_VOLUME = 90.0
"""With less left another function begins the next volume."""
SECONDS_TO_STORE = 30.0
"""With less left a volume ends where it is."""
NOTED_EACH = 50
"""Documents between two notes of the progress."""
MAX_FAILURES = 3
MAX_NAMED = 50
"""Missing documents that the page names. Each volume names all of its own."""
_RETRY_SECONDS, _MAX_IN_MEMORY = 15, 8_000_000
_WATCH_SECONDS = int(SILENT_AFTER.total_seconds()) + 60


class _SupersededError(Exception):
    """Another function works on it, or it is done or gone."""


def message(scope: TenantScope, person_id: str, download_id: str) -> dict[str, str]:
    """What the queue is sent to have a download made."""
    return {"dealer_id": scope.dealer_id, "person_id": person_id, "download_id": download_id}


def member(scope: TenantScope, person_id: str, found: Download) -> MemberScope:
    """Who asked: the job is theirs, and reads what they may."""
    if found.account_refs:
        refs = frozenset(found.account_refs)
        return CustomerScope(scope.dealer_id, person_id, refs, account_ref=found.account_ref, eras=found.eras)
    return DealerScope(scope.dealer_id, person_id)


@dataclass(frozen=True, slots=True)
class Maker:
    """One function's work on one download."""

    scope: TenantScope
    person_id: str
    download_id: str
    produce: Callable[[MemberScope, Download], DownloadFile | VolumedFile]
    clock: Clock
    ids: Ids
    remaining: Remaining

    def make(self) -> None:
        """Make what is not there yet. Nothing happens where another function is at work."""
        try:
            mine = self._claim()
            self._send(_WATCH_SECONDS)
            self._go_on(mine)
        except _SupersededError:
            return

    def _claim(self) -> Download:
        worker, now = self.ids.secret(), self.clock()

        def claimed(one: Download) -> Download:
            # Tested control: volumes-one-worker
            if one.state_at(now) is not DownloadState.QUEUED or one.is_worked_on(now):
                raise _SupersededError
            return replace(one, worker=worker, progressed_at=now)

        return self._change(claimed)

    def _go_on(self, mine: Download) -> None:
        try:
            with i18n.activated(mine.language or i18n.language()):
                self._make_volumes(mine)
        except _SupersededError:
            raise
        except (NotFoundError, InvalidError):  # there is nothing of it any more, and will not be
            self._fail(mine)
        except Exception as error:  # noqa: BLE001 - whatever it was, it is tried again, and then the reader is told
            if mine.failures + 1 >= MAX_FAILURES:
                self._fail(mine)
            else:
                logger.warning("download.postponed", download=self.download_id, error=type(error).__name__)
                self._note(mine, worker="", failures=mine.failures + 1)
                self._send(_RETRY_SECONDS)

    def _make_volumes(self, mine: Download) -> None:
        file = self.produce(member(self.scope, self.person_id, mine), mine)
        if not isinstance(file, VolumedFile):
            raise TypeError("one file was asked for in volumes")
        if file.count != mine.total or file.snapshot_ref != mine.snapshot_ref:
            mine = self._anew(mine, file)
        mine = self._make_volume(mine, file)
        while mine.state is DownloadState.QUEUED:
            if self.remaining() < SECONDS_OF_VOLUME:
                self._note(mine, worker="")
                self._send(0)
                return
            mine = self._make_volume(mine, file)

    def _anew(self, mine: Download, file: VolumedFile) -> Download:
        """The run that was asked for can no longer be read: all of it is of the newest."""
        return self._note(
            mine, snapshot_ref=file.snapshot_ref, total=file.count, done=0, volumes=(), missing=(), missing_count=0,
            restarted=True,
        )  # fmt: skip

    def _make_volume(self, mine: Download, file: VolumedFile) -> Download:
        number = len(mine.volumes) + 1

        def note(done: int) -> None:
            if done % NOTED_EACH == 0:
                self._note(mine, done=done)

        start = sum(volume.count for volume in mine.volumes) + mine.missing_count
        with SpooledTemporaryFile(_MAX_IN_MEMORY) as spool:
            out = cast("IO[bytes]", spool)
            written = file.write_volume(out, start, is_late=lambda: self.remaining() < SECONDS_TO_STORE, note=note)
            size = out.seek(0, 2)
            out.seek(0)
            name = volume_object(self.download_id, number, file.kind.value)
            temporary_files.store_file(self.scope, name, out, CONTENT_TYPES[file.kind])
        is_last = written.next_document >= file.count
        title = file.volume_name(number, single=is_last and number == 1)
        return self._add(mine, Volume(file_name=title, count=written.count, size=size), written, is_last=is_last)

    def _add(self, mine: Download, volume: Volume, written: WrittenVolume, *, is_last: bool) -> Download:
        now, mail = self.clock(), list[Record]()
        ref = mine.account_ref or next(iter(mine.account_refs), "")
        if is_last and ref and mine.email and now - mine.asked_at >= MAIL_AFTER:
            person = {"person_id": self.person_id, "email": mine.email}
            payload = {**person, "account_ref": ref, "download_id": self.download_id}
            mail.append(outbox_item(self.scope, kind=READY, payload=payload, now=now, ids=self.ids))

        def added(one: Download) -> Download:
            volumes = (*mine.volumes, volume)
            return replace(
                one,
                volumes=volumes,
                done=written.next_document,
                count=sum(each.count for each in volumes),
                missing=(*mine.missing, *written.missing)[:MAX_NAMED],
                missing_count=mine.missing_count + len(written.missing),
                state=DownloadState.READY if is_last else DownloadState.QUEUED,
                progressed_at=now,
            )

        return self._change(self._if_own(mine, added), also=mail)

    def _fail(self, mine: Download) -> None:
        logger.exception("download.failed", download=self.download_id, address=mine.address.partition("?")[0])
        self._note(mine, state=DownloadState.FAILED)

    def _note(self, mine: Download, **changes: object) -> Download:
        now = self.clock()
        return self._change(
            self._if_own(mine, lambda one: replace(one, progressed_at=now, **changes))  # type: ignore[arg-type]
        )

    def _if_own(self, mine: Download, change: Callable[[Download], Download]) -> Callable[[Download], Download]:
        def changed(one: Download) -> Download:
            if one.worker != mine.worker or one.state is not DownloadState.QUEUED:
                raise _SupersededError
            return change(one)

        return changed

    def _change(self, change: Callable[[Download], Download], also: list[Record] | None = None) -> Download:
        def changed(before: repo.Downloads) -> repo.Downloads:
            if self.download_id not in {one.download_id for one in before}:
                raise _SupersededError
            return tuple(change(one) if one.download_id == self.download_id else one for one in before)

        after = repo.change_downloads(
            self.scope, self.person_id, changed, expires=(self.clock() + KEPT_FOR).timestamp(), also=also or ()
        )
        return next(one for one in after if one.download_id == self.download_id)

    def _send(self, delay_seconds: int) -> None:
        body = message(self.scope, self.person_id, self.download_id)
        queues.send(settings.load().downloads_queue_url, body, delay_seconds)


def volume_object(download_id: str, number: int, extension: str) -> str:
    """The name of a volume among the dealer's objects; the first is 1."""
    return temporary_files.object_name(f"{download_id}-{number}", extension)
