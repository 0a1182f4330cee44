"""Tries mutants that nobody has chosen: `python -m tests.soak.mutations.random_mutants COUNT [SEED]`."""

import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from threading import local

import pytest

from tests.soak.mutations.operators import Mutant
from tests.soak.mutations.runner import CAUGHT, OVERTIME, MutationRunner
from tests.soak.mutations.sampling import SEED, equivalents, sample, stages

FAST_TESTS = ("-m", "not engines and not browser and not soak")
SECONDS = (180.0, 300.0, 600.0)
"""For the module's own tests, which take seconds, its folder's, and the wider list."""
HANGS, MISSED, LEFT_OUT, EQUIVALENT = "hangs", "missed", "left out", "equivalent"
WORKERS = 2
Run = Callable[[Sequence[str], float], int]


def judge(mutant: Mutant, run: Run) -> str:
    """What becomes of a mutant that is in force while `run` gives pytest's exit code for some tests.

    Own tests that never end have noticed it too. Others may be slow for another reason: they say nothing.
    """
    for number, (tests, seconds) in enumerate(zip(stages(mutant), SECONDS, strict=False)):
        code = run(tests, seconds)
        if code == OVERTIME and number == 0:
            return HANGS
        if code not in {OVERTIME, pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}:
            return CAUGHT  # also by an import that fails
    return MISSED


@dataclass
class Campaign:
    """Mutants tried by two workers, each in a copy of the program, until `deadline` (by time.monotonic)."""

    folder: Path
    deadline: float
    report: Callable[[Mutant, str], None] = lambda _mutant, _result: None
    _copies: local = field(default_factory=local)

    def run(self, mutants: Sequence[Mutant]) -> dict[Mutant, str]:
        """What became of each. Raises AssertionError where a test fails without any change."""
        own = sorted({test for mutant in mutants for test in stages(mutant)[0]})
        code, output = self._copy().run(own, options=FAST_TESTS)
        assert code == 0, output
        with ThreadPoolExecutor(WORKERS) as pool:
            return dict(zip(mutants, pool.map(self._try, mutants), strict=True))

    def _try(self, mutant: Mutant) -> str:
        result = self._result(mutant)
        self.report(mutant, result)
        return result

    def _result(self, mutant: Mutant) -> str:
        if str(mutant) in equivalents():
            return EQUIVALENT
        if time.monotonic() > self.deadline:
            return LEFT_OUT
        copy = self._copy()
        with copy.without(mutant):
            return judge(mutant, lambda tests, seconds: copy.run(tests, options=FAST_TESTS, seconds=seconds)[0])

    def _copy(self) -> MutationRunner:
        """This worker's own."""
        if not hasattr(self._copies, "runner"):
            self._copies.runner = MutationRunner(Path(mkdtemp(dir=self.folder)))
        found: MutationRunner = self._copies.runner
        return found


def main(count: str = "25", seed: str = str(SEED)) -> int:
    """How many were missed."""
    with TemporaryDirectory() as folder:
        campaign = Campaign(
            Path(folder), time.monotonic() + 3600, lambda m, result: print(f"{result}: {m}", flush=True)
        )
        results = campaign.run(sample(int(count), int(seed)))
    return sum(result == MISSED for result in results.values())


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
