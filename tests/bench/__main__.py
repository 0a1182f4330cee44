"""`python -m tests.bench [--only NAME]`: measure, print each row, write bench.json and the plots of docs/img."""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.setup.paths import ROOT
from tests.bench.frame import document, registry, results
from tests.bench.frame.row import Row


def main(argv: Sequence[str] | None = None) -> int:
    """0 when every measurement came to its end, whether or not its rows are within their budgets."""
    parser = argparse.ArgumentParser(prog="dev.py bench", description=__doc__)
    parser.add_argument("--only", metavar="NAME", help="those whose name holds NAME; the other rows of bench.json stay")
    parser.add_argument("--list", action="store_true", help="the names, and nothing is measured")
    parser.add_argument("--into", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args(argv)
    if chosen.into:
        return _measure(chosen.only, chosen.into)
    names = [name for name in registry.measurements() if (chosen.only or "") in name]
    if chosen.list or not names:
        print("\n".join(names or registry.measurements()))
        return 0 if names else 2
    return _measure_all(names, results.read() if chosen.only else [])


def _measure_all(names: Sequence[str], rows: list[Row]) -> int:
    failed = []
    begin = time.monotonic()
    for name in names:
        start = time.monotonic()
        found = _in_its_own_process(name)
        if found is None:
            failed.append(name)
        for row in found or ():
            print(_line(row), flush=True)
        rows = results.merged(rows, found or ())
        print(f"== {name}: {time.monotonic() - start:.0f} s", flush=True)
    results.write(rows)
    document.update(rows)
    missed = [row.name for row in rows if not row.met]
    said = f"; over budget: {', '.join(missed)}" if missed else ""
    print(f"{results.RESULTS.name}: {len(rows)} rows{said}. {time.monotonic() - begin:.0f} s")
    if failed:
        print(f"Failed: {', '.join(failed)}")
    return 1 if failed else 0


def _in_its_own_process(name: str) -> list[Row] | None:
    with TemporaryDirectory() as folder:
        into = Path(folder) / "rows.json"
        command = [sys.executable, "-P", "-m", "tests.bench", "--only", name, "--into", str(into)]
        here = {**os.environ, "PYTHONPATH": str(ROOT)}
        if subprocess.run(command, cwd=ROOT, env=here, stdin=subprocess.DEVNULL, check=False).returncode:
            return None
        return results.read(into)


def _measure(name: str, into: Path) -> int:
    with TemporaryDirectory() as folder:
        rows = registry.rows_of(name, Path(folder))
    results.write([results.measured_here(row) for row in rows], into)
    return 0


def _line(row: Row) -> str:
    against = "" if row.ratio is None else f"  {row.ratio:g} x of {row.baseline:g}"
    return f"  {'ok  ' if row.met else 'OVER'} {row.name}: {row.figure:g} {row.unit}{against}  ({row.budget})"


if __name__ == "__main__":
    sys.exit(main())
