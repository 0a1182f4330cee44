"""Whatever staff and queues do, in any order: a reader sees one whole export, the one that was published last.

The same rules over a model of the store, 3,000 times: see the design's spike. Here they run on the real one.
"""

from datetime import UTC, datetime
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from chalicelib.customers import published
from chalicelib.ingest import operations, repo
from chalicelib.ingest.model import RunState
from chalicelib.ingest.upkeep import resume, sweep
from chalicelib.kernel.errors import ConflictError
from chalicelib.kernel.ids import Ids
from tests.bundles import customer, transaction
from tests.fixtures.cast import make_house
from tests.fixtures.worlds import World
from tests.ingest.exports import export
from tests.ingest.pipeline import Line, Message

REFS = ("a", "b")
NOW = datetime(2024, 6, 5, 9, 0, tzinfo=UTC)
Truth = dict[str, int]
AMOUNTS = st.lists(st.integers(1, 2), min_size=2, max_size=2)
FAULTS = st.sampled_from(["", "", "held", "refused"])
KINDS = [
    *("take in", "take in", "take in", "take in", "undo", "undo", "approve", "a day", "a week"),
    *("upload", "deliver", "deliver", "deliver again", "refuse", "lose"),
]
SPOILT: dict[str, dict[str, Any]] = {
    "": {},
    "held": {"transactions": {"totals": {"total_amount": {"GBP": "1000.00"}}}},
    "refused": {"transactions": {"sha256": "0" * 64}},
}


class Importer(RuleBasedStateMachine):
    world: World

    def __init__(self) -> None:
        super().__init__()
        ids = Ids()
        house = make_house(ids, NOW, name="Moorbeck Machinery", prefix="moorbeck", phone="")
        self.line = Line(self.world, house, NOW, ids)
        self.sequence = 0
        self.exports: dict[int, Truth] = {}
        self.queue: list[Message] = []
        self.old: list[Message] = []

    def teardown(self) -> None:
        self.line.messages()

    @rule(kind=st.sampled_from(KINDS), amounts=AMOUNTS, fault=FAULTS, pick=st.integers(0, 999))
    def something_happens(self, kind: str, amounts: list[int], fault: str, pick: int) -> None:
        match kind:
            case "take in":
                self.upload(amounts, fault)
                self.deliver_all()
            case "upload":
                self.upload(amounts, fault)
            case "undo":
                self.undo()
            case "deliver" | "deliver again":
                self.deliver(pick, again=kind == "deliver again")
            case "approve" | "refuse":
                self.decide(pick, approve=kind == "approve")
            case "lose":
                self.lose_all()
            case "a day" | "a week":
                self.time_passes(1 if kind == "a day" else 8)

    def upload(self, amounts: list[int], fault: str) -> None:
        self.sequence += 1
        self.exports[self.sequence] = dict(zip(REFS, amounts, strict=True))
        rows = [transaction(ref, ref, f"{amount}.00") for ref, amount in self.exports[self.sequence].items()]
        bundle = export(self.line, [customer(ref) for ref in REFS], rows, self.sequence, files=SPOILT[fault])
        self.line.arrive(self.line.put(bundle))

    def deliver(self, pick: int, *, again: bool) -> None:
        self.queue += self.line.messages()
        waiting = self.old if again else self.queue
        if waiting:
            message = waiting.pop(pick % len(waiting))
            self.old.append(message)
            self.line.deliver(message)

    def deliver_all(self) -> None:
        for message in self.queue:
            self.line.deliver(message)
        self.queue = []
        self.line.drain()

    def lose_all(self) -> None:
        self.queue = []
        self.line.messages()
        self.line.wait(minutes=4)
        resume.resume(self.line.job())

    def decide(self, pick: int, *, approve: bool) -> None:
        held = [run.number for run in repo.newest_runs(self.line.scope, limit=100) if run.state is RunState.HELD]
        if held:
            self.try_to(operations.approve_run if approve else operations.refuse_run, held[pick % len(held)])

    def undo(self) -> None:
        current = published.read(self.line.scope, fresh=True)
        if current.run:
            self.try_to(operations.undo_run, current.run)

    def time_passes(self, days: int) -> None:
        self.line.wait(days=days)
        resume.resume(self.line.job())
        sweep.sweep(self.line.job())

    def try_to(self, do: object, number: int) -> None:
        try:
            do(self.line.admin, number=number, now=self.line.now, ids=self.line.ids)  # type: ignore[operator]
        except ConflictError:
            return

    @invariant()
    def readers_see_one_whole_export(self) -> None:
        current = published.read(self.line.scope, fresh=True)
        seen = {ref: {row.transaction_id: row.total for row in self.line.rows(ref)} for ref in REFS}
        truth = self.exports.get(current.sequence, {})
        assert seen == {ref: {ref: truth[ref] * 100} if truth else {} for ref in REFS}
        balances = {entry.ref: entry.balance for entry in self.line.entries()}
        assert balances == {ref: amount * 100 for ref, amount in truth.items()}

    @invariant()
    def the_published_run_says_so(self) -> None:
        current = published.read(self.line.scope, fresh=True)
        if current.run:
            run = self.line.run(current.run)
            assert run.state is RunState.PUBLISHED
            assert run.manifest is not None
            assert run.manifest.sequence == current.sequence


def check(world: World, *, examples: int, steps: int) -> None:
    class OnThisWorld(Importer):
        pass

    OnThisWorld.world = world
    run_state_machine_as_test(
        OnThisWorld,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=False,
            phases=(Phase.explicit, Phase.generate),  # an example takes seconds: shrinking would take hours
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_readers_see_one_whole_export_whatever_happens(aws: World) -> None:
    check(aws, examples=4, steps=12)
