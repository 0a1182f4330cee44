"""Runs set-up's programs: one short line a step, the whole output in .tools/setup.log, one sentence when it fails."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from .paths import LOG, ROOT, TOOLS

MIN_FREE_BYTES = 1_500_000_000
_NO_NETWORK = (
    "name resolution",
    "could not resolve",
    "unknown host",
    "dns error",
    "failed to fetch",
    "failed to establish",
    "error sending request",
    "could not transfer",
    "network is unreachable",
    "connection refused",
    "no matching distribution",
)
_FULL_DISK = ("no space left", "os error 28", "not enough free space", "disk quota exceeded")


class SetupError(Exception):
    """The text is one sentence for the user."""


def explain(what: str, output: str) -> str:
    """One sentence on why `what` failed, from what the program printed."""
    text = output.lower()
    if any(sign in text for sign in _FULL_DISK):
        return f"{what} failed: the disk that holds {ROOT} is full."
    if any(sign in text for sign in _NO_NETWORK):
        return f"{what} failed: there is no network, or it does not reach the package registry (details: {LOG})."
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return f"{what} failed: {lines[-1] if lines else 'it printed nothing'} (details: {LOG})"


def call(what: str, command: Sequence[str | Path], *, env: Mapping[str, str] | None = None) -> None:
    """Run a program quietly. Raises SetupError with one sentence when it fails or does not exist."""
    try:
        done = subprocess.run(
            [str(part) for part in command],
            env={**os.environ, **(env or {})},
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
    except OSError as problem:
        raise SetupError(explain(what, str(problem))) from None
    with LOG.open("a") as log:
        log.write(f"$ {' '.join(str(part) for part in command)}\n{done.stdout}\n")
    if done.returncode:
        raise SetupError(explain(what, done.stdout))


@contextmanager
def step(text: str) -> Iterator[None]:
    """Print `text`, then the seconds that the body took."""
    check_disk_space()
    print(f"  {text} ...", end="", flush=True)
    start = time.monotonic()
    try:
        yield
    except BaseException:
        print()
        raise
    print(f" {time.monotonic() - start:.1f} s", flush=True)


def check_disk_space() -> None:
    """Make .tools. Raises SetupError when the disk is too full or the folder is not writable."""
    free = shutil.disk_usage(ROOT).free
    if free < MIN_FREE_BYTES:
        need, have = MIN_FREE_BYTES / 1e9, free / 1e9
        raise SetupError(f"Setting up needs {need:.1f} GB in {ROOT}, and {have:.1f} GB is free.")
    try:
        TOOLS.mkdir(exist_ok=True)
    except OSError as problem:
        raise SetupError(f"Setting up needs to write into {ROOT}: {problem.strerror}.") from None


def is_root() -> bool:
    return os.geteuid() == 0


def exec_python(python: Path, *arguments: str) -> None:
    """Become this Python program, so that Ctrl-C and a closed terminal reach it and nothing comes between.

    It stays in the folder where the command was typed, so that file names mean what they say, and imports from ROOT.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os.environ["PYTHONPATH"] = str(ROOT)
    os.execv(python, [str(python), "-P", *arguments])  # noqa: S606 - without a shell is what is wanted
