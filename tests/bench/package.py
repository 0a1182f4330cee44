"""The deployable: how large it is, and how long a fresh interpreter takes to import the web function from it."""

from collections.abc import Iterator
from pathlib import Path

from infra.package import archive
from infra.package.build import build
from infra.package.checks import MAX_BYTES
from infra.package.interpreter import python
from tests.bench.baselines import __file__ as baselines
from tests.bench.frame.measure import Pair, children_cpu, in_turns
from tests.bench.frame.registry import measurement
from tests.bench.frame.row import Row, row

PATHS = "import sys\nsys.path[:0] = sys.argv[1:3]\n"
WEB_FUNCTION = f"{PATHS}import app\nassert callable(app.app)\n"
BARE_CLIENT = PATHS + Path(baselines).with_name("dynamodb_client.py").read_text()
AND_STOP = "\nimport os\nos._exit(0)\n"
"""Lambda does not wait for a process to tidy up, and neither is that timed."""

ROUNDS, WHOLE_ROUNDS = 15, 5


@measurement
def package(folder: Path) -> Iterator[Row]:
    made = build("prod", folder / "built")
    yield row("deployable zip", made.size / 1e6, "MB", at_most=MAX_BYTES / 1e6, how="without what Lambda has itself")
    task = folder / "task"
    archive.unpack(made.archive, task)
    pair = _taken(task, AND_STOP, ROUNDS)
    whole = _taken(task, "", WHOLE_ROUNDS)
    yield row(
        "cold import of the web function",
        pair.subject * 1000,
        "ms of CPU",
        baseline=pair.baseline * 1000,
        at_most=1.3,
        how="from the unpacked zip, in a fresh interpreter without site-packages, until the import is done; "
        f"{ROUNDS} times each, median; {whole.subject / whole.baseline:.2f} x with the process's end",
    )


def _taken(task: Path, end: str, rounds: int) -> Pair:
    return in_turns(
        lambda: python(task, WEB_FUNCTION + end),
        lambda: python(task, BARE_CLIENT + end),
        rounds=rounds,
        clock=children_cpu,
    )
