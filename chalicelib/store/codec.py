"""Typed values as one compressed binary attribute: JSON by pydantic, then zlib."""

import zlib
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter

T = TypeVar("T")


class Codec(Generic[T]):
    """Packs a value of the type given. Made once per type: an adapter costs milliseconds to build."""

    def __init__(self, kind: Any, *, level: int = 6) -> None:
        self._adapter: TypeAdapter[T] = TypeAdapter(kind)
        self._level = level

    def pack(self, value: T) -> bytes:
        """The value's bytes; equal values give equal bytes."""
        return zlib.compress(self._adapter.dump_json(value), self._level)

    def unpack(self, packed: bytes) -> T:
        """The value again. Raises zlib.error or pydantic.ValidationError on bytes that `pack` did not make."""
        return self._adapter.validate_json(zlib.decompress(packed))
