"""A whole import through the portal as `make run DB=dynamodb-local` serves it, from the inbox to settled, by size."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

from chalicelib import settings
from infra.demo_export.series import SIZES
from infra.local.emulators import DYNAMODB
from infra.local.environment import of_running_portal
from tests.bench.frame.imports import demo_bundle, import_line, peak_memory, repeated, until_settled, upload
from tests.bench.frame.plot import Panel, Plot, Series
from tests.bench.frame.registry import measurement
from tests.bench.frame.row import Row, row
from tests.fixtures.portal import Portal, launch, stop
from tests.fixtures.worlds import World, environment

SMALL_TO_LARGE = ("S", "M", "L")
MINUTES = 5
PATIENCE = 1_800


@dataclass(frozen=True, slots=True)
class Taken:
    """What a first import of so many rows took: seconds on the wall, CPU of workers and of DynamoDB Local, peak MB."""

    rows: int
    accounts: int
    seconds: float
    workers: float
    table: float
    peak: float


@measurement
def ingest_whole(folder: Path) -> Row:
    portal = launch(DYNAMODB, folder, "--no-demo")
    try:
        with environment(of_running_portal(folder)):
            taken = [_take(portal, size, folder / f"{size}.zip") for size in SMALL_TO_LARGE]
    finally:
        stop(portal)
    Plot(
        "A first import by the rows of the export",
        "rows",
        (
            Panel("seconds until customers see it", (Series("2 workers", [(one.rows, one.seconds) for one in taken]),)),
            Panel("MB at most in a worker", (Series("1 worker", [(one.rows, one.peak) for one in taken]),)),
        ),
    ).write("import-size.svg")
    largest = taken[-1]
    return row(
        "whole import of size L",
        largest.seconds / 60,
        "minutes",
        at_most=MINUTES,
        how=f"{largest.accounts:,} accounts, {largest.rows:,} rows through `make run DB=dynamodb-local`, put into the "
        f"inbox until settled; CPU: two workers {largest.workers:.0f} s, DynamoDB Local {largest.table:.0f} s",
    )


def _take(portal: Portal, size: str, bundle: Path) -> Taken:
    line = import_line(World(DYNAMODB, settings.load()))
    bundle.write_bytes(repeated(demo_bundle(SIZES[size], bundle), line, 1)[0])
    workers, table = _children(portal, "infra.local.worker"), _children(portal, "local.main.ServerRunner")
    before = _cpu(workers), _cpu(table)
    begin = time.monotonic()
    upload(line.scope, bundle)
    run = until_settled(line.scope, 1, patience=PATIENCE)
    seconds = time.monotonic() - begin
    counts = {file.entity: file.rows for file in run.files}
    return Taken(
        rows=sum(counts.values()),
        accounts=counts["customers"],
        seconds=seconds,
        workers=_cpu(workers) - before[0],
        table=_cpu(table) - before[1],
        peak=max(map(peak_memory, workers)),
    )


def _children(portal: Portal, holding: str) -> list[int]:
    """The portal's processes whose command holds this."""
    pids = Path(f"/proc/{portal.process.pid}/task/{portal.process.pid}/children").read_text().split()
    return [int(pid) for pid in pids if holding in Path(f"/proc/{pid}/cmdline").read_text()]


def _cpu(processes: list[int]) -> float:
    """Seconds of CPU that they have used."""
    ticks = 0
    for process in processes:
        values = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        ticks += int(values[11]) + int(values[12])
    return ticks / os.sysconf("SC_CLK_TCK")
