"""What a warm process keeps, bounded by weight. A key names the dealer and all else that tells values apart."""

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

from cachetools import LRUCache

V = TypeVar("V")


class WeightedCache(Generic[V]):
    """The most recently used values, up to `limit` of weight in all. Thread safe.

    A value heavier than the limit is not kept; with `keep_oversized` it is, alone.
    """

    def __init__(self, limit: int, weight: Callable[[V], int], *, keep_oversized: bool = False) -> None:
        self._limit = limit
        self._weight = (lambda value: min(weight(value), limit)) if keep_oversized else weight
        self._values: LRUCache[Hashable, V] = LRUCache(limit, getsizeof=self._weight)
        self._lock = Lock()

    def get(self, key: Hashable) -> V | None:
        """The value, now the most recent, or None."""
        with self._lock:
            return self._values.get(key)

    def put(self, key: Hashable, value: V) -> None:
        """Keep the value in the place of an older one, and evict the least recently used beyond the limit."""
        with self._lock:
            self._values.pop(key, None)
            if self._weight(value) <= self._limit:
                self._values[key] = value

    def clear(self) -> None:
        """Evict everything."""
        with self._lock:
            self._values.clear()

    def __len__(self) -> int:
        return len(self._values)
