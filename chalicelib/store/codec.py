"""Typed values as one compressed binary attribute: JSON by pydantic, then zlib."""

import zlib
from functools import cached_property
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter

from chalicelib.kernel.schemas import adapter

T = TypeVar("T")

_SMALL = 4_000
_WINDOW, _MEMORY = 12, 5
"""A window of 4 KB and tables to match: zlib's own are 256 KB, and to lay them out takes 80 us, the rest 10."""


def compressed(data: bytes, level: int = 6) -> bytes:
    """A zlib stream; equal bytes give equal bytes. Most of what is stored is small, and so is what packs it."""
    if len(data) > _SMALL:
        return zlib.compress(data, level)
    packer = zlib.compressobj(level, zlib.DEFLATED, _WINDOW, _MEMORY)
    return packer.compress(data) + packer.flush()


class Codec(Generic[T]):
    """Packs a value of the type given. Made once per type, and its adapter at first use: that costs milliseconds."""

    def __init__(self, kind: Any, *, level: int = 6) -> None:
        self._kind = kind
        self._level = level

    @cached_property
    def _adapter(self) -> TypeAdapter[T]:
        return adapter(self._kind)

    def pack(self, value: T) -> bytes:
        """The value's bytes; equal values give equal bytes."""
        return compressed(self._adapter.dump_json(value), self._level)

    def unpack(self, packed: bytes) -> T:
        """The value again. Raises zlib.error or pydantic.ValidationError on bytes that `pack` did not make."""
        return self._adapter.validate_json(zlib.decompress(packed))
