"""Files in volumes: made one after the other, by one function at a time, and gone on with where one has stopped."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import IO

import pytest

from chalicelib import settings
from chalicelib.downloads import operations, queries, repo, volumes
from chalicelib.downloads.model import (
    SILENT_AFTER,
    STALE_AFTER,
    Download,
    DownloadKind,
    DownloadState,
    MemberScope,
    Missing,
    MissingDocument,
    Volume,
    VolumedFile,
    WrittenVolume,
)
from chalicelib.kernel.deadline import Remaining, no_deadline
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import CustomerScope
from chalicelib.store import blobs, outbox
from tests.fixtures.worlds import World
from tests.notifications.fakes import Clock

KINDS = {DownloadKind.ZIP}


class KilledError(BaseException):
    """Lambda ends a function without asking it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers(VolumedFile):
    """Its documents are numbers, three to a volume; number 4 is missing. `before` is called before each."""

    before: Callable[[int], None] = lambda _: None

    def write_volume(
        self, out: IO[bytes], start: int, *, is_late: Callable[[], bool], note: Callable[[int], None]
    ) -> WrittenVolume:
        end = min(self.count, start + 3)
        assert not is_late()
        for number in range(start, end):
            self.before(number)
            out.write(f"{number} ".encode())
            note((number + 1) * volumes.NOTED_EACH)
        missing = tuple(MissingDocument(name=str(n), reason=Missing.GONE) for n in range(start, end) if n == 4)
        return WrittenVolume(next_document=end, count=end - start - len(missing), missing=missing)


FILE = Numbers(file_name="documents.zip", count=8, kind=DownloadKind.ZIP, snapshot_ref="1")


@dataclass
class Job:
    """Somebody waits for FILE; functions work on it."""

    scope: CustomerScope
    clock: Clock
    ids: Ids
    email: str = "al@farm.example"
    download: Download = field(init=False)

    def __post_init__(self) -> None:
        self.download = self.ask()

    def ask(self) -> Download:
        return operations.request_download(
            self.scope,
            address="/numbers.zip",
            file=FILE,
            now=self.clock.now,
            ids=self.ids,
            email=self.email,
            language="de",
        )

    def work(
        self,
        before: Callable[[int], None] = lambda _: None,
        *,
        remaining: Remaining = no_deadline,
        file: VolumedFile | None = None,
    ) -> None:
        def produce(_who: MemberScope, _download: Download) -> VolumedFile:
            return file or replace(FILE, before=before)

        operations.make_download(
            self.scope,
            person_id=self.scope.person_id,
            download_id=self.download.download_id,
            produce=produce,
            clock=self.clock,
            ids=self.ids,
            remaining=remaining,
        )

    @property
    def found(self) -> Download:
        return queries.download(self.scope, self.download.download_id, now=self.clock.now, kinds=KINDS)

    def stored(self, number: int) -> str:
        name = volumes.volume_object(self.download.download_id, number, "zip")
        return blobs.get(self.scope, settings.load().files_bucket, name).decode()

    @property
    def mails(self) -> list[str]:
        return [item.payload["email"] for item in outbox.items(self.scope)]


@pytest.fixture
def job(aws: World, now: datetime, ids: Ids) -> Job:
    assert aws.name
    return Job(CustomerScope(ids.dealer_id(), "al", frozenset({"1200"}), account_ref="1200"), Clock(now), ids)


def test_it_is_made_in_volumes_which_are_counted_and_fetched(job: Job) -> None:
    seen: list[int] = []

    def before(number: int) -> None:
        seen.append(number)
        if number == 1:
            assert job.found.done == volumes.NOTED_EACH
            with pytest.raises(NotFoundError):
                queries.volume_link(job.scope, job.found, 1)

    job.work(before)
    found = job.found
    assert (found.state, found.count, found.done, found.total) == (DownloadState.READY, 7, 8, 8)
    assert found.missing == (MissingDocument(name="4", reason=Missing.GONE),)
    assert found.volumes == (
        Volume(file_name="documents-part-1.zip", count=3, size=6),
        Volume(file_name="documents-part-2.zip", count=2, size=6),
        Volume(file_name="documents-part-3.zip", count=2, size=4),
    )
    assert [job.stored(number) for number in (1, 2, 3)] == ["0 1 2 ", "3 4 5 ", "6 7 "]
    assert "documents-part-3.zip" in queries.volume_link(job.scope, found, 3)
    for number in (0, 4):
        with pytest.raises(NotFoundError):
            queries.volume_link(job.scope, found, number)
    with pytest.raises(NotFoundError):
        queries.download_link(job.scope, found)
    job.work(before)
    assert seen == list(range(8))


