"""A bundle in the inbox as a seekable file: read by ranges, a block at a time, never held whole."""

from io import SEEK_CUR, SEEK_END, SEEK_SET, BufferedReader, RawIOBase
from typing import Any, BinaryIO, cast

from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.scopes import TenantScope
from chalicelib.store import blobs
from chalicelib.store.blobs import ETagMismatchError, ObjectInfo

BLOCK = 1024 * 1024


class _RangeFile(RawIOBase):
    def __init__(self, scope: TenantScope, bucket: str, name: str, stored: ObjectInfo) -> None:
        super().__init__()
        self._where = scope, bucket, name
        self._size, self._etag = stored.size, stored.etag
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = SEEK_SET) -> int:
        start = {SEEK_SET: 0, SEEK_CUR: self._at, SEEK_END: self._size}[whence]
        if start + offset < 0:
            raise OSError("before the start")
        self._at = start + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any) -> int:
        length = min(len(buffer), self._size - self._at)
        if length <= 0:
            return 0
        data = blobs.get_range(*self._where, self._at, length, etag=self._etag)
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


def open_remote(scope: TenantScope, bucket: str, name: str, *, etag: str | None = None) -> BinaryIO:
    """The object as a seekable binary file: all reads are of the one that was opened. Raises NotFoundError.

    With an `etag` it must be the object that has it. Raises ETagMismatchError, here and while reading.
    """
    stored = blobs.head(scope, bucket, name)
    if stored is None:
        raise NotFoundError
    if etag is not None and stored.etag != etag:
        raise ETagMismatchError
    return cast("BinaryIO", BufferedReader(_RangeFile(scope, bucket, name, stored), BLOCK))
