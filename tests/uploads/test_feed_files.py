"""Items of dealers who take them as files: each is taken once, and written with its document."""

import csv
from dataclasses import replace
from datetime import datetime, timedelta
from io import StringIO

import pytest

from chalicelib import settings
from chalicelib.feed import operations
from chalicelib.feed.model import Taker
from chalicelib.kernel.ids import Ids
from chalicelib.store import blobs
from chalicelib.uploads import feed_files
from chalicelib.uploads.model import kept_name
from tests.feed.made import DOCUMENT, written
from tests.fixtures.cast import Cast, Dealership
from tests.uploads.sending import GOOD, Sending


@pytest.fixture
def ours(cast: Cast, now: datetime, ids: Ids) -> Dealership:
    """A dealership that takes the items as files."""
    operations.choose_taker(cast.ours.admin.staff_scope, taker=Taker.FILES, now=now, ids=ids)
    return cast.ours


def outbox(dealership: Dealership) -> dict[str, bytes]:
    """What is there, by name."""
    bucket = settings.load().files_bucket
    names = blobs.list_names(dealership.scope, bucket, f"{feed_files.FOLDER}/")
    return {name.removeprefix("outbox/"): blobs.get(dealership.scope, bucket, name) for name in names}


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(content.decode(), newline="")))


def test_a_file_for_each_kind_with_the_columns_of_the_api(
    ours: Dealership, cast: Cast, now: datetime, ids: Ids
) -> None:
    first, second = (written(ours.scope, now + timedelta(seconds=n), ids) for n in range(2))
    document = Sending(ours, now, ids, name="../may 1.csv", note='=SUM(1)\n"x"').accept()
    feed_files.write(ours.import_scope, [first.item_id, document.file_id, second.item_id])
    found = outbox(ours)
    accepted, sent = f"invitation_accepted_{first.item_id}.csv", f"document_{document.file_id}.csv"
    file = f"documents/{document.file_id}_may_1.csv"
    assert found.keys() == {accepted, sent, file}
    assert found[file] == GOOD
    known = {"kind": "invitation_accepted", "version": "1", "account_ref": "1200", "account_name": "Mr A L Barlow"}
    assert rows(found[accepted]) == [
        {"id": item.item_id, "at": item.at.isoformat(), "email": "al@farm.example"} | known for item in (first, second)
    ]
    (row,) = rows(found[sent])
    assert (row["file"], row["note"], row["file_name"]) == (file, '=SUM(1)\n"x"', "may 1.csv")
    assert list(row)[:6] == ["id", "kind", "version", "at", "account_ref", "account_name"]
    assert outbox(cast.rival) == {}


def test_written_again_it_is_the_same(ours: Dealership, now: datetime, ids: Ids) -> None:
    document = Sending(ours, now, ids).accept()
    item = written(ours.scope, now, ids)
    feed_files.write(ours.import_scope, [document.file_id, item.item_id])
    before = outbox(ours)
    feed_files.write(ours.import_scope, [document.file_id, item.item_id])
    assert outbox(ours) == before


def test_a_document_that_is_gone_has_no_file(ours: Dealership, now: datetime, ids: Ids) -> None:
    item = written(ours.scope, now, ids, DOCUMENT)
    feed_files.write(ours.import_scope, [item.item_id])
    (row,) = rows(outbox(ours)[f"document_{item.item_id}.csv"])
    assert (row["file"], row["file_name"]) == ("", "may.pdf")


def test_a_name_on_the_disk_is_short_and_plain(ours: Dealership, now: datetime, ids: Ids) -> None:
    data = replace(DOCUMENT, file_name=f"{'ä/' * 60}.jpeg")
    item = written(ours.scope, now, ids, data)
    bucket = settings.load().files_bucket
    blobs.put(ours.scope, bucket, kept_name(item.item_id), b"x", "image/jpeg")
    feed_files.write(ours.import_scope, [item.item_id])
    assert f"documents/{item.item_id}_{'_' * 80}.jpeg" in outbox(ours)