def test_a_single_volume_has_no_number(job: Job) -> None:
    job.work(file=replace(FILE, count=2, snapshot_ref="2"))
    assert [volume.file_name for volume in job.found.volumes] == ["documents.zip"]
    assert job.found.restarted  # it turned out to be of another run


def test_a_function_without_time_leaves_the_rest_to_another(job: Job, aws: World) -> None:
    left = iter([600.0, volumes.SECONDS_OF_VOLUME - 1])
    job.work(remaining=lambda: next(left))
    assert (job.found.state, len(job.found.volumes)) == (DownloadState.QUEUED, 1)
    message = volumes.message(job.scope, "al", job.download.download_id)
    assert aws.messages(aws.settings.downloads_queue_url).count(message) == 2  # the first, and one to go on
    seen: list[int] = []
    job.work(seen.append)
    assert (job.found.state, seen) == (DownloadState.READY, [3, 4, 5, 6, 7])


def test_what_a_dead_function_has_done_is_kept_and_the_rest_done_later(job: Job) -> None:
    def die(number: int) -> None:
        if number == 4:
            raise KilledError

    with pytest.raises(KilledError):
        job.work(die)
    seen: list[int] = []
    job.clock.forward(SILENT_AFTER - timedelta(seconds=1))
    job.work(seen.append)
    assert (seen, job.found.state) == ([], DownloadState.QUEUED)  # nobody knows yet that it is dead
    job.clock.forward(timedelta(seconds=1))
    job.work(seen.append)
    assert (seen, job.found.state) == ([3, 4, 5, 6, 7], DownloadState.READY)
    assert len(job.found.volumes) == 3


def test_one_that_was_thought_dead_stops(job: Job) -> None:
    ours: list[int] = []

    def slow(number: int) -> None:
        ours.append(number)
        if number == 3:
            job.clock.forward(SILENT_AFTER)
            job.work()

    job.work(slow)
    assert ours == [0, 1, 2, 3]
    assert (job.found.state, job.found.count) == (DownloadState.READY, 7)


def test_a_failure_is_tried_again_and_the_third_is_said(job: Job) -> None:
    def fail(number: int) -> None:
        if number == 3:
            raise RuntimeError

    for state in (DownloadState.QUEUED, DownloadState.QUEUED, DownloadState.FAILED):
        job.work(fail)
        assert (job.found.state, len(job.found.volumes)) == (state, 1)
    assert job.ask().download_id != job.download.download_id


def test_what_is_there_no_more_has_failed_at_once(job: Job) -> None:
    def gone(_number: int) -> None:
        raise NotFoundError

    job.work(gone)
    assert job.found.state is DownloadState.FAILED


def test_only_who_waited_long_is_mailed_and_once(job: Job) -> None:
    job.work(lambda _: job.clock.forward(timedelta(seconds=4)))
    assert job.mails == ["al@farm.example"]
    job.work()
    (item,) = outbox.items(job.scope)
    assert item.kind == volumes.READY
    assert item.payload["account_ref"] == "1200"


def test_who_got_it_at_once_is_not_mailed(job: Job) -> None:
    job.work(lambda _: job.clock.forward(timedelta(seconds=3)))
    assert (job.found.state, job.mails) == (DownloadState.READY, [])


def test_one_that_goes_on_is_not_lost_and_one_that_stands_still_is(job: Job) -> None:
    def die(number: int) -> None:
        job.clock.forward(timedelta(minutes=1))
        if number == 3:
            raise KilledError

    with pytest.raises(KilledError):
        job.work(die)
    assert job.found.state_at(job.download.asked_at + STALE_AFTER) is DownloadState.QUEUED
    assert job.found.state_at(job.clock.now + STALE_AFTER) is DownloadState.FAILED
    assert job.ask() == job.found  # until then it is the one that is asked for again


def test_a_long_choice_takes_no_more_room_than_there_is(job: Job) -> None:
    job.work()
    for number in range(3):
        address = f"/numbers.zip?row={number}" + "x" * (operations.MAX_ADDRESSES // 2 - 100)
        asked = operations.request_download(job.scope, address=address, file=FILE, now=job.clock.now, ids=job.ids)
        kept = repo.downloads(job.scope, "al")
        assert sum(len(one.address) for one in kept) <= operations.MAX_ADDRESSES
        assert kept[-1] == asked
        job.download = asked
        job.work()
