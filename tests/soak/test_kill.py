"""Real workers on real queues, and `kill -9` at moments that nobody chose: each import ends like one left in peace."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest

from chalicelib import settings
from chalicelib.ingest import repo
from chalicelib.ingest.maintenance import resume
from chalicelib.ingest.model import RunState
from chalicelib.kernel.ids import Ids
from infra.local.emulators import DYNAMODB, LocalAws, start_dynamodb, start_ministack
from infra.local.process import Child, spawn, stop
from infra.local.provision import provision
from tests.fixtures.engines import BASE_URL, free_port
from tests.fixtures.figures import RecordFigure
from tests.fixtures.worlds import World, environment
from tests.soak.imports import BarePipeline, first_export, second_export
from tests.soak.logical import Reader, difference

KILLS = 50
WORKERS = 2
ALL_DIE = 5
"""Every Nth time both die."""
HIDDEN_SECONDS = 3
"""How long a queue hides what a dead worker had in hand. In AWS it is 12 minutes."""
SILENT_SECONDS = 8
"""When nothing has happened for so long, the schedule comes."""
PATIENCE_SECONDS = 240

pytestmark = pytest.mark.soak


@dataclass
class Crew:
    """Two worker processes, each replaced when it is killed."""

    folder: Path
    ending: ExitStack
    workers: list[Child] = field(default_factory=list)

    def fill_up(self) -> None:
        """Until there are two."""
        self.workers = [worker for worker in self.workers if not worker.has_ended]
        while len(self.workers) < WORKERS:
            number = len(list(self.folder.iterdir()))
            command = [sys.executable, "-m", "tests.soak.worker"]
            child = spawn(f"worker {number}", command, env={}, log=self.folder / f"{number}.log")
            self.ending.callback(stop, [child], grace=0)
            self.workers.append(child)

    def kill(self, victims: list[Child]) -> None:
        """None of them can do anything about it."""
        for victim in victims:
            os.kill(victim.process.pid, signal.SIGKILL)
            victim.process.wait()


@pytest.fixture
def own(tmp_path: Path) -> Iterator[World]:
    """A table of its own: others write into the session's."""
    local_aws = LocalAws(DYNAMODB, free_port(), free_port(), tmp_path / "state")
    with ExitStack() as ending:
        for start in (start_dynamodb, start_ministack):
            ending.callback(stop, [start(local_aws)])
        with environment(provision(local_aws, base_url=BASE_URL)):
            world = World(DYNAMODB, settings.load())
            for url in (world.settings.inbox_queue_url, world.settings.import_queue_url):
                hidden = {"VisibilityTimeout": str(HIDDEN_SECONDS)}
                world.root("sqs").set_queue_attributes(QueueUrl=url, Attributes=hidden)
            yield world


@pytest.fixture
def crew(own: World, tmp_path: Path) -> Iterator[Crew]:
    """On the table's queues."""
    assert own.name == DYNAMODB
    with ExitStack() as ending:
        (tmp_path / "workers").mkdir()
        made = Crew(tmp_path / "workers", ending)
        made.fill_up()
        yield made


def until(line: BarePipeline, number: int, *, by_schedule: Callable[[], None] | None = None) -> None:
    """The run of this number is published and settled; the schedule comes where it is silent for long."""
    begun = silent = time.monotonic()
    while not is_done(line, number):
        assert time.monotonic() - begun < PATIENCE_SECONDS, f"run {number}: {repo.run(line.scope, number)}"
        if by_schedule and time.monotonic() - silent > SILENT_SECONDS:
            by_schedule()
            silent = time.monotonic()
        time.sleep(0.02)


def is_done(line: BarePipeline, number: int) -> bool:
    run = repo.run(line.scope, number)
    return run is not None and run.state is RunState.PUBLISHED and run.finalised_at is not None


def a_dealer(world: World) -> BarePipeline:
    """With a first export, taken in by the workers."""
    line = BarePipeline(world, Ids(), datetime.now(UTC))
    line.put(first_export(line))
    until(line, 1)
    return line


def end(line: BarePipeline) -> str:
    return Reader(line).everything(line, partitions(line))


def partitions(line: BarePipeline) -> set[str]:
    """Of all that the dealer has in the table."""
    scan: Any = line.world.root("dynamodb").get_paginator("scan")
    pages = scan.paginate(TableName=line.world.settings.table_name, ProjectionExpression="pk")
    home = f"D#{line.scope.dealer_id}#"
    return {item["pk"]["S"] for page in pages for item in page["Items"] if item["pk"]["S"].startswith(home)}


def undisturbed(world: World) -> tuple[str, float]:
    """The end of an import left in peace, and how many seconds it took."""
    line = a_dealer(world)
    begun = time.monotonic()
    line.put(second_export(line))
    until(line, 2)
    seconds = time.monotonic() - begun
    return end(line), seconds


@dataclass(slots=True)
class Strikes:
    """What became of the kills."""

    kills: int = 0
    imports: int = 0
    missed: int = 0
    schedules: int = 0


def strike(world: World, crew: Crew, *, kills: int) -> Strikes:
    """Imports, each with a kill at a random moment, until there were so many."""
    undisturbed(world)  # the workers load what they need
    expected, seconds = undisturbed(world)
    random, tally = Random(9), Strikes()
    while tally.kills < kills:
        line = a_dealer(world)

        def come(line: BarePipeline = line) -> None:
            tally.schedules += 1
            line.now = datetime.now(UTC) + 2 * resume.STALL_AFTER
            resume.resume(line.job())

        line.put(second_export(line))
        time.sleep(random.uniform(0, seconds))
        victims = crew.workers[:] if tally.imports % ALL_DIE == 0 else [random.choice(crew.workers)]
        crew.kill(victims)
        struck = not is_done(line, 2)
        crew.fill_up()
        until(line, 2, by_schedule=come)
        assert difference(expected, end(line)) == []
        tally.imports += struck
        tally.missed += not struck
        tally.kills += len(victims) if struck else 0
    return tally


def test_imports_end_however_often_workers_are_killed(own: World, crew: Crew, figures: RecordFigure) -> None:
    tally = strike(own, crew, kills=KILLS)
    figures(
        f"kill -9: {tally.kills} workers killed in {tally.imports} imports under way, {tally.imports} digests equal; "
        f"the schedule came {tally.schedules} times ({tally.missed} more kills came after the end)"
    )
