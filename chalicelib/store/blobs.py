"""Objects of a dealer. The key is always `d/<dealer_id>/<name>`, built here and nowhere else."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import IO, Any, Literal
from urllib.parse import quote

from botocore.exceptions import ClientError

from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.scopes import IntakeScope, PublicScope, TenantScope
from chalicelib.store.clients import client
from chalicelib.store.roles import scoped

_DELETE_LIMIT = 1000
PUBLIC = "public"
"""What is under it may be read in the public role of the dealer."""
_PICTURE_FORM_SECONDS = 15 * 60


class Kept(StrEnum):
    """How long an object is kept: values of its tag `kept`, by which the bucket's rules delete it."""

    PER_DAY = "a-day"
    A_QUARTER = "a-quarter"


class ETagMismatchError(Exception):
    """The name holds another object now than the one that was read."""


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """An object as it is now: its bytes, and the tag that another content would not have."""

    size: int
    etag: str


@dataclass(frozen=True, slots=True)
class PresignedPost:
    """A form that a browser or upload client may post a file with: `fields` first, then the part named `file`."""

    url: str
    fields: dict[str, str]


def object_key(scope: TenantScope | IntakeScope | PublicScope, name: str) -> str:
    """The key of `name`. Raises ValueError for an empty name, `//`, or a `.` or `..` part."""
    if any(part in {"", ".", ".."} for part in name.split("/")):
        raise ValueError(f"not an object's name: {name!r}")
    return f"d/{scope.dealer_id}/{name}"


@scoped
def put(
    scope: TenantScope,
    bucket: str,
    name: str,
    data: bytes | IO[bytes],
    content_type: str,
    *,
    kept: Kept | None = None,
) -> None:
    """Write an object whole, over the one that was there. The bucket lets go of it after `kept`; None: never."""
    more: Any = {"Tagging": f"kept={kept.value}"} if kept else {}
    client("s3").put_object(Bucket=bucket, Key=object_key(scope, name), Body=data, ContentType=content_type, **more)


@scoped
def get(scope: TenantScope, bucket: str, name: str) -> bytes:
    """The whole object. Raises NotFoundError."""
    data: bytes = _answer(bucket, object_key(scope, name))["Body"].read()
    return data


@scoped
def get_public(scope: PublicScope, bucket: str, name: str) -> bytes:
    """An object under `public/`, whole, for anybody. Raises NotFoundError."""
    try:
        data: bytes = _answer(bucket, object_key(scope, f"{PUBLIC}/{name}"))["Body"].read()
    except ClientError as error:
        # S3 says so, and not that there is no such object, to a role that may not list them.
        if error.response["Error"]["Code"] == "AccessDenied":
            raise NotFoundError from error
        raise
    return data


@scoped
def get_range(
    scope: TenantScope, bucket: str, name: str, offset: int, length: int, *, etag: str | None = None
) -> bytes:
    """At most `length` bytes (above 0) from `offset`; fewer at the end. Raises NotFoundError, also past the end.

    With an `etag` only of the object that has it. Raises ETagMismatchError.
    """
    wanted = f"bytes={offset}-{offset + length - 1}"
    answer = _answer(bucket, object_key(scope, name), Range=wanted)
    if etag is not None and _tag(answer) != etag:
        raise ETagMismatchError
    data: bytes = answer["Body"].read()
    return data


@scoped
def head(scope: TenantScope, bucket: str, name: str) -> ObjectInfo | None:
    """What the object is now, or None where there is none."""
    try:
        found = client("s3").head_object(Bucket=bucket, Key=object_key(scope, name))
    except ClientError as error:
        if _is_missing(error):
            return None
        raise
    return ObjectInfo(found["ContentLength"], _tag(found))


def size(scope: TenantScope, bucket: str, name: str) -> int | None:
    """The object's length in bytes, or None where there is none."""
    found = head(scope, bucket, name)
    return found.size if found else None


def exists(scope: TenantScope, bucket: str, name: str) -> bool:
    """Whether there is such an object."""
    return size(scope, bucket, name) is not None


