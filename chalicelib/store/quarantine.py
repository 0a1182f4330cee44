"""Objects that people have sent and nobody has checked: read in the intake's role alone, always one version of them."""

from typing import Any
from urllib.parse import quote_plus

from botocore.exceptions import ClientError

from chalicelib import settings
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.scopes import IntakeScope
from chalicelib.store import queues
from chalicelib.store.blobs import object_key
from chalicelib.store.clients import client
from chalicelib.store.roles import scoped

SCAN_TAG = "GuardDutyMalwareScanStatus"

_GONE = frozenset({"NoSuchKey", "NoSuchVersion", "404", "NotFound", "InvalidArgument", "MethodNotAllowed", "405"})


@scoped
def current_version(scope: IntakeScope, name: str) -> str | None:
    """The version that a reader would get now, or None where nothing has come."""
    try:
        found = client("s3").head_object(Bucket=settings.load().quarantine_bucket, Key=object_key(scope, name))
    except ClientError as error:
        if error.response["Error"]["Code"] in _GONE:
            return None
        raise
    return found.get("VersionId")


@scoped
def read(scope: IntakeScope, name: str, version: str) -> bytes:
    """The bytes of this version. Raises NotFoundError."""
    data: bytes = _of_version("get_object", scope, name, version)["Body"].read()
    return data


@scoped
def scan_status(scope: IntakeScope, name: str, version: str) -> str | None:
    """The value of the scanner's tag on this version, or None where it has none. Raises NotFoundError."""
    tags = _of_version("get_object_tagging", scope, name, version)["TagSet"]
    return next((tag["Value"] for tag in tags if tag["Key"] == SCAN_TAG), None)


@scoped
def release(scope: IntakeScope, name: str, data: bytes, content_type: str) -> None:
    """Put what has been checked among the dealer's files. Again it is the same object."""
    bucket = settings.load().files_bucket
    client("s3").put_object(Bucket=bucket, Key=object_key(scope, name), Body=data, ContentType=content_type)


def request_check(scope: IntakeScope, name: str, version: str) -> None:
    """Have this version checked, by the message that S3 sends when it comes.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
    """
    stored = {"key": quote_plus(object_key(scope, name), safe="/"), "versionId": version}
    queues.send(settings.load().intake_queue_url, {"Records": [{"s3": {"object": stored}}]})


def _of_version(operation: str, scope: IntakeScope, name: str, version: str) -> Any:
    call = getattr(client("s3"), operation)
    try:
        return call(Bucket=settings.load().quarantine_bucket, Key=object_key(scope, name), VersionId=version)
    except ClientError as error:
        if error.response["Error"]["Code"] in _GONE:
            raise NotFoundError from error
        raise
