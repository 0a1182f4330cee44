from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import IO

import pytest

from chalicelib import settings
from chalicelib.downloads import queries, repo
from chalicelib.downloads.model import (
    KEPT_FOR,
    SPREADSHEETS,
    STALE_AFTER,
    Download,
    DownloadKind,
    DownloadState,
    MemberScope,
    SpreadsheetFile,
)
from chalicelib.downloads.operations import MAX_KEPT, make_download, request_download
from chalicelib.kernel.deadline import no_deadline
from chalicelib.kernel.errors import NotFoundError, TooManyError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import CustomerScope, DealerScope, ImportScope
from chalicelib.rendering.spreadsheet import Cell, Column, FileKind
from chalicelib.store import blobs
from chalicelib.store.temporary_files import object_name
from tests.fixtures.worlds import World

ERA = "01HZM2Z5Q0XYZXYZXYZXYZXYZX"


def rows() -> Iterator[list[Cell]]:
    yield ["A", "1"]
    yield ["B", "2"]


FILE = SpreadsheetFile(
    file_name="list.csv", form=FileKind.CSV, title="List", columns=[Column("Name"), Column("No")], rows=(), count=2
)


@pytest.fixture
def staff(aws: World, ids: Ids) -> DealerScope:
    assert aws.name
    return DealerScope(ids.dealer_id(), "maria")


def asked(scope: MemberScope, now: datetime, ids: Ids, address: str = "/list.csv") -> Download:
    return request_download(scope, address=address, file=FILE, now=now, ids=ids)


def made(scope: MemberScope, download: Download, now: datetime, seen: list[MemberScope] | None = None) -> None:
    def produce(who: MemberScope, _: Download) -> SpreadsheetFile:
        if seen is not None:
            seen.append(who)
        return replace(FILE, rows=rows())

    feed = ImportScope(scope.dealer_id)
    make_download(
        feed,
        person_id=scope.person_id,
        download_id=download.download_id,
        produce=produce,
        clock=lambda: now,
        ids=Ids(),
        remaining=no_deadline,
    )


def messages(aws: World) -> list[dict[str, str]]:
    return aws.messages(aws.settings.downloads_queue_url)


def test_a_file_is_queued_made_and_fetched(staff: DealerScope, aws: World, now: datetime, ids: Ids) -> None:
    messages(aws)
    download = asked(staff, now, ids)
    assert download.state is DownloadState.QUEUED
    ours = {"dealer_id": staff.dealer_id, "person_id": "maria", "download_id": download.download_id}
    assert messages(aws) == [ours]
    with pytest.raises(NotFoundError):
        queries.download_link(staff, download)
    seen: list[MemberScope] = []
    made(staff, download, now, seen)
    assert seen == [staff]
    found = queries.download(staff, download.download_id, now=now, kinds=SPREADSHEETS)
    assert (found.state, found.count, found.restarted) == (DownloadState.READY, 2, False)
    assert "list.csv" in queries.download_link(staff, found)
    stored = blobs.get(staff, settings.load().files_bucket, object_name(download.download_id, "csv"))
    assert stored.decode("utf-8-sig") == "Name,No\r\nA,1\r\nB,2\r\n"


def test_a_message_that_comes_twice_makes_it_once(staff: DealerScope, now: datetime, ids: Ids) -> None:
    download, seen = asked(staff, now, ids), list[MemberScope]()
    for _ in range(2):
        made(staff, download, now, seen)
    assert len(seen) == 1


def test_a_message_for_what_is_gone_or_given_up_makes_nothing(staff: DealerScope, now: datetime, ids: Ids) -> None:
    download, seen = asked(staff, now, ids), list[MemberScope]()
    made(staff, replace(download, download_id="another"), now, seen)
    made(staff, download, now + STALE_AFTER, seen)
    assert seen == []


def test_the_same_file_asked_for_again_is_the_one_on_its_way(
    staff: DealerScope, aws: World, now: datetime, ids: Ids
) -> None:
    download = asked(staff, now, ids)
    messages(aws)
    assert asked(staff, now + timedelta(minutes=1), ids) == download
    assert len(messages(aws)) == 1  # its first message may have been lost
    made(staff, download, now)
    assert asked(staff, now + timedelta(minutes=1), ids).download_id == download.download_id
    assert messages(aws) == []
    assert asked(staff, now, ids, "/list.csv?q=b").download_id != download.download_id


