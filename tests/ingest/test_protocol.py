"""Whatever staff and queues do, in any order: a reader sees one whole export, the one that was published last."""

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from chalicelib.ingest import repo
from chalicelib.ingest.model import RunState
from chalicelib.ingest.steps import spread
from tests.fixtures.worlds import World
from tests.ingest.history import REFS, ROWS_A_PART, History

AMOUNTS = st.dictionaries(st.sampled_from(REFS), st.integers(1, 2), min_size=1)
FAULTS = st.sampled_from(["", "", "held", "refused"])
KINDS = [
    *("take in", "take in", "take in", "take in", "undo", "undo", "approve", "a day", "a week"),
    *("upload", "deliver", "deliver", "deliver again", "refuse", "lose"),
]


class Importer(RuleBasedStateMachine):
    world: World
    happened: list[str]

    def __init__(self) -> None:
        super().__init__()
        self.history = History(self.world)

    def teardown(self) -> None:
        self.history.line.messages()

    @rule(kind=st.sampled_from(KINDS), amounts=AMOUNTS, fault=FAULTS, pick=st.integers(0, 999))
    def something_happens(self, kind: str, amounts: dict[str, int], fault: str, pick: int) -> None:
        self.happened.append(kind)
        match kind:
            case "take in":
                self.history.take_in(fault, **amounts)
            case "upload":
                self.history.upload(fault, **amounts)
            case "undo":
                self.history.undo()
            case "deliver" | "deliver again":
                self.history.deliver(pick, again=kind == "deliver again")
            case "approve" | "refuse":
                self.decide(pick, approve=kind == "approve")
            case "lose":
                self.history.lose_all()
            case "a day" | "a week":
                self.history.days_pass(1 if kind == "a day" else 8)

    def decide(self, pick: int, *, approve: bool) -> None:
        runs = repo.newest_runs(self.history.line.scope, limit=100)
        held = [run.number for run in runs if run.state is RunState.HELD]
        if held:
            self.history.decide(held[pick % len(held)], approve=approve)

    @invariant()
    def everything_holds(self) -> None:
        self.history.check()


def check(world: World, *, examples: int, steps: int) -> list[str]:
    """Random histories; what happened in them, in order."""
    happened: list[str] = []
    machine = type("OnThisWorld", (Importer,), {"world": world, "happened": happened})
    how = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        derandomize=False,
        phases=(Phase.explicit, Phase.generate),  # an example takes seconds: shrinking would take hours
        suppress_health_check=list(HealthCheck),
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spread, "MAX_ROWS", ROWS_A_PART)
        run_state_machine_as_test(machine, settings=how)
    return happened


def test_readers_see_one_whole_export_whatever_happens(aws: World) -> None:
    check(aws, examples=2, steps=12)