@scoped
def delete(scope: TenantScope, bucket: str, names: Iterable[str]) -> None:
    """Delete the objects; no error for those that are not there. Raises RuntimeError where S3 refuses one."""
    keys = [object_key(scope, name) for name in names]
    for start in range(0, len(keys), _DELETE_LIMIT):
        chunk = keys[start : start + _DELETE_LIMIT]
        answer = client("s3").delete_objects(
            Bucket=bucket, Delete={"Objects": [{"Key": key} for key in chunk], "Quiet": True}
        )
        if answer.get("Errors"):
            raise RuntimeError(f"not deleted: {answer['Errors'][0].get('Code')}")


@scoped
def list_names(scope: TenantScope, bucket: str, prefix: str = "") -> list[str]:
    """Names (without `d/<dealer_id>/`) that begin with `prefix`, in byte order."""
    home = f"d/{scope.dealer_id}/"
    pages = client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=home + prefix)
    return [found["Key"].removeprefix(home) for page in pages for found in page.get("Contents", [])]


# Tested control: presigned-get-lifetime
@scoped
def presign_get(
    scope: TenantScope,
    bucket: str,
    name: str,
    *,
    filename: str,
    disposition: Literal["inline", "attachment"],
    content_type: str = "application/pdf",
    seconds: int = 60,
) -> str:
    """A link to the object for `seconds`, shown or saved as `filename`. Does not look whether it is there."""
    params = {
        "Bucket": bucket,
        "Key": object_key(scope, name),
        "ResponseContentType": content_type,
        "ResponseContentDisposition": f"{disposition}; filename*=UTF-8''{quote(filename, safe='')}",
    }
    return client("s3").generate_presigned_url("get_object", Params=params, ExpiresIn=seconds)


@scoped
def presign_post(
    scope: TenantScope,
    bucket: str,
    name: str,
    *,
    max_bytes: int,
    content_type: str,
    seconds: int,
    success_redirect: str | None = None,
    kept: Kept | None = None,
) -> PresignedPost:
    """A form for one object of exactly this name and type, 1 to `max_bytes` long, valid `seconds`.

    `kept` as in `put`.
    """
    fields = {"Content-Type": content_type}
    if kept:
        fields["tagging"] = f"<Tagging><TagSet><Tag><Key>kept</Key><Value>{kept.value}</Value></Tag></TagSet></Tagging>"
    if success_redirect is None:
        fields["success_action_status"] = "201"
    else:
        fields["success_action_redirect"] = success_redirect
    conditions: list[Any] = [{field: value} for field, value in fields.items()]
    # Tested control: presigned-post-length
    made = client("s3").generate_presigned_post(
        bucket,
        object_key(scope, name),
        Fields=fields,
        Conditions=[*conditions, ["content-length-range", 1, max_bytes]],
        ExpiresIn=seconds,
    )
    return PresignedPost(made["url"], made["fields"])


def presign_picture(
    scope: TenantScope, bucket: str, name: str, *, max_bytes: int, success_redirect: str
) -> PresignedPost:
    """A form for a picture that is drawn anew before it is shown: of any type, valid for 15 minutes, kept for a day."""
    return presign_post(
        scope,
        bucket,
        name,
        max_bytes=max_bytes,
        content_type="application/octet-stream",
        seconds=_PICTURE_FORM_SECONDS,
        success_redirect=success_redirect,
        kept=Kept.PER_DAY,
    )


def _tag(answer: Mapping[str, Any]) -> str:
    """Without its quotes, as messages of S3 have it."""
    etag: str = answer["ETag"]
    return etag.strip('"')


def _answer(bucket: str, key: str, **more: Any) -> Mapping[str, Any]:
    try:
        return client("s3").get_object(Bucket=bucket, Key=key, **more)
    except ClientError as error:
        if _is_missing(error):
            raise NotFoundError from error
        raise


def _is_missing(error: ClientError) -> bool:
    return error.response["Error"]["Code"] in {"NoSuchKey", "404", "NotFound", "InvalidRange", "416"}