def test_only_who_asked_may_fetch_and_only_as_who_they_were(staff: DealerScope, now: datetime, ids: Ids) -> None:
    customer = CustomerScope(staff.dealer_id, "maria", frozenset({"1200"}))
    download = asked(customer, now, ids)
    made(customer, download, now)
    found = queries.download(customer, download.download_id, now=now, kinds=SPREADSHEETS)
    assert queries.download_link(customer, found)
    with pytest.raises(NotFoundError):
        queries.download(customer, download.download_id, now=now, kinds={DownloadKind.ZIP})
    for other in (
        staff,
        replace(customer, person_id="rita"),
        replace(customer, account_refs=frozenset({"1201"})),
        replace(customer, eras={"1200": ERA}),
        replace(customer, dealer_id=ids.dealer_id()),
    ):
        with pytest.raises(NotFoundError):
            queries.download(other, download.download_id, now=now, kinds=SPREADSHEETS)


def test_a_customers_file_is_made_as_that_customer(staff: DealerScope, now: datetime, ids: Ids) -> None:
    alone = CustomerScope(staff.dealer_id, "al", frozenset({"1200"}))
    master = replace(alone, account_refs=frozenset({"1200", "1201"}), account_ref="1201")
    later = replace(alone, eras={"1200": ERA})
    seen: list[MemberScope] = []
    for customer in (alone, master, later):
        made(customer, asked(customer, now, ids), now, seen)
    assert seen == [alone, master, later]


def test_a_person_waits_for_one_file_at_a_time(staff: DealerScope, now: datetime, ids: Ids) -> None:
    waiting = asked(staff, now, ids, "/list.csv?q=1")
    with pytest.raises(TooManyError):
        asked(staff, now, ids, "/list.csv?q=more")
    assert asked(replace(staff, person_id="rita"), now, ids).state is DownloadState.QUEUED
    made(staff, waiting, now)
    assert asked(staff, now, ids, "/list.csv?q=more").state is DownloadState.QUEUED


def test_a_file_that_cannot_be_made_has_failed_and_may_be_asked_for_again(
    staff: DealerScope, now: datetime, ids: Ids
) -> None:
    def broken(*_: object) -> SpreadsheetFile:
        raise RuntimeError

    download = asked(staff, now, ids)
    feed = ImportScope(staff.dealer_id)
    make_download(
        feed,
        person_id="maria",
        download_id=download.download_id,
        produce=broken,
        clock=lambda: now,
        ids=Ids(),
        remaining=no_deadline,
    )
    assert queries.download(staff, download.download_id, now=now, kinds=SPREADSHEETS).state is DownloadState.FAILED
    assert asked(staff, now, ids).download_id != download.download_id


def test_a_file_that_never_came_has_failed_after_a_while(staff: DealerScope, now: datetime, ids: Ids) -> None:
    download = asked(staff, now, ids)
    found = queries.download(staff, download.download_id, now=now + STALE_AFTER, kinds=SPREADSHEETS)
    assert found.state_at(now + STALE_AFTER) == "failed"
    assert asked(staff, now + STALE_AFTER, ids).download_id != download.download_id


def test_files_are_kept_for_a_day_and_not_too_many(staff: DealerScope, now: datetime, ids: Ids) -> None:
    first = asked(staff, now, ids)
    made(staff, first, now)
    with pytest.raises(NotFoundError):
        queries.download(staff, first.download_id, now=now + KEPT_FOR, kinds=SPREADSHEETS)
    for number in range(MAX_KEPT + 5):
        made(staff, asked(staff, now, ids, f"/list.csv?q={number}"), now)
    assert len(repo.downloads(staff, "maria")) == MAX_KEPT
    asked(staff, now + KEPT_FOR, ids)
    assert len(repo.downloads(staff, "maria")) == 1


def test_what_could_not_be_put_into_a_file_is_named_and_not_counted(
    staff: DealerScope, now: datetime, ids: Ids
) -> None:
    class Partly(SpreadsheetFile):
        def write(self, out: IO[bytes]) -> tuple[str, ...]:
            out.write(b"A")
            return ("B",)

    download = asked(staff, now, ids)
    partly = Partly(file_name="list.csv", form=FileKind.CSV, title="", columns=(), rows=(), count=2)
    feed = ImportScope(staff.dealer_id)
    make_download(
        feed,
        person_id="maria",
        download_id=download.download_id,
        produce=lambda *_: partly,
        clock=lambda: now,
        ids=Ids(),
        remaining=no_deadline,
    )
    found = queries.download(staff, download.download_id, now=now, kinds=SPREADSHEETS)
    assert (found.count, found.left_out) == (1, ("B",))
