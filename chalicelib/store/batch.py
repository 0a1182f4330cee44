"""Many items at once, without conditions: what DynamoDB leaves unprocessed is sent again until it is done."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from chalicelib.store.backoff import attempts
from chalicelib.store.record import Record, Versioned, shared_table

T = TypeVar("T", bound=Record)
Key = tuple[str, str]

WRITE_LIMIT = 25
READ_LIMIT = 100


class UnprocessedError(RuntimeError):
    """DynamoDB kept refusing part of a batch. What was done stays; running it again is safe."""


def batch_write(records: Iterable[Record], deletes: Iterable[Key] = ()) -> None:
    """Put `records`, delete the keys `deletes`; of several with one key the last counts. Raises UnprocessedError.

    Not atomic. Versioned records are refused (TypeError): a batch cannot check their version.
    """
    for requests in _chunks(_by_key(records, deletes).values(), WRITE_LIMIT):
        _send("BatchWriteItem", "UnprocessedItems", requests)


def batch_get(model: type[T], keys: Iterable[Key], *, consistent: bool = False, only: Sequence[str] = ()) -> list[T]:
    """The items at `keys` that exist, in the order of `keys`; `only` names some attributes. Raises UnprocessedError."""
    wanted = dict.fromkeys(keys)
    how: dict[str, Any] = {"ConsistentRead": consistent}
    if only:
        names = {f"#{at}": name for at, name in enumerate(("pk", "sk", *only))}
        how |= {"ProjectionExpression": ",".join(names), "ExpressionAttributeNames": names}
    found: dict[Key, T] = {}
    for chunk in _chunks(wanted, READ_LIMIT):
        raw = [{"pk": {"S": pk}, "sk": {"S": sk}} for pk, sk in chunk]
        for item in _send("BatchGetItem", "UnprocessedKeys", {"Keys": raw, **how}):
            record = model.from_raw_data(item)
            found[record.pk, record.sk] = record
    return [found[key] for key in wanted if key in found]


def batch_get_mixed(wanted: Mapping[Key, type[Record]]) -> dict[Key, Record]:
    """Items of several kinds, each by its key, as of now: those that exist. At most 100. Raises UnprocessedError."""
    raw = [{"pk": {"S": pk}, "sk": {"S": sk}} for pk, sk in wanted]
    items = _send("BatchGetItem", "UnprocessedKeys", {"Keys": raw, "ConsistentRead": True})
    keyed = (((item["pk"]["S"], item["sk"]["S"]), item) for item in items)
    return {key: wanted[key].from_raw_data(item) for key, item in keyed}


def _by_key(records: Iterable[Record], deletes: Iterable[Key]) -> dict[Key, dict[str, Any]]:
    requests: dict[Key, dict[str, Any]] = {}
    for record in records:
        if isinstance(record, Versioned):
            raise TypeError(f"{type(record).__name__} has a version: write it by itself or in a transaction")
        requests[record.pk, record.sk] = {"PutRequest": {"Item": record.serialize()}}
    for pk, sk in deletes:
        requests[pk, sk] = {"DeleteRequest": {"Key": {"pk": {"S": pk}, "sk": {"S": sk}}}}
    return requests


def _send(operation: str, left_over: str, request: Any) -> list[dict[str, Any]]:
    table = shared_table()
    items: list[dict[str, Any]] = []
    for _ in attempts():
        answer = table.connection.dispatch(operation, {"RequestItems": {table.table_name: request}})
        items += answer.get("Responses", {}).get(table.table_name, [])
        # Tested control: batch-resends-unprocessed
        request = answer.get(left_over, {}).get(table.table_name)
        if not request:
            return items
    raise UnprocessedError(f"{operation}: still refused after all attempts")


C = TypeVar("C")


def _chunks(values: Iterable[C], size: int) -> Iterator[Sequence[C]]:
    rest = iter(values)
    while chunk := list(islice(rest, size)):
        yield chunk
