"""Notices that the code or a template has changed."""

from collections.abc import Iterator, Sequence
from pathlib import Path

WATCHED = ("app.py", "chalicelib", "templates")
_SUFFIXES = frozenset({".py", ".html", ".txt", ".css", ".js", ".json"})


class FileWatcher:
    """Compares the files under `paths` with their state at the last call."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._paths = paths
        self._seen = self._now()

    def changed(self) -> list[Path]:
        """Files added, removed or modified since the last call."""
        now = self._now()
        different = {p for p, _ in self._seen.items() ^ now.items()}
        self._seen = now
        return sorted(different)

    def _now(self) -> dict[Path, tuple[int, int]]:
        found = {}
        for path in self._files():
            try:
                stat = path.stat()
            except FileNotFoundError:
                continue
            found[path] = (stat.st_mtime_ns, stat.st_size)
        return found

    def _files(self) -> Iterator[Path]:
        for path in self._paths:
            if path.is_file():
                yield path
            else:
                yield from (f for f in path.rglob("*") if f.suffix in _SUFFIXES)
