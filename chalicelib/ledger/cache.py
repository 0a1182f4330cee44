"""What a warm process remembers. Only immutable things, under keys that name their dealer, account and run."""

from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

from cachetools import LRUCache

V = TypeVar("V")


class WeightedCache(Generic[V]):
    """The most recently used values, up to `limit` of weight in all. Thread safe."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._values: LRUCache[Hashable, tuple[V, int]] = LRUCache(limit, getsizeof=lambda weighed: weighed[1])
        self._lock = Lock()

    def get(self, key: Hashable) -> V | None:
        """The value, now the most recent, or None."""
        with self._lock:
            found = self._values.get(key)
        return found[0] if found else None

    def put(self, key: Hashable, value: V, *, weight: int) -> None:
        """Keep the value, and let go of the oldest beyond the limit. A value heavier than the limit is not kept."""
        with self._lock:
            self._values.pop(key, None)
            if weight <= self._limit:
                self._values[key] = value, weight

    def __len__(self) -> int:
        return len(self._values)
