"""A step is done when its stamp says that it was done from these very files, on this very Python."""

import hashlib
import sys
from pathlib import Path


def fingerprint(*files: Path) -> str:
    """A hash over the files' contents and the version of the running Python."""
    digest = hashlib.sha256(sys.version.encode())
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def is_current(folder: Path, mark: str) -> bool:
    """Whether `folder` was last finished with this mark."""
    stamp = folder / ".stamp"
    return stamp.is_file() and stamp.read_text() == mark


def finish(folder: Path, mark: str) -> None:
    """Say that `folder` is complete."""
    (folder / ".stamp").write_text(mark)


def begin(folder: Path) -> None:
    """Say that `folder` is being worked on, so that an interrupted step is done again."""
    (folder / ".stamp").unlink(missing_ok=True)
