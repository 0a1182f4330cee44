"""What queues and the clock call: translates an event, makes one call. Declared in app.py.

A function loads the triggers of its own event only, when the first comes: pages have no use for any.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chalicelib.triggers import downloads, feed, ingest, notifications, replies, uploads

__all__ = ["downloads", "feed", "ingest", "notifications", "replies", "uploads"]


def __getattr__(name: str) -> Any:
    """`triggers.ingest`, imported. Raises AttributeError for another name (PEP 562)."""
    if name not in __all__:
        raise AttributeError(name)
    return import_module(f"{__name__}.{name}")
