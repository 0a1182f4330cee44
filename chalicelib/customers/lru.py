"""What a process keeps of many dealers, bounded by weight: the least recently stored goes first."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

V = TypeVar("V")


class WeightedLru(Generic[V]):
    """Values by key, up to `max_weight` in all; the newest value always fits. Thread safe."""

    def __init__(self, max_weight: int, weight: Callable[[V], int]) -> None:
        self._max_weight = max_weight
        self._weight = weight
        self._values: OrderedDict[str, V] = OrderedDict()
        self._lock = Lock()

    def get(self, key: str) -> V | None:
        """The value stored last, or None."""
        with self._lock:
            return self._values.get(key)

    def put(self, key: str, value: V) -> None:
        """Store `value` and evict what has become too much."""
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            while len(self._values) > 1 and sum(map(self._weight, self._values.values())) > self._max_weight:
                self._values.popitem(last=False)

    def clear(self) -> None:
        """Evict everything."""
        with self._lock:
            self._values.clear()
