from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.exceptions import ClientError

from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import PublicScope, TenantScope
from chalicelib.store import blobs
from chalicelib.store.clients import client
from chalicelib.store.roles import NoScopeInForceError, assume_scope
from tests.fixtures.calls import counted_calls, listening
from tests.fixtures.worlds import World


@pytest.fixture
def scope(aws: World, ids: Ids) -> TenantScope:
    assert aws.name
    return TenantScope(ids.dealer_id())


@pytest.fixture
def bucket(aws: World) -> str:
    return aws.settings.files_bucket


def test_an_object_is_written_read_listed_and_deleted(scope: TenantScope, bucket: str, ids: Ids) -> None:
    blobs.put(scope, bucket, "lines/1/0.jsonl", b"0123456789", "application/x-ndjson")
    blobs.put(scope, bucket, "documents/1/A%2F1/x.pdf", BytesIO(b"%PDF"), "application/pdf")
    assert blobs.get(scope, bucket, "lines/1/0.jsonl") == b"0123456789"
    assert blobs.get_range(scope, bucket, "lines/1/0.jsonl", 2, 3) == b"234"
    assert blobs.get_range(scope, bucket, "lines/1/0.jsonl", 8, 30) == b"89"
    assert blobs.get(scope, bucket, "documents/1/A%2F1/x.pdf") == b"%PDF"
    assert blobs.size(scope, bucket, "lines/1/0.jsonl") == 10
    assert blobs.exists(scope, bucket, "lines/1/0.jsonl")
    assert blobs.list_names(scope, bucket) == ["documents/1/A%2F1/x.pdf", "lines/1/0.jsonl"]
    assert blobs.list_names(scope, bucket, "lines/") == ["lines/1/0.jsonl"]
    other = TenantScope(ids.dealer_id())
    assert blobs.list_names(other, bucket) == []
    blobs.delete(scope, bucket, ["lines/1/0.jsonl", "never/there"])
    assert not blobs.exists(scope, bucket, "lines/1/0.jsonl")


def test_what_is_not_there_is_not_found(scope: TenantScope, bucket: str) -> None:
    assert blobs.size(scope, bucket, "x") is None
    with pytest.raises(NotFoundError):
        blobs.get(scope, bucket, "x")
    blobs.put(scope, bucket, "short", b"abc", "text/plain")
    with pytest.raises(NotFoundError):
        blobs.get_range(scope, bucket, "short", 3, 1)


@pytest.mark.parametrize(("code", "raised"), [("AccessDenied", NotFoundError), ("SlowDown", ClientError)])
def test_what_the_public_role_may_not_list_is_not_found(
    scope: TenantScope, bucket: str, code: str, raised: type[Exception]
) -> None:
    def refuse(**_: Any) -> None:
        raise ClientError({"Error": {"Code": code}}, "GetObject")

    public = PublicScope(scope.dealer_id)
    blobs.put(scope, bucket, "public/logo.png", b"PNG", "image/png")
    assert blobs.get_public(public, bucket, "logo.png") == b"PNG"
    with listening("s3", "before-call.s3.GetObject", refuse), pytest.raises(raised) as error:
        blobs.get_public(public, bucket, "logo.png")
    assert type(error.value) is raised


@pytest.mark.parametrize("name", ["", "/", "a//b", "../bbbbbbbbbb/x", "a/../../x", "./x", "a/", "/etc"])
def test_no_name_leaves_the_dealers_folder(scope: TenantScope, bucket: str, name: str) -> None:
    with pytest.raises(ValueError, match="not an object's name"):
        blobs.put(scope, bucket, name, b"x", "text/plain")


def test_other_failures_stay_loud(scope: TenantScope) -> None:
    for read in (blobs.get, blobs.size):
        with pytest.raises(ClientError):
            read(scope, "somebody-elses-bucket", "x")


def test_another_dealers_object_is_refused_even_by_key(scope: TenantScope, bucket: str, ids: Ids) -> None:
    key = blobs.object_key(TenantScope(ids.dealer_id()), "x")
    with assume_scope(scope), pytest.raises(ClientError, match="AccessDenied"):
        client("s3").get_object(Bucket=bucket, Key=key)
    with pytest.raises(NoScopeInForceError):
        client("s3").get_object(Bucket=bucket, Key=key)


def test_many_are_deleted_by_the_thousand(scope: TenantScope, bucket: str) -> None:
    with counted_calls("s3") as calls:
        blobs.delete(scope, bucket, [f"n/{number}" for number in range(1001)])
    assert calls == ["DeleteObjects"] * 2
    with counted_calls("s3") as calls:
        blobs.delete(scope, bucket, [])
    assert calls == []


def test_an_object_that_stays_is_an_error(scope: TenantScope, bucket: str) -> None:
    def refuse(parsed: dict[str, Any], **_: Any) -> None:
        parsed["Errors"] = [{"Key": "x", "Code": "InternalError"}]

    with listening("s3", "after-call.s3.DeleteObjects", refuse), pytest.raises(RuntimeError, match="InternalError"):
        blobs.delete(scope, bucket, ["x"])


def test_a_link_names_the_file_and_carries_the_dealers_role(scope: TenantScope, bucket: str) -> None:
    link = blobs.presign_get(scope, bucket, "documents/1/a/b.pdf", filename='Inv "127070" ü.pdf', disposition="inline")
    asked = parse_qs(urlsplit(link).query)
    assert asked["response-content-disposition"] == ["inline; filename*=UTF-8''Inv%20%22127070%22%20%C3%BC.pdf"]
    assert asked["response-content-type"] == ["application/pdf"]
    assert asked["X-Amz-Expires"] == ["60"]
    assert asked["X-Amz-Security-Token"]
    assert urlsplit(link).path.endswith(f"/d/{scope.dealer_id}/documents/1/a/b.pdf")


def test_a_form_takes_one_name_one_type_and_a_size(scope: TenantScope, bucket: str) -> None:
    plain = blobs.presign_post(scope, bucket, "inbox/1/x.zip", max_bytes=9, content_type="application/zip", seconds=60)
    assert plain.fields["key"] == f"d/{scope.dealer_id}/inbox/1/x.zip"
    assert plain.fields["Content-Type"] == "application/zip"
    assert plain.fields["success_action_status"] == "201"
    back = blobs.presign_post(
        scope, bucket, "x", max_bytes=9, content_type="a/b", seconds=60, success_redirect="https://portal.example/ok"
    )
    assert back.fields["success_action_redirect"] == "https://portal.example/ok"
    assert "success_action_status" not in back.fields
