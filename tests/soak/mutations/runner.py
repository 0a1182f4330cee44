"""A copy of the program in which controls are disabled, one at a time, and restored."""

import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import pytest

from infra.setup.files import tracked_files
from infra.setup.paths import ROOT
from tests.soak.mutations.model import Mutation

SHARED = (".venv", ".tools")
"""Linked, not copied: nothing is installed again, and nothing in a copy writes there."""
CAUGHT = "caught"
QUIET = ("-x", "-q", "-p", "no:cacheprovider", "-p", "no:randomly")
EVERY_TEST = ("-m", "")
OVERTIME = -1
"""The code of a run that was stopped."""


class Change(Protocol):
    """What is changed in the copy for a while."""

    def mutated(self) -> dict[Path, str]:
        """The new texts of files, by path within the project."""


class MutationRunner:
    """A copy of the program in a folder of its own: tests run there import what is there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in tracked_files():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target, follow_symlinks=False)
        for shared in SHARED:
            (folder / shared).symlink_to(ROOT / shared)

    def run(
        self, tests: Iterable[str], *, options: Sequence[str] = EVERY_TEST, seconds: float | None = None
    ) -> tuple[int, str]:
        """Pytest's exit code in the copy, and what it printed; OVERTIME where it takes longer than `seconds`."""
        command = [str(self.folder / ".venv" / "bin" / "python"), "-m", "pytest", *QUIET, *options, *tests]
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "PYTHON"))}
        try:
            done = subprocess.run(
                command,
                cwd=self.folder,
                env=inherited,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
                timeout=seconds,
            )
        except subprocess.TimeoutExpired:
            return OVERTIME, ""
        return done.returncode, done.stdout

    def try_all(self, mutations: Sequence[Mutation]) -> dict[Mutation, str]:
        """What becomes of each. Raises AssertionError unless their tests pass with everything in place."""
        code, output = self.run(sorted({mutation.test for mutation in mutations}))
        assert code == 0, output
        return {mutation: self._try(mutation) for mutation in mutations}

    def _try(self, mutation: Mutation) -> str:
        with self.without(mutation):
            code, output = self.run([mutation.test])
        if code == pytest.ExitCode.TESTS_FAILED and "error" not in output.splitlines()[-1]:
            return CAUGHT
        return "missed" if code == pytest.ExitCode.OK else f"its test breaks ({code}): {output[-3000:]}"

    @contextmanager
    def without(self, mutation: Change) -> Iterator[None]:
        """The program with this change, such as a control taken out."""
        mutated = mutation.mutated()
        whole = {path: (self.folder / path).read_text() for path in mutated}
        try:
            for path, text in mutated.items():
                _write(self.folder / path, text)
            yield
        finally:
            for path, text in whole.items():
                _write(self.folder / path, text)


def _write(path: Path, text: str) -> None:
    path.write_text(text)
    for compiled in path.parent.glob(f"__pycache__/{path.stem}.*.pyc"):  # it is trusted by its second and size
        compiled.unlink()
