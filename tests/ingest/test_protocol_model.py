"""Random histories of the model hold, and each rule taken out of it is noticed."""

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from tests.ingest.protocol_model import ACCOUNTS, YEARS, Model, Mutation

AMOUNTS = st.fixed_dictionaries({year: st.integers(0, 1) for year in YEARS})
EXPORTS = st.fixed_dictionaries(dict.fromkeys(ACCOUNTS, AMOUNTS))
VERDICTS = st.sampled_from(["publish", "publish", "publish", "held", "refused", "failed"])
STEPS = 40


class Importer(RuleBasedStateMachine):
    mutation: Mutation | None = None

    def __init__(self) -> None:
        super().__init__()
        self.model = Model(self.mutation)

    @precondition(lambda self: not self.model.in_state("staging"))
    @rule(export=EXPORTS, sheet=st.integers(0, 1))
    def open(self, export: dict[str, dict[int, int]], sheet: int) -> None:
        self.model.open(export, sheet)

    @rule(pick=st.integers(0, 99))
    def stage_again(self, pick: int) -> None:
        """A message of any run, late or repeated."""
        runs = list(self.model.runs.values())
        if runs:
            run = runs[pick % len(runs)]
            self.model.stage(run, list(run.heads)[pick % 2 :])

    @precondition(lambda self: self.model.in_state("staging"))
    @rule(verdict=VERDICTS)
    def decide(self, verdict: str) -> None:
        (run,) = self.model.in_state("staging")
        if verdict in {"publish", "held"}:
            self.model.stage(run, run.heads)
        if verdict == "publish":
            self.model.publish(run)
        else:
            self.model.end(run, verdict)

    @precondition(lambda self: self.model.in_state("held"))
    @rule(pick=st.integers(0, 9))
    def approve(self, pick: int) -> None:
        held = self.model.in_state("held")
        self.model.publish(held[pick % len(held)])

    @precondition(lambda self: self.model.may_undo())
    @rule()
    def undo(self) -> None:
        self.model.undo()

    @rule(days=st.sampled_from([1, 5, 8]))
    def sweep(self, days: int) -> None:
        self.model.today += days
        self.model.sweep()

    @invariant()
    def holds(self) -> None:
        self.model.check()


def check(mutation: Mutation | None, *, examples: int, repeatable: bool = True) -> None:
    """So many random histories, the same each time if `repeatable`; raises AssertionError where one goes wrong."""
    machine = type("Mutated", (Importer,), {"mutation": mutation})
    how = settings(
        max_examples=examples,
        stateful_step_count=STEPS,
        deadline=None,
        derandomize=repeatable,
        database=None,
        print_blob=False,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=how)


def test_readers_see_one_whole_export() -> None:
    check(None, examples=200)


@pytest.mark.parametrize("mutation", Mutation, ids=lambda mutation: mutation.name.lower())
def test_a_rule_taken_out_is_noticed(mutation: Mutation) -> None:
    with pytest.raises(AssertionError):
        check(mutation, examples=400)
