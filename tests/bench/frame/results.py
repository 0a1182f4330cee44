"""bench.json: the rows of the last run, each with the machine and the day it was measured on."""

import json
import os
import platform
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from infra.setup.paths import ROOT
from tests.bench.frame.row import Row

RESULTS = ROOT / "bench.json"


def conditions() -> dict[str, Any]:
    """The machine, the day and the commit; `load` is how many processes wanted its cores in the last minute."""
    return {
        "cores": os.cpu_count(),
        "cpu": _processor(),
        "python": platform.python_version(),
        "date": datetime.now(UTC).date().isoformat(),
        "commit": _commit(),
        "load": round(os.getloadavg()[0], 1),
    }


def measured_here(row: Row) -> Row:
    """The row with `conditions` beside how it was measured."""
    return replace(row, conditions={**row.conditions, **conditions()})


def read(path: Path = RESULTS) -> list[Row]:
    """The rows that are kept."""
    return [Row(**entry) for entry in json.loads(path.read_text())] if path.exists() else []


def write(rows: Iterable[Row], path: Path = RESULTS) -> None:
    """One object a row."""
    path.write_text(json.dumps([asdict(row) for row in rows], indent=1, ensure_ascii=False) + "\n")


def merged(old: Sequence[Row], new: Sequence[Row]) -> list[Row]:
    """The old rows, each replaced by the new one of its name; those that are new stand behind them."""
    by_name = {row.name: row for row in (*old, *new)}
    return list(by_name.values())


def _commit() -> str:
    ask = ("git", "describe", "--always", "--dirty", "--exclude=*")
    done = subprocess.run(ask, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


def _processor() -> str:
    described = Path("/proc/cpuinfo")
    lines = described.read_text().splitlines() if described.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
