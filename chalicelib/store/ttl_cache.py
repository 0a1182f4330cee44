"""What this process read moments ago, for answers that may be a few seconds old."""

import time
from collections.abc import Callable, Hashable
from contextlib import suppress
from threading import Lock
from typing import Generic, TypeVar

from cachetools import TTLCache

V = TypeVar("V")


class TtlCache(Generic[V]):
    """Values by key, each for `seconds` after it was read. Thread safe; two threads may both load."""

    def __init__(self, seconds: float, *, clock: Callable[[], float] = time.monotonic, max_size: int = 1000) -> None:
        self._values: TTLCache[Hashable, V] = TTLCache(max_size, seconds, timer=clock)
        self._lock = Lock()

    def get(self, key: Hashable, load: Callable[[], V], *, fresh: bool = False) -> V:
        """The value, loaded where it is missing, too old, or `fresh` is asked for."""
        with self._lock:
            if not fresh:
                with suppress(KeyError):  # not asked for first: it may end between two looks
                    return self._values[key]
        value = load()
        with self._lock:
            self._values[key] = value
        return value

    def holds(self, key: Hashable) -> bool:
        """Whether a value is kept that is still good. It may end at any moment."""
        with self._lock:
            return key in self._values

    def offer(self, key: Hashable, value: V) -> None:
        """Keep what was read along with something else, unless a value is kept that is still good."""
        self.get(key, lambda: value)

    def forget(self, key: Hashable) -> None:
        """Load it anew the next time."""
        with self._lock:
            self._values.pop(key, None)
