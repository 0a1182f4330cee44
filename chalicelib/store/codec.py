"""Typed values as one compressed binary attribute: JSON by pydantic, then zlib."""

import zlib
from functools import cached_property
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter

T = TypeVar("T")


class Codec(Generic[T]):
    """Packs a value of the type given. Made once per type, and its adapter at first use: that costs milliseconds."""

    def __init__(self, kind: Any, *, level: int = 6) -> None:
        self._kind = kind
        self._level = level

    @cached_property
    def _adapter(self) -> TypeAdapter[T]:
        return TypeAdapter(self._kind)

    def pack(self, value: T) -> bytes:
        """The value's bytes; equal values give equal bytes."""
        return zlib.compress(self._adapter.dump_json(value), self._level)

    def unpack(self, packed: bytes) -> T:
        """The value again. Raises zlib.error or pydantic.ValidationError on bytes that `pack` did not make."""
        return self._adapter.validate_json(zlib.decompress(packed))
