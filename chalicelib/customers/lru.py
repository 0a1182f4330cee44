"""What a process keeps of many dealers, bounded by weight: the least recently used goes first."""

from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

from cachetools import LRUCache

V = TypeVar("V")


class WeightedLru(Generic[V]):
    """Values by key, up to `max_weight` in all; the newest always fits, however heavy. Thread safe."""

    def __init__(self, max_weight: int, weight: Callable[[V], int]) -> None:
        # A value heavier than the whole cache is refused by LRUCache: here it evicts all others.
        self._values: LRUCache[str, V] = LRUCache(max_weight, lambda value: min(weight(value), max_weight))
        self._lock = Lock()

    def get(self, key: str) -> V | None:
        """The value stored last, or None."""
        with self._lock:
            return self._values.get(key)

    def put(self, key: str, value: V) -> None:
        """Store `value` and evict what has become too much."""
        with self._lock:
            self._values[key] = value

    def clear(self) -> None:
        """Evict everything."""
        with self._lock:
            self._values.clear()
