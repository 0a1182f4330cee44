"""Many sessions read in processes of their own while exports are published, undone, set aside and swept.

Every page is of one whole published export: its rows, names and sums all give away which one.
"""

import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from math import ceil
from pathlib import Path

import pytest

from chalicelib.dealers import queries as dealers
from chalicelib.identity.model import Membership, MembershipKind
from chalicelib.identity.operations import MAX_SESSIONS
from chalicelib.ingest import operations
from chalicelib.ingest.maintenance import sweep
from chalicelib.ingest.model import ImportRun, RunState
from chalicelib.ingest.steps import spread
from chalicelib.kernel.clock import system_clock
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.roles import Role
from infra.local.process import Child, spawn, stop
from tests.fixtures.cast import Dealership, add_person, make_dealership
from tests.fixtures.figures import RecordFigure
from tests.fixtures.worlds import World
from tests.ingest.exports import export
from tests.ingest.history import SPOILT
from tests.ingest.pipeline import ImportPipeline
from tests.soak.reading.marked import Book, Size
from tests.soak.reading.readers import Plan

IMPORTS, PROCESSES, SESSIONS = 100, 8, 125
BOOK = Book(groups=4, subs=3, master=Size(130, 40), sub=Size(12, 6))
MIN_IMPORTS, MIN_PROCESSES, MIN_SESSIONS = 6, 2, 4
SMALL_BOOK = Book(groups=1, subs=2, master=Size(110, 6), sub=Size(4, 2))

ROWS_A_PART = 400
"""Instead of 20,000: some parts, so that a list of accounts is put together of shards of several exports."""
BETWEEN = timedelta(hours=6)
"""By the importer's clock. Readers remember PUBLISHED for 5 seconds, in which far less than a week passes."""
PATIENCE_SECONDS = 120


@dataclass(slots=True)
class Writer:
    """Publishes, undoes, sets aside and sweeps."""

    line: ImportPipeline
    book: Book
    sequence: int = 0
    true: set[int] = field(default_factory=set)
    did: Counter[str] = field(default_factory=Counter)

    def import_one(self, fault: str = "") -> ImportRun:
        """The next export, through every step. Six hours have passed."""
        self.sequence += 1
        self.line.wait(hours=BETWEEN / timedelta(hours=1))
        customers, rows = self.book.tables(self.sequence)
        how = {"as_at": f"{self.book.as_at(self.sequence)}", "files": SPOILT[fault]}
        run = self.line.take_in(export(self.line, customers, rows, self.sequence, **how))
        self._note(run)
        return run

    def _note(self, run: ImportRun) -> None:
        self.did[run.state.value] += 1
        if run.state is RunState.PUBLISHED:
            self.true.add(self.sequence)

    def go_on(self, imports: int) -> None:
        """So many imports: every fifth is held and then approved or refused, one in seven undone, a sweep every day."""
        for number in range(2, imports + 1):
            run = self.import_one("held" if number % 5 == 0 else "")
            if run.state is RunState.HELD:
                self._decide(run, approve=number % 10 == 0)
            if number % 7 == 0:
                self._undo()
            if number % 4 == 0:
                sweep.sweep(self.line.job())
                self.did["swept"] += 1

    def _decide(self, run: ImportRun, *, approve: bool) -> None:
        do = operations.approve_run if approve else operations.refuse_run
        do(self.line.admin, number=run.number, now=self.line.now, ids=self.line.ids)
        self.line.drain()
        self._note(self.line.run(run.number))

    def _undo(self) -> None:
        current = dealers.published(self.line.scope, fresh=True)
        operations.undo_run(self.line.admin, number=current.run, now=self.line.now, ids=self.line.ids)
        self.did["undone"] += 1


@dataclass(slots=True)
class Seen:
    """What all processes saw."""

    pages: Counter[str] = field(default_factory=Counter)
    exports: set[int] = field(default_factory=set)
    restarted: int = 0
    older: int = 0
    wrong: list[str] = field(default_factory=list)


