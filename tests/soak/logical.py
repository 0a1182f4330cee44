"""All that a dealer has in the table and among the files, but for what tells when and by which attempt it came."""

import json
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

from tests.fixtures.calls import listening
from tests.ingest.pipeline import ImportPipeline

TIMES = frozenset(
    "at done_at opened_at gated_at ended_at finalised_at resent_at undone_at swept_at begun_at arrived_at received_at "
    "expires_at ttl version etag".split()
)
"""Fields, at any depth, in which two histories with the same end may differ."""
_ULID = re.compile(r"\b[0-7][0-9A-HJKMNP-TV-Z]{25}\b")
_KEYED = {"PutItem": "Item", "UpdateItem": "Key", "DeleteItem": "Key"}


@contextmanager
def written_partitions() -> Iterator[set[str]]:
    """The partition keys of all items written inside."""
    found: set[str] = set()

    def note(params: dict[str, Any], model: Any, **_: Any) -> None:
        found.update(_partitions(model.name, params))

    with listening("dynamodb", "provide-client-params.dynamodb", note):
        yield found


def _partitions(operation: str, params: dict[str, Any]) -> Iterator[str]:
    if operation in _KEYED:
        yield params[_KEYED[operation]]["pk"]["S"]
    elif operation == "BatchWriteItem":
        for requests in params["RequestItems"].values():
            for request in requests:
                yield from (body.get("Item", body.get("Key"))["pk"]["S"] for body in request.values())
    elif operation == "TransactWriteItems":
        for item in params["TransactItems"]:
            yield from (body.get("Item", body.get("Key"))["pk"]["S"] for body in item.values())


class Reader:
    """Reads behind the store's back, with clients made once."""

    def __init__(self, line: ImportPipeline) -> None:
        self._settings = line.world.settings
        self._table, self._s3 = line.world.root("dynamodb"), line.world.root("s3")

    def everything(self, line: ImportPipeline, partitions: set[str]) -> str:
        """A line for each item of these partitions and each object of the dealer, sorted; equal for equal states."""
        home = f"D#{line.scope.dealer_id}#"
        texts = [_item(item) for pk in partitions if pk.startswith(home) for item in self._items(pk)]
        names = {line.scope.dealer_id: "(dealer)", line.code.rpartition("_")[2]: "(name)"}
        return "\n".join(sorted(_nameless(text, names) for text in [*texts, *self._objects(line)]))

    def _items(self, pk: str) -> Iterator[dict[str, Any]]:
        pages = self._table.get_paginator("query").paginate(
            TableName=self._settings.table_name,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": pk}},
            ConsistentRead=True,
        )
        for page in pages:
            yield from page["Items"]

    def _objects(self, line: ImportPipeline) -> Iterator[str]:
        home = f"d/{line.scope.dealer_id}/"
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._settings.files_bucket, Prefix=home)
        for page in pages:
            for found in page.get("Contents", ()):
                yield f"{found['Key']} {found['ETag']}"


def difference(expected: str, found: str) -> list[str]:
    """The first lines that only one of two ends has. Empty where they are the same."""
    one, other = set(expected.split("\n")), set(found.split("\n"))
    return [f"{'missing' if line in one else 'too much'}: {line[:300]}" for line in sorted(one ^ other)][:4]


def _item(item: dict[str, Any]) -> str:
    values = {name: _plain(value) for name, value in item.items() if name not in TIMES | {"pk", "sk"}}
    return f"{item['pk']['S']} {item['sk']['S']} {json.dumps(_timeless(values), sort_keys=True)}"


def _plain(value: dict[str, Any]) -> Any:
    (kind, held), *_ = value.items()
    if kind == "B":
        try:
            return json.loads(zlib.decompress(held))
        except (zlib.error, ValueError):
            return sha256(held).hexdigest()
    if kind == "S" and held.startswith(("{", "[")):
        return json.loads(held)
    return sorted(held) if kind in {"NS", "SS"} else held


def _nameless(text: str, names: dict[str, str]) -> str:
    for name, stand_in in names.items():
        text = text.replace(name, stand_in)
    return _ULID.sub("(ulid)", text)


def _timeless(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _timeless(inner) for name, inner in value.items() if name not in TIMES}
    return [_timeless(inner) for inner in value] if isinstance(value, list) else value
