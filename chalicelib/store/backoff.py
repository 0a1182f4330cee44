"""Waiting between attempts: exponential with full jitter, bounded."""

import random
import time
from collections.abc import Iterator

ATTEMPTS = 8


def attempts(limit: int = ATTEMPTS, *, base: float = 0.05, longest: float = 3.0) -> Iterator[int]:
    """Yield 0, 1, ... below `limit`, sleeping up to base * 2^n seconds before each but the first."""
    for attempt in range(limit):
        if attempt:
            time.sleep(random.uniform(0, min(longest, base * 2**attempt)))  # noqa: S311 - not a secret
        yield attempt
