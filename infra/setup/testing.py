"""`test` and `soak`, the suite and its long proofs, and `check`, all that reads the code without running it."""

import json
import subprocess
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from . import locks
from .paths import PYTHON, ROOT, TOOLS

COVER = ("--cov=chalicelib", "--cov-append", "--cov-report=", "--cov-fail-under=0")
BY_MODULE = ("-n", "3", "--dist", "loadscope", "--no-loadscope-reorder", "--longest-first")
"""What the tests of a module share is made by one worker, not by each. Three keep two processors busy: some wait."""
MODULES_BY_MARK = TOOLS / "test-modules.json"
"""Which modules have tests with a mark: the first phase reads all modules and writes it, the others read theirs."""
PHASES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("unit", (*BY_MODULE, "-m", "not engines and not browser and not soak")),
    ("engines", ("-n", "3", "-m", "engines and not browser and not soak")),
    ("browser", (*BY_MODULE, "-m", "browser and not soak")),
)
SOAK = ("-m", "soak", "--no-skips", "--durations=0", "--durations-min=1")
EINVOICES = ("-m", "soak", "--no-skips", "tests/soak/test_einvoices.py", "-k", "few")
"""The short form of a proof that needs validators of its own."""
CHECKS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("mypy", "mypy", ()),
    ("e-invoices", "pytest", EINVOICES),
    ("ruff check", "ruff", ("check", ".")),
    ("ruff format", "ruff", ("format", "--check", ".")),
    ("lint-imports", "lint-imports", ("--no-cache",)),
    ("deptry", "deptry", (".",)),
)


def run_all(*, cover: bool) -> int:
    """Every test, quickest first; a skip fails its phase. With `cover` (twice the time) their coverage together."""
    if cover:
        _timed("coverage", "coverage", ("erase",))
    MODULES_BY_MARK.unlink(missing_ok=True)
    written = f"--modules-by-mark={MODULES_BY_MARK}"
    for name, options in PHASES:
        modules = json.loads(MODULES_BY_MARK.read_text())[name] if MODULES_BY_MARK.exists() else (written,)
        if run_some((*options, "--no-skips", *(COVER if cover else ()), *modules), name):
            return 1
    return _timed("coverage", "coverage", ("report",)) if cover else 0


def run_some(options: Sequence[str], name: str = "tests") -> int:
    return _timed(name, "pytest", options)


def soak(options: Sequence[str]) -> int:
    """One after another: each may want the whole machine."""
    return run_some((*SOAK, *options), "soak")


def check() -> int:
    """Runs all, also after one failed: two at a time, those that take longest first."""
    with ThreadPoolExecutor(2) as pool:
        codes = list(pool.map(lambda each: _timed(*each, whole=True), CHECKS))
    failed = [name for (name, _, _), code in zip(CHECKS, codes, strict=True) if code]
    old = locks.stale()
    if old:
        print(f"Out of date: {', '.join(old)}. `python3 infra/dev.py lock` brings them up to pyproject.toml.")
        failed.append("locks")
    print(f"Failed: {', '.join(failed)}" if failed else "All checks passed")
    return 1 if failed else 0


def _timed(name: str, program: str, options: Sequence[str], *, whole: bool = False) -> int:
    """What it prints is shown as it comes, or `whole` at its end: beside another it would be read between its lines."""
    title = f"== {name}"
    if not whole:
        print(title, flush=True)
    start = time.monotonic()
    command, output = [str(PYTHON.with_name(program)), *options], subprocess.PIPE if whole else None
    run = subprocess.run(
        command,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if whole else None,
        check=False,
    )
    took = f"{title}: {time.monotonic() - start:.1f} s{f', failed ({run.returncode})' if run.returncode else ''}"
    print(f"{title}\n{run.stdout.decode(errors='replace')}{took}" if whole else took, flush=True)
    return run.returncode
