"""What a DynamoDB or S3 call asks of IAM: its actions, ARNs and condition keys, read from its parameters.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html and list_amazons3.html
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from infra.iam.key_conditions import partition_value
from infra.iam.policy import AccessRequest

Params = Mapping[str, Any]


class UnknownCallError(ValueError):
    """A call that may touch anybody's data."""


def access_requests(service: str, operation: str, params: Params) -> list[AccessRequest]:
    """One call of `dynamodb` or `s3`, as IAM sees it. Operations not listed ask for the action of the same name."""
    reader = _READERS[service].get(operation)
    if reader is None:
        return [AccessRequest(f"{service}:{operation}", "*")]
    found = list(reader(operation, params))
    if not found:
        msg = f"{service}:{operation} names no key"
        raise UnknownCallError(msg)
    return found


def _table(name: str, index: str | None = None) -> str:
    arn = name if name.startswith("arn:") else f"arn:aws:dynamodb:us-east-1:000000000000:table/{name}"
    return f"{arn}/index/{index}" if index else arn


def _on_key(action: str, table: str, key: Mapping[str, Any], index: str | None = None) -> AccessRequest:
    leading = key.get("pk", {}).get("S")
    if leading is None:
        msg = f"dynamodb:{action} without a text pk"
        raise UnknownCallError(msg)
    return AccessRequest(f"dynamodb:{action}", _table(table, index), {"dynamodb:LeadingKeys": [leading]})


def _item(operation: str, params: Params) -> Iterator[AccessRequest]:
    yield _on_key(operation, params["TableName"], params.get("Key") or params.get("Item") or {})


def _query(operation: str, params: Params) -> Iterator[AccessRequest]:
    pk = {"pk": {"S": partition_value(params)}}
    yield _on_key(operation, params["TableName"], pk, params.get("IndexName"))


def _batch_get(operation: str, params: Params) -> Iterator[AccessRequest]:
    for table, wanted in params["RequestItems"].items():
        for key in wanted["Keys"]:
            yield _on_key(operation, table, key)


def _batch_write(operation: str, params: Params) -> Iterator[AccessRequest]:
    for table, requests in params["RequestItems"].items():
        for request in requests:
            put, delete = request.get("PutRequest"), request.get("DeleteRequest")
            yield _on_key(operation, table, put["Item"] if put else delete["Key"])


def _transaction(_operation: str, params: Params) -> Iterator[AccessRequest]:
    """IAM asks for the action of each member: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html."""
    for member in params["TransactItems"]:
        for kind, request in member.items():
            action = "ConditionCheckItem" if kind == "ConditionCheck" else f"{kind}Item"
            yield _on_key(action, request["TableName"], request.get("Key") or request.get("Item") or {})


def _object_arn(params: Params, key: str | None = None) -> str:
    return f"arn:aws:s3:::{params['Bucket']}/{params['Key'] if key is None else key}"


def _read(_operation: str, params: Params) -> Iterator[AccessRequest]:
    yield AccessRequest("s3:GetObjectVersion" if params.get("VersionId") else "s3:GetObject", _object_arn(params))


def _read_tags(_operation: str, params: Params) -> Iterator[AccessRequest]:
    of_version = "s3:GetObjectVersionTagging" if params.get("VersionId") else "s3:GetObjectTagging"
    yield AccessRequest(of_version, _object_arn(params))


def _write(_operation: str, params: Params) -> Iterator[AccessRequest]:
    yield AccessRequest("s3:PutObject", _object_arn(params))
    if params.get("Tagging"):
        yield AccessRequest("s3:PutObjectTagging", _object_arn(params))


def _abort(_operation: str, params: Params) -> Iterator[AccessRequest]:
    yield AccessRequest("s3:AbortMultipartUpload", _object_arn(params))


def _delete(_operation: str, params: Params) -> Iterator[AccessRequest]:
    yield AccessRequest("s3:DeleteObjectVersion" if params.get("VersionId") else "s3:DeleteObject", _object_arn(params))


def _delete_many(_operation: str, params: Params) -> Iterator[AccessRequest]:
    for entry in params["Delete"]["Objects"]:
        action = "s3:DeleteObjectVersion" if entry.get("VersionId") else "s3:DeleteObject"
        yield AccessRequest(action, _object_arn(params, entry["Key"]))


def _copy(_operation: str, params: Params) -> Iterator[AccessRequest]:
    source = params["CopySource"]
    if not isinstance(source, Mapping):
        msg = "s3 copies name their source as a dict"
        raise UnknownCallError(msg)
    yield from _read("", source)
    yield AccessRequest("s3:PutObject", _object_arn(params))


def _list(_operation: str, params: Params) -> Iterator[AccessRequest]:
    yield AccessRequest(
        "s3:ListBucket", f"arn:aws:s3:::{params['Bucket']}", {"s3:prefix": [params.get("Prefix") or ""]}
    )


Reader = Callable[[str, Params], Iterator[AccessRequest]]

_READERS: dict[str, dict[str, Reader]] = {
    "dynamodb": {
        "GetItem": _item,
        "PutItem": _item,
        "UpdateItem": _item,
        "DeleteItem": _item,
        "Query": _query,
        "BatchGetItem": _batch_get,
        "BatchWriteItem": _batch_write,
        "TransactGetItems": _transaction,
        "TransactWriteItems": _transaction,
    },
    "s3": {
        "GetObject": _read,
        "HeadObject": _read,
        "GetObjectTagging": _read_tags,
        "PutObject": _write,
        "CreateMultipartUpload": _write,
        "UploadPart": _write,
        "CompleteMultipartUpload": _write,
        "AbortMultipartUpload": _abort,
        "UploadPartCopy": _copy,
        "CopyObject": _copy,
        "DeleteObject": _delete,
        "DeleteObjects": _delete_many,
        "ListObjectsV2": _list,
        "ListObjects": _list,
    },
}
