"""What this process read moments ago, for answers that may be a few seconds old."""

import time
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

V = TypeVar("V")


class TtlCache(Generic[V]):
    """Values by key, each for `seconds` after it was read. Thread safe; two threads may both load."""

    def __init__(self, seconds: float, *, clock: Callable[[], float] = time.monotonic, most: int = 1000) -> None:
        self._seconds = seconds
        self._clock = clock
        self._most = most
        self._kept: dict[Hashable, tuple[float, V]] = {}
        self._lock = Lock()

    def get(self, key: Hashable, load: Callable[[], V], *, fresh: bool = False) -> V:
        """The value, loaded where it is missing, too old, or `fresh` is asked for."""
        now = self._clock()
        kept = self._kept.get(key)
        if kept and not fresh and now - kept[0] < self._seconds:
            return kept[1]
        value = load()
        with self._lock:
            if len(self._kept) >= self._most:
                self._kept.clear()
            self._kept[key] = now, value
        return value

    def offer(self, key: Hashable, value: V) -> None:
        """Keep what was read along with something else, unless a value is kept that is still good."""
        self.get(key, lambda: value)

    def forget(self, key: Hashable) -> None:
        """Load it anew the next time."""
        with self._lock:
            self._kept.pop(key, None)
