"""What a presigned right allows is the server's to check: moto checks nothing, ministack all but a role's signature."""

from collections.abc import Mapping
from uuid import uuid4

import pytest
import urllib3

from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import TenantScope
from chalicelib.store import blobs
from tests.fixtures.worlds import World

HTTP = urllib3.PoolManager()


@pytest.fixture
def scope(engine: World, ids: Ids) -> TenantScope:
    assert engine.name
    return TenantScope(ids.dealer_id())


def post(form: blobs.PresignedPost, data: bytes, **other: str) -> int:
    fields: Mapping[str, str | tuple[str, bytes]] = {**form.fields, **other, "file": ("x.zip", data)}
    status: int = HTTP.request("POST", form.url, fields=dict(fields), retries=False, redirect=False).status
    return status


def test_a_form_takes_only_what_its_policy_says(scope: TenantScope, engine: World) -> None:
    bucket = engine.settings.inbox_bucket
    form = blobs.presign_post(scope, bucket, "inbox/1/x.zip", max_bytes=9, content_type="application/zip", seconds=60)
    assert post(form, b"0123456789") == 400
    assert post(form, b"") == 400
    assert post(form, b"x", key=f"d/{scope.dealer_id}/inbox/1/y.zip") == 403
    assert post(form, b"x", key="d/bbbbbbbbbb/inbox/1/x.zip") == 403
    assert post(form, b"x", **{"Content-Type": "text/html"}) == 403
    assert not blobs.exists(scope, bucket, "inbox/1/x.zip")
    assert post(form, b"012345678") == 201
    assert blobs.get(scope, bucket, "inbox/1/x.zip") == b"012345678"


def test_a_link_opens_one_object_as_long_as_it_is_unchanged(scope: TenantScope, engine: World) -> None:
    bucket, name = engine.settings.files_bucket, f"documents/{uuid4()}.pdf"
    blobs.put(scope, bucket, name, b"%PDF-1.7", "application/pdf")
    link = blobs.presign_get(scope, bucket, name, filename="a.pdf", disposition="inline")
    answer = HTTP.request("GET", link)
    assert (answer.status, answer.data) == (200, b"%PDF-1.7")
    assert answer.headers["Content-Disposition"] == "inline; filename*=UTF-8''a.pdf"
    assert HTTP.request("GET", link.replace("documents", "documentz")).status == 403
