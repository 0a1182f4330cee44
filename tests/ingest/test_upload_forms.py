"""A form for one upload, which anybody who has it may use, is of use for a quarter of an hour and no longer."""

from base64 import b64decode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from json import loads

import pytest

from chalicelib.ccx.archive import MAX_BYTES
from chalicelib.ingest import repo, uploads
from chalicelib.ingest.model import UploadState
from chalicelib.kernel.errors import TooManyError
from chalicelib.kernel.ids import Ids
from tests.fixtures.calls import counted_calls
from tests.fixtures.cast import Cast, Dealership
from tests.fixtures.worlds import World

LIFE = timedelta(minutes=15)


def begin(dealership: Dealership, now: datetime, ids: Ids, key: str = "") -> uploads.Begun:
    name = f"ccx_{dealership.dealer.code}_20240605T050000Z_00000009.zip"
    scope = replace(dealership.import_scope, key_id=key)
    return uploads.begin_upload(scope, file_name=name, size=100, now=now, ids=ids)


def test_uploads_that_never_come_are_few_and_in_nobodys_way(aws: World, cast: Cast, now: datetime, ids: Ids) -> None:
    scope, dealership = cast.ours.import_scope, cast.ours
    begun = [begin(dealership, now + timedelta(seconds=n), ids, f"key {n % 5}") for n in range(uploads.MAX_BEGUN)]
    late = now + timedelta(minutes=50)
    with pytest.raises(
        TooManyError, match=r"^100 uploads were started in the last hour .* try again in 10 minutes\.$"
    ) as full:
        begin(dealership, late, ids, "key 5")
    assert full.value.retry_after == 10 * 60
    begin(cast.rival, late, ids)
    found = repo.upload(scope, begun[0].upload_id)
    assert found
    assert (found.state, found.uploaded_by) == ("begun", "agent")
    with counted_calls("dynamodb") as calls:
        assert repo.waiting_uploads(scope) == []
    assert calls == ["Query"]
    read = aws.root("dynamodb").query(
        TableName=aws.settings.table_name,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": f"D#{scope.dealer_id}#UPLOADS"}},
    )
    assert read["ScannedCount"] == 0  # the Imports page and each import read none of them
    came = replace(found, state=UploadState.WAITING, arrived_at=late)
    repo.commit(scope, [repo.write_upload(scope, came)])
    assert [one.upload_id for one in repo.waiting_uploads(scope)] == [found.upload_id]
    begin(dealership, late, ids)  # one that has come makes room
    begin(dealership, now + timedelta(hours=1, minutes=1), ids)  # and so does time


def test_a_key_that_begins_too_many_leaves_room_for_the_others(cast: Cast, now: datetime, ids: Ids) -> None:
    begun = [now + timedelta(minutes=n) for n in range(uploads.MAX_BEGUN_OF_KEY)]
    for moment in begun:
        begin(cast.ours, moment, ids, "runaway")
    late = begun[-1] + timedelta(minutes=1)
    with pytest.raises(TooManyError, match="25 uploads") as full:
        begin(cast.ours, late, ids, "runaway")
    begin(cast.ours, late, ids, "another")
    until = late + timedelta(seconds=full.value.retry_after)
    with pytest.raises(TooManyError):
        begin(cast.ours, until - timedelta(seconds=1), ids, "runaway")
    begin(cast.ours, until, ids, "runaway")  # when it was told to come again


def test_every_form_is_for_one_object_and_ends_soon(cast: Cast, now: datetime, ids: Ids) -> None:
    staff = uploads.staff_forms(cast.ours.admin.staff_scope, success_url="https://p.example/", now=now, ids=ids)
    name = f"ccx_{cast.ours.dealer.code}_20240605T050000Z_00000009.zip"
    client = uploads.begin_upload(cast.ours.import_scope, file_name=name, size=100, now=now, ids=ids)
    for form in (staff.form, staff.script_form, client.form):
        policy = loads(b64decode(form.fields["policy"]))
        ends = datetime.fromisoformat(policy["expiration"])
        assert timedelta() < ends - datetime.now(UTC) <= LIFE
        (size,) = [condition for condition in policy["conditions"] if "content-length-range" in condition]
        assert size == ["content-length-range", 1, 100 if form is client.form else MAX_BYTES]
        exact = {name: value for one in policy["conditions"] if isinstance(one, dict) for name, value in one.items()}
        assert exact["key"] == form.fields["key"]
        assert exact["Content-Type"] == uploads.TYPE
