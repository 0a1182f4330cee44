"""What a warm process remembers. Only immutable things, under keys that name their dealer, account and run."""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

V = TypeVar("V")


class WeightedCache(Generic[V]):
    """The most recently used values, up to `limit` of weight in all. Thread safe."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._weight = 0
        self._kept: OrderedDict[Hashable, tuple[V, int]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> V | None:
        """The value, now the most recent, or None."""
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return None
            self._kept.move_to_end(key)
            return found[0]

    def put(self, key: Hashable, value: V, *, weight: int) -> None:
        """Keep the value, and let go of the oldest beyond the limit. A value heavier than the limit is not kept."""
        with self._lock:
            self._drop(key)
            if weight > self._limit:
                return
            self._kept[key] = value, weight
            self._weight += weight
            while self._weight > self._limit:
                self._drop(next(iter(self._kept)))

    def _drop(self, key: Hashable) -> None:
        _, weight = self._kept.pop(key, (None, 0))
        self._weight -= weight

    def __len__(self) -> int:
        return len(self._kept)