@contextmanager
def reading(folder: Path, plan: Plan, processes: int) -> Iterator[Seen]:
    """While inside, so many processes read; afterwards all they saw is in what this gives."""
    (folder / "plan.json").write_text(plan.dump())
    seen = Seen()
    with ExitStack() as ending:
        children = [_reader(folder, number) for number in range(processes)]
        ending.callback(stop, children)
        _wait(children, [folder / f"ready{number}" for number in range(processes)])
        (folder / "go").touch()
        yield seen
        (folder / "stop").touch()
        results = [folder / f"found{number}.json" for number in range(processes)]
        _wait(children, results)
    for result in results:
        found = json.loads(result.read_text())
        seen.pages.update(found["pages"])
        seen.exports.update(found["exports"])
        seen.restarted += found["restarted"]
        seen.older += found["older"]
        seen.wrong += found["wrong"]


def _reader(folder: Path, number: int) -> Child:
    command = [sys.executable, "-m", "tests.soak.reading.readers", str(folder), str(number)]
    return spawn(f"reader {number}", command, env={}, log=folder / f"reader{number}.log")


def _wait(children: list[Child], files: list[Path]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not all(file.exists() and file.stat().st_size >= (file.suffix == ".json") for file in files):
        for child, file in zip(children, files, strict=True):
            assert file.exists() or not child.has_ended, child.last_log_line()
        assert time.monotonic() < deadline, "a reader does not answer"
        time.sleep(0.05)


def people(dealership: Dealership, book: Book, at_least: int) -> list[tuple[str, str]]:
    """Somebody for each account, and a member of staff after every four; the same again until they are enough."""
    found: list[tuple[str, str]] = []
    while len(found) < at_least:
        for number, ref in enumerate(book.refs):
            found.append((_person(dealership, MembershipKind.CUSTOMER, ref, f"{ref}.{len(found)}"), ref))
            if number % 4 == 0:
                found.append((_person(dealership, MembershipKind.STAFF, None, f"staff.{len(found)}"), ""))
    return found


def _person(dealership: Dealership, kind: MembershipKind, ref: str | None, name: str) -> str:
    role = Role.ADMIN if ref else Role.USER
    membership = Membership(dealership.dealer.dealer_id, kind, ref, ref or "", role=role, active=True)
    email = f"{name.lower()}@{dealership.dealer.slug}.example"
    return add_person(Ids(), system_clock(), email=email, membership=membership).person_id


def people_for(sessions: int, processes: int) -> int:
    """How many people so many sessions in each process need: nobody's newest session ends the oldest."""
    return ceil(sessions / (MAX_SESSIONS // processes))


def read_while_it_changes(
    world: World, folder: Path, book: Book, *, imports: int, processes: int, sessions: int
) -> tuple[Writer, Seen]:
    """All that was done and seen."""
    ids, now = Ids(), system_clock()
    dealership = make_dealership(ids, now, name="Moorbeck Machinery", prefix="moorbeck", phone="")
    writer = Writer(ImportPipeline(world, dealership, now, ids), book)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spread, "MAX_ROWS", ROWS_A_PART)
        assert writer.import_one().state is RunState.PUBLISHED
        plan = Plan(
            dealership.dealer.dealer_id, people(dealership, book, people_for(sessions, processes)), sessions, book
        )
        with reading(folder, plan, processes) as seen:
            writer.go_on(imports)
    return writer, seen


@pytest.mark.engines
def test_every_page_is_of_one_whole_export(real: World, tmp_path: Path) -> None:
    size = {"imports": MIN_IMPORTS, "processes": MIN_PROCESSES, "sessions": MIN_SESSIONS}
    writer, seen = read_while_it_changes(real, tmp_path, SMALL_BOOK, **size)
    assert seen.wrong == []
    assert seen.exports <= writer.true
    assert len(seen.exports) > 1


@pytest.mark.soak
def test_a_thousand_sessions_read_across_a_hundred_imports(real: World, tmp_path: Path, figures: RecordFigure) -> None:
    size = {"imports": IMPORTS, "processes": PROCESSES, "sessions": SESSIONS}
    writer, seen = read_while_it_changes(real, tmp_path, BOOK, **size)
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in sorted(seen.pages.items()))
    did = ", ".join(f"{count} {what}" for what, count in sorted(writer.did.items()))
    figures(
        f"whole runs: {PROCESSES * SESSIONS:,} sessions in {PROCESSES} processes, "
        f"{seen.pages.total():,} pages ({kinds}) of {len(seen.exports)} exports across {IMPORTS} imports ({did}); "
        f"{seen.older:,} of an older run, "
        f"{seen.restarted} started again, {len(seen.wrong)} mixes"
    )
    assert seen.wrong == []
    assert seen.exports <= writer.true
    assert seen.pages["CSV"] > seen.pages.total() // 50
