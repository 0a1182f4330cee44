"""The locks: what `*.in` asks for, pinned with hashes for every platform and Python from 3.11."""

import tempfile
from pathlib import Path

from . import environments
from .paths import ROOT, UV
from .shell import call

PAIRS = (
    ("requirements.in", "requirements.txt"),
    ("requirements-dev.in", "requirements-dev.txt"),
    ("infra/local/requirements-emulators.in", "infra/local/requirements-emulators.txt"),
    ("infra/setup/requirements-uv.in", "infra/setup/requirements-uv.txt"),
)


def write(*, upgrade: bool) -> None:
    """Bring every lock up to its `.in`; with `upgrade` to the newest versions too."""
    for wanted, lock in PAIRS:
        _compile(ROOT / wanted, ROOT / lock, upgrade=upgrade)


def stale() -> list[str]:
    """The locks that `write` would change."""
    with tempfile.TemporaryDirectory() as folder:
        return [
            lock for wanted, lock in PAIRS if not _is_current(ROOT / wanted, ROOT / lock, Path(folder) / "lock.txt")
        ]


def _is_current(wanted: Path, lock: Path, trial: Path) -> bool:
    trial.write_bytes(lock.read_bytes())
    _compile(wanted, trial, upgrade=False)
    return trial.read_bytes() == lock.read_bytes()


def _compile(wanted: Path, lock: Path, *, upgrade: bool) -> None:
    environments.uv()
    how = ("--generate-hashes", "--universal", "--python-version", "3.11", "--upgrade" if upgrade else "--no-upgrade")
    note = ("--custom-compile-command", "python3 infra/dev.py lock")
    source = wanted.relative_to(ROOT)
    call(f"Locking {source}", (UV, "pip", "compile", "--quiet", *how, *note, source, "--output-file", lock))
