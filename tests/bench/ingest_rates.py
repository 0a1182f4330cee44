"""How fast exports are taken in, and what they write: a first one, the same again, and one with some rows changed."""

from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

from chalicelib import settings
from chalicelib.ingest.model import ImportRun, RunState
from chalicelib.store.batch import Key
from infra.demo_export.series import SIZES, Size
from infra.local.emulators import MINISTACK
from tests.bench.baselines import csv_reader, items_by_batch, items_by_query
from tests.bench.frame.imports import TRANSACTIONS, demo_bundle, import_line, long_histories, repeated, written
from tests.bench.frame.measure import in_turns
from tests.bench.frame.registry import measurement
from tests.bench.frame.row import Row, row
from tests.bench.frame.world import aws

SIZE = SIZES["M"]
"""An eighth of size L, of the same make: 7 rows per account."""
LONG = long_histories(600)
OF_LONG = ": long histories"
FRESH_ROUNDS, ROUNDS = 5, 9
ONE_IN = 100
RATE, TRANSACTION_RATE = "rows/s of CPU", "transactions/s of CPU"


@measurement
def ingest_fresh(folder: Path) -> Row:
    return _fresh("fresh ingest", SIZE, folder, at_least=2)


@measurement
def ingest_fresh_long(folder: Path) -> Row:
    return _fresh(f"fresh ingest{OF_LONG}", LONG, folder, at_least=3)


def _fresh(name: str, size: Size, folder: Path, *, at_least: float) -> Row:
    bundle = demo_bundle(size, folder / "bundle.zip")
    with ZipFile(bundle) as archive:
        archive.extract(TRANSACTIONS, folder)
    with aws(folder, engine=MINISTACK) as world:
        lines = [import_line(world) for _ in range(FRESH_ROUNDS + 1)]
        exports = iter([(line, repeated(bundle, line, 1)[0]) for line in lines])
        runs: list[ImportRun] = []

        class Item(items_by_query.Item):
            class Meta:
                table_name = settings.load().table_name

        def ours() -> None:
            line, export = next(exports)
            runs.append(line.take_in(export))

        def theirs() -> None:
            with (folder / TRANSACTIONS).open(newline="") as file:
                items_by_batch.store(Item, "baseline00", file)

        pair = in_turns(ours, theirs, rounds=FRESH_ROUNDS)
    counts = {_published(run) for run in runs}
    (rows,) = {sum(of.values()) for of in map(dict, counts)}
    transactions = dict(counts.pop())["transactions"]
    return row(
        name,
        transactions / pair.subject,
        TRANSACTION_RATE,
        baseline=transactions / pair.baseline,
        at_least=at_least,
        how=f"the same {transactions:,} transactions on both sides; ours takes in {rows - transactions:,} customers "
        f"besides, from the inbox to settled; both over HTTP to ministack, the servers' CPU in neither; {FRESH_ROUNDS} "
        "times each, median",
    )


@measurement
def ingest_unchanged_long(folder: Path) -> Row:
    return next(_again(f"unchanged re-ingest{OF_LONG}", LONG, folder))


@measurement
def ingest_unchanged(folder: Path) -> Iterator[Row]:
    return _again("unchanged re-ingest", SIZES["L"], folder)


def _again(name: str, size: Size, folder: Path) -> Iterator[Row]:
    bundle = demo_bundle(size, folder / "bundle.zip")
    with aws(folder, engine=MINISTACK) as world:
        line = import_line(world)
        _published(line.take_in(repeated(bundle, line, 1)[0]))
        again = iter([repeated(bundle, line, sequence)[0] for sequence in range(2, ROUNDS + 4)])
        with written() as keys:
            counts = dict(_published(line.take_in(next(again))))
        pair = in_turns(lambda: line.take_in(next(again)), lambda: csv_reader.read(bundle), rounds=ROUNDS)
        changed, touched = repeated(bundle, line, ROUNDS + 4, change_every=ONE_IN)
        with written() as later:
            _published(line.take_in(changed))
    rows = sum(counts.values())
    yield row(
        name,
        rows / pair.subject,
        RATE,
        baseline=rows / pair.baseline,
        at_least=0.35,
        how=f"the same {rows:,} rows again, from the inbox to settled, against csv.reader over the same files of the "
        f"zip; {ROUNDS} times each, median",
    )
    others = len(keys) - len(_figures(keys))
    yield row(
        "unchanged re-ingest: items written",
        len(_figures(keys)),
        "items of accounts and directory",
        at_most=0,
        how=f"besides {others} items of the run itself: upload, lease, run, parts, audit, published",
    )
    accounts = {pk for pk, _ in _figures(later) if "#A#" in pk}
    yield row(
        "re-ingest with 1 % changed: accounts written",
        len(accounts),
        "accounts",
        baseline=len(touched),
        at_most=1,
        how=f"{counts['transactions'] // ONE_IN:,} of {counts['transactions']:,} transactions changed, against the "
        f"accounts that hold them; {len(_figures(later)):,} items of accounts and directory",
    )


def _published(run: ImportRun) -> tuple[tuple[str, int], ...]:
    """Rows by file. Raises RuntimeError unless the run was published and settled."""
    if run.state is not RunState.PUBLISHED or run.summary is None or run.finalised_at is None:
        raise RuntimeError(f"run {run.number}: {run.state}, {run.message}")
    return tuple((file.entity, file.rows) for file in run.summary.files)


def _figures(keys: list[Key]) -> list[Key]:
    """Those that customers' figures are read from: heads, pages and shards."""
    return [key for key in keys if "#A#" in key[0] or key[0].endswith("#DIRECTORY")]
