"""The locks: what pyproject.toml asks for, pinned with hashes for every platform and Python from 3.11.

Requirements files and not a uv.lock, which names the index that it was made from and holds for no other; these install
from whichever index the machine has. Apart from each other, so that the emulators' pins hold nothing else back.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from . import environments
from .paths import ROOT, UV
from .shell import call

_HOW = ("--generate-hashes", "--universal", "--python-version", "3.11")
_NOTE = ("--custom-compile-command", "python3 infra/dev.py lock")


@dataclass(frozen=True, slots=True)
class Lock:
    """A file, and the options by which uv finds what goes into it."""

    file: str
    source: tuple[str, ...]


LOCKS = (
    Lock("requirements.txt", ("pyproject.toml",)),
    Lock("requirements-dev.txt", ("--group", "dev", "--constraint", "requirements.txt")),
    Lock("infra/local/requirements-emulators.txt", ("--group", "emulators")),
    Lock("infra/setup/requirements-uv.txt", ("--group", "uv")),
)


def write(*, upgrade: bool) -> None:
    """Bring every lock up to pyproject.toml; with `upgrade` to the newest versions too."""
    for lock in LOCKS:
        _compile(lock, ROOT / lock.file, upgrade=upgrade)


def stale() -> list[str]:
    """The locks that `write` would change."""
    with tempfile.TemporaryDirectory() as folder:
        return [lock.file for lock in LOCKS if not _is_current(lock, Path(folder) / "lock.txt")]


def _is_current(lock: Lock, trial: Path) -> bool:
    locked = (ROOT / lock.file).read_bytes()
    trial.write_bytes(locked)
    _compile(lock, trial, upgrade=False)
    return trial.read_bytes() == locked


def _compile(lock: Lock, output: Path, *, upgrade: bool) -> None:
    environments.uv()
    upgrading = "--upgrade" if upgrade else "--no-upgrade"
    command: tuple[str | Path, ...] = (
        UV,
        "pip",
        "compile",
        "--quiet",
        *_HOW,
        upgrading,
        *_NOTE,
        *lock.source,
        "--output-file",
        output,
    )
    call(f"Locking {lock.file}", command)
