"""A copy of the program in which controls are taken out, one at a time, and put back."""

import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from infra.setup.paths import ROOT
from tests.soak.mutations.model import Removal

SHARED = (".venv", ".tools")
"""Linked, not copied: nothing is installed again, and nothing in a copy writes there."""
CAUGHT = "caught"
QUIET = ("-x", "-q", "-m", "", "-p", "no:cacheprovider", "-p", "no:randomly")


class Workshop:
    """The program's files in a folder of their own. Tests run there import what lies there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in _files():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target, follow_symlinks=False)
        for shared in SHARED:
            (folder / shared).symlink_to(ROOT / shared)

    def run(self, tests: Iterable[str]) -> tuple[int, str]:
        """Pytest's exit code in the copy, and what it printed."""
        command = [str(self.folder / ".venv" / "bin" / "python"), "-m", "pytest", *QUIET, *tests]
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "PYTHON"))}
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=inherited,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout

    def try_all(self, removals: Sequence[Removal]) -> dict[Removal, str]:
        """What becomes of each. Raises AssertionError unless their tests pass with everything in place."""
        code, output = self.run(sorted({removal.test for removal in removals}))
        assert code == 0, output
        return {removal: self._try(removal) for removal in removals}

    def _try(self, removal: Removal) -> str:
        with self.without(removal):
            code, output = self.run([removal.test])
        if code == pytest.ExitCode.TESTS_FAILED and "error" not in output.splitlines()[-1]:
            return CAUGHT
        return "missed" if code == pytest.ExitCode.OK else f"its test breaks ({code}): {output[-3000:]}"

    @contextmanager
    def without(self, removal: Removal) -> Iterator[None]:
        """The program without this control."""
        path = self.folder / removal.path
        whole = path.read_text()
        assert removal.fits(whole), f"not there exactly once: {removal}"
        try:
            _write(path, removal.taken_out(whole))
            yield
        finally:
            _write(path, whole)


def _write(path: Path, text: str) -> None:
    path.write_text(text)
    for compiled in path.parent.glob(f"__pycache__/{path.stem}.*.pyc"):  # it is trusted by its second and size
        compiled.unlink()


def _files() -> list[str]:
    """What git would commit, new files included."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.check_output(command, cwd=ROOT, text=True).split("\0")
    return [name for name in names if name and os.path.lexists(ROOT / name)]
