"""The most memory that a worker takes for an export, at 10,000 rows and at 1,000,000."""

import sys
from pathlib import Path

from infra.local.emulators import MINISTACK
from infra.local.process import spawn, stop
from tests.bench.frame.imports import (
    demo_bundle,
    import_line,
    long_histories,
    peak_memory,
    repeated,
    until_settled,
    upload,
)
from tests.bench.frame.registry import measurement
from tests.bench.frame.row import Row, row
from tests.bench.frame.world import aws
from tests.fixtures.worlds import World

SMALL, LARGE = 103, 10_300
"""Accounts: with three years of history they have some 10,000 and 1,000,000 rows."""
ONE_IN = 100
PATIENCE = 1_800


@measurement
def ingest_memory(folder: Path) -> Row:
    with aws(folder, engine=MINISTACK) as world:
        few, small = _peak(world, SMALL, folder / "small.zip")
        many, large = _peak(world, LARGE, folder / "large.zip")
    return row(
        "import: memory by rows",
        large - small,
        "MB more",
        at_most=64,
        how=f"peak resident memory of the one worker that takes in a first export and then one with 1 % of its rows "
        f"changed: {large:.0f} MB at {many:,} rows, {small:.0f} MB at {few:,}",
    )


def _peak(world: World, accounts: int, bundle: Path) -> tuple[int, float]:
    """Rows of the export, and the peak of a worker of its own."""
    line = import_line(world)
    bundle.write_bytes(repeated(demo_bundle(long_histories(accounts), bundle), line, 1)[0])
    worker = spawn("worker", [sys.executable, "-m", "infra.local.worker"], env={}, log=bundle.with_suffix(".log"))
    try:
        upload(line.scope, bundle)
        run = until_settled(line.scope, 1, patience=PATIENCE)
        bundle.write_bytes(repeated(bundle, line, 2, change_every=ONE_IN)[0])
        upload(line.scope, bundle)
        until_settled(line.scope, 2, patience=PATIENCE)
        return sum(file.rows for file in run.files), peak_memory(worker.process.pid)
    finally:
        stop([worker])
