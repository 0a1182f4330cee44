"""Stamp files: a step is done if its stamp has the fingerprint of the files and the Python that it was done with."""

import hashlib
import sys
from pathlib import Path


def fingerprint(*files: Path) -> str:
    """Of the files' contents and the running Python's version."""
    digest = hashlib.sha256(sys.version.encode())
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def is_current(folder: Path, mark: str) -> bool:
    stamp = folder / ".stamp"
    return stamp.is_file() and stamp.read_text() == mark


def finish(folder: Path, mark: str) -> None:
    (folder / ".stamp").write_text(mark)


def begin(folder: Path) -> None:
    """An interrupted step is done again."""
    (folder / ".stamp").unlink(missing_ok=True)
