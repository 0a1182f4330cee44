"""A form for one upload, which anybody who has it may use, is of use for a quarter of an hour and no longer."""

from base64 import b64decode
from datetime import UTC, datetime, timedelta
from json import loads

from chalicelib.ccx.archive import MAX_BYTES
from chalicelib.ingest import uploads
from chalicelib.kernel.ids import Ids
from tests.fixtures.cast import Cast

LIFE = timedelta(minutes=15)


def test_every_form_is_for_one_object_and_ends_soon(cast: Cast, now: datetime, ids: Ids) -> None:
    staff = uploads.staff_forms(cast.ours.admin.staff_scope, success_url="https://p.example/", now=now, ids=ids)
    name = f"ccx_{cast.ours.dealer.code}_20240605T050000Z_00000009.zip"
    client = uploads.begin_upload(
        cast.ours.import_scope, file_name=name, size=100, uploaded_by="agent", now=now, ids=ids
    )
    for form in (staff.form, staff.script_form, client.form):
        policy = loads(b64decode(form.fields["policy"]))
        ends = datetime.fromisoformat(policy["expiration"])
        assert timedelta() < ends - datetime.now(UTC) <= LIFE
        (size,) = [condition for condition in policy["conditions"] if "content-length-range" in condition]
        assert size == ["content-length-range", 1, 100 if form is client.form else MAX_BYTES]
        exact = {name: value for one in policy["conditions"] if isinstance(one, dict) for name, value in one.items()}
        assert exact["key"] == form.fields["key"]
        assert exact["Content-Type"] == uploads.TYPE
