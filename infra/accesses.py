"""What a DynamoDB or S3 call asks of IAM: its actions, ARNs and condition keys, read from its parameters."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from infra.iam import Access
from infra.key_conditions import partition_value

Params = Mapping[str, Any]


class UnknownCallError(ValueError):
    """A call of which we cannot say whose data it touches."""


def accesses(service: str, operation: str, params: Params) -> list[Access]:
    """The accesses of one call of `dynamodb` or `s3`. Calls not listed ask for an action of their own name."""
    reader = _READERS[service].get(operation)
    if reader is None:
        return [Access(f"{service}:{operation}", "*")]
    found = list(reader(operation, params))
    if not found:
        msg = f"{service}:{operation} names no key"
        raise UnknownCallError(msg)
    return found


def _table(name: str, index: str | None = None) -> str:
    arn = name if name.startswith("arn:") else f"arn:aws:dynamodb:us-east-1:000000000000:table/{name}"
    return f"{arn}/index/{index}" if index else arn


def _keyed(action: str, table: str, key: Mapping[str, Any], index: str | None = None) -> Access:
    leading = key.get("pk", {}).get("S")
    if leading is None:
        msg = f"dynamodb:{action} without a text pk"
        raise UnknownCallError(msg)
    return Access(f"dynamodb:{action}", _table(table, index), {"dynamodb:LeadingKeys": [leading]})


def _item(operation: str, params: Params) -> Iterator[Access]:
    yield _keyed(operation, params["TableName"], params.get("Key") or params.get("Item") or {})


def _query(operation: str, params: Params) -> Iterator[Access]:
    pk = {"pk": {"S": partition_value(params)}}
    yield _keyed(operation, params["TableName"], pk, params.get("IndexName"))


def _batch_get(operation: str, params: Params) -> Iterator[Access]:
    for table, wanted in params["RequestItems"].items():
        for key in wanted["Keys"]:
            yield _keyed(operation, table, key)


def _batch_write(operation: str, params: Params) -> Iterator[Access]:
    for table, requests in params["RequestItems"].items():
        for request in requests:
            put, delete = request.get("PutRequest"), request.get("DeleteRequest")
            yield _keyed(operation, table, put["Item"] if put else delete["Key"])


def _transaction(_operation: str, params: Params) -> Iterator[Access]:
    """IAM asks for the action of each member: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html."""
    for member in params["TransactItems"]:
        for kind, request in member.items():
            action = "ConditionCheckItem" if kind == "ConditionCheck" else f"{kind}Item"
            yield _keyed(action, request["TableName"], request.get("Key") or request.get("Item") or {})


def _object_arn(params: Params, key: str | None = None) -> str:
    return f"arn:aws:s3:::{params['Bucket']}/{params['Key'] if key is None else key}"


def _read(_operation: str, params: Params) -> Iterator[Access]:
    yield Access("s3:GetObjectVersion" if params.get("VersionId") else "s3:GetObject", _object_arn(params))


def _write(_operation: str, params: Params) -> Iterator[Access]:
    yield Access("s3:PutObject", _object_arn(params))
    if params.get("Tagging"):
        yield Access("s3:PutObjectTagging", _object_arn(params))


def _abort(_operation: str, params: Params) -> Iterator[Access]:
    yield Access("s3:AbortMultipartUpload", _object_arn(params))


def _delete(_operation: str, params: Params) -> Iterator[Access]:
    yield Access("s3:DeleteObjectVersion" if params.get("VersionId") else "s3:DeleteObject", _object_arn(params))


def _delete_many(_operation: str, params: Params) -> Iterator[Access]:
    for entry in params["Delete"]["Objects"]:
        action = "s3:DeleteObjectVersion" if entry.get("VersionId") else "s3:DeleteObject"
        yield Access(action, _object_arn(params, entry["Key"]))


def _copy(_operation: str, params: Params) -> Iterator[Access]:
    source = params["CopySource"]
    if not isinstance(source, Mapping):
        msg = "s3 copies name their source as a dict"
        raise UnknownCallError(msg)
    yield from _read("", source)
    yield Access("s3:PutObject", _object_arn(params))


def _list(_operation: str, params: Params) -> Iterator[Access]:
    yield Access("s3:ListBucket", f"arn:aws:s3:::{params['Bucket']}", {"s3:prefix": [params.get("Prefix") or ""]})


Reader = Callable[[str, Params], Iterator[Access]]

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
