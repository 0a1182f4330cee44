"""The cyclic garbage collector, paused while much is built that stays: it would walk it all again and again."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def gc_paused() -> Iterator[None]:
    """No cycles are looked for inside; what is counted by reference is freed as ever. May be nested."""
    resting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if resting:
            gc.enable()
