"""What an export writes for a few changed rows: of one large account, and of a whole dealer on an ordinary night."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from chalicelib.ingest.model import RunState
from tests.bench.frame.capacity import counted
from tests.bench.frame.imports import import_line
from tests.bench.frame.nightly import Changed, Ledgers, nothing
from tests.bench.frame.registry import measurement
from tests.bench.frame.row import Row, row
from tests.bench.frame.world import aws
from tests.fixtures.worlds import World
from tests.ingest.pipeline import ImportPipeline

LARGE = Ledgers(accounts=1, rows=100_000)
MANY = Ledgers(accounts=2_000, rows=50)
CHANGED_ACCOUNTS = 200
CHANGED_ROWS = 5
UNITS = "write units"


@dataclass
class _Nights:
    """One dealer's exports, each taken in after the last; the first night is behind it."""

    ledgers: Ledgers
    line: ImportPipeline
    sequence: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self.units()

    def units(self, changed: Changed = nothing) -> float:
        """Write units of the next night, in which these rows differ from the first."""
        self.sequence += 1
        bundle = self.ledgers.export(self.line, self.sequence, changed)
        with counted("dynamodb") as used:
            run = self.line.take_in(bundle)
        if run.state is not RunState.PUBLISHED:
            raise RuntimeError(f"run {run.number}: {run.state}, {run.message}")
        return used.writes


@measurement
def changed_row(folder: Path) -> Iterator[Row]:
    with aws(folder) as world:
        nights = _nights(world, LARGE)
        unchanged = nights.units()
        of_open = nights.units(lambda _, n: n == 0) - unchanged
        nights.units()
        of_settled = nights.units(lambda _, n: n == LARGE.rows // 2) - unchanged
    yield row(
        "one row changed in an account of 100,000 rows",
        of_open,
        UNITS,
        at_most=30,
        how=f"an open row; what the import writes beyond the {unchanged:.0f} units of one in which nothing changed; "
        f"a settled row rewrites its year: {of_settled:.0f}",
    )


@measurement
def changed_night(folder: Path) -> Row:
    with aws(folder) as world:
        nights = _nights(world, MANY)
        unchanged = nights.units()
        changed = nights.units(lambda ref, n: int(ref) < 1000 + CHANGED_ACCOUNTS and n < CHANGED_ROWS)
    return row(
        "a night with 1 % changed",
        (changed - unchanged) / CHANGED_ACCOUNTS,
        f"{UNITS} an account",
        at_most=2,
        how=f"{CHANGED_ACCOUNTS * CHANGED_ROWS:,} of {MANY.accounts * MANY.rows:,} rows changed, in {CHANGED_ACCOUNTS} "
        f"of {MANY.accounts:,} accounts of {MANY.rows} rows: {changed:.0f} units, {unchanged:.0f} if nothing changed",
    )


def _nights(world: World, ledgers: Ledgers) -> _Nights:
    return _Nights(ledgers, import_line(world))
