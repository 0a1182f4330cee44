"""Counts the round trips made inside a block, and the capacity that DynamoDB says they took."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from chalicelib.store import clients

READS = frozenset({"GetItem", "Query", "BatchGetItem", "TransactGetItems"})


@dataclass(slots=True)
class Capacity:
    """`calls` by name, in order, over all services asked for; units of reads and of writes."""

    calls: list[str] = field(default_factory=list)
    reads: float = 0.0
    writes: float = 0.0

    @property
    def by_name(self) -> Counter[str]:
        """How often each call was made."""
        return Counter(self.calls)


@contextmanager
def counted(*services: str) -> Iterator[Capacity]:
    """Count the calls of this process's clients of `services`, of DynamoDB and S3 by default."""
    found = Capacity()

    def ask(params: dict[str, Any], model: Any, **_: Any) -> None:
        if "ReturnConsumedCapacity" in model.input_shape.members:
            params["ReturnConsumedCapacity"] = "TOTAL"

    def note(model: Any, **_: Any) -> None:
        found.calls.append(model.name)

    def add(parsed: dict[str, Any], model: Any, **_: Any) -> None:
        used = parsed.get("ConsumedCapacity") or []
        units = sum(one["CapacityUnits"] for one in (used if isinstance(used, list) else [used]))
        if model.name in READS:
            found.reads += units
        else:
            found.writes += units

    handlers = (("provide-client-params.dynamodb", ask), ("before-call", note), ("after-call.dynamodb", add))
    listened: Any = [clients.client(service).meta.events for service in services or ("dynamodb", "s3")]  # type: ignore[call-overload]
    for events in listened:
        for event, handler in handlers:
            events.register(event, handler)
    try:
        yield found
    finally:
        for events in listened:
            for event, handler in handlers:
                events.unregister(event, handler)
