"""A random slip of the hand anywhere in the core is noticed: a seeded sample, in copies of the program."""

import ast
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from infra.setup.paths import ROOT
from tests.fixtures.figures import RecordFigure
from tests.soak.mutations.operators import mutants, mutants_of
from tests.soak.mutations.random_mutants import EQUIVALENT, HANGS, LEFT_OUT, MISSED, Campaign, Run, judge
from tests.soak.mutations.runner import CAUGHT, OVERTIME
from tests.soak.mutations.sampling import PACKAGES, Package, equivalents, modules_of, sample, stages

COUNT, LEAST_JUDGED = 200, 150
CAUGHT_SHARE = 95
"""Percent of those that are not equivalent."""
LIMIT = 90 * 60
SOURCE = '''
"""Says what it is for: 1 < 2."""
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    LIMIT: int = 7

@cached(3)
def first(rows: list[1], most: int = 2) -> bool:
    """Doc 1."""
    logger.info("seen", rows=4)
    rows.sort()
    if rows and len(rows) < most:
        raise ValueError(f"{most + 1} rows")
    return [row - 5 for row in rows if row] + "é" + rows
'''


def changes(source: str) -> set[str]:
    return {str(mutant).removeprefix("m.py ") for mutant in mutants(Path("m.py"), source)}


def test_each_operator_changes_what_runs_and_nothing_that_only_says_something() -> None:
    assert changes(SOURCE) == {
        "first: 2 -> 3",
        "first: 2 -> 1",
        "first: rows.sort() -> pass",
        "first: rows and len(rows) < most -> (rows or len(rows) < most)",
        "first: rows and len(rows) < most -> (not (rows and len(rows) < most))",
        "first: len(rows) < most -> (len(rows) <= most)",
        'first: return [row - 5 for row in rows if row] + "é" + rows -> return None',
        "first: [row - 5 for row in rows if row] + \"é\" + rows -> ([row - 5 for row in rows if row] + 'é' - rows)",
        "first: row - 5 -> (row + 5)",
        "first: 5 -> 6",
        "first: 5 -> 4",
        "first: row -> (not (row))",
    }


def test_the_same_change_twice_in_a_function_has_two_names() -> None:
    assert changes("def f(a):\n    g(a)\n    g(a)\n") == {"f: g(a) -> pass", "f: g(a) -> pass #2"}


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_every_mutant_is_another_program_that_compiles(package: Package) -> None:
    for path in modules_of(package):
        source = (ROOT / path).read_text()
        for mutant in mutants_of(path)[::20]:
            changed = mutant.applied(source)
            assert changed != source, mutant
            ast.parse(changed)


def test_the_sample_is_the_same_each_time_and_from_every_package() -> None:
    chosen = sample(COUNT)
    assert len(chosen) == COUNT
    assert len({str(mutant) for mutant in chosen}) == COUNT
    assert chosen == sample(COUNT)
    assert chosen != sample(COUNT, seed=1)
    assert {mutant.path.parts[1] for mutant in chosen} == {package.name for package in PACKAGES}
    assert {mutant.operator for mutant in chosen} >= {"comparison", "boolean", "arithmetic", "constant", "condition"}


def test_every_mutant_has_tests_of_its_own_and_wider_ones() -> None:
    for package in PACKAGES:
        assert [path for path in package.wider if not (ROOT / path).exists()] == []
        for path in modules_of(package):
            for mutant in mutants_of(path)[:1]:
                assert len(stages(mutant)) >= 2, path


def test_every_equivalent_is_still_a_mutant_of_the_program_and_has_a_reason() -> None:
    known = {str(mutant) for package in PACKAGES for path in modules_of(package) for mutant in mutants_of(path)}
    assert equivalents().keys() - known == set(), "the code has changed: take it out, or name it again"
    assert [name for name, reason in equivalents().items() if len(reason) < 20] == []


def runs(*given: int) -> tuple[list[Sequence[str]], Run]:
    """Gives these codes, one after the other; and the tests it was asked for."""
    asked: list[Sequence[str]] = []
    left = iter(given)

    def run(tests: Sequence[str], _seconds: float) -> int:
        asked.append(tests)
        return next(left)

    return asked, run


@pytest.mark.parametrize(
    ("given", "result"),
    [
        ([1], CAUGHT),
        ([0, 1], CAUGHT),
        ([0, 0, 1], CAUGHT),
        ([2], CAUGHT),
        ([0, 0, 0], MISSED),
        ([5, OVERTIME, 0], MISSED),
        ([0, OVERTIME, 1], CAUGHT),
        ([OVERTIME], HANGS),
    ],
)
def test_a_mutant_is_tried_on_ever_more_tests_until_one_notices(given: list[int], result: str) -> None:
    (mutant,) = [one for one in sample(COUNT) if one.path.parts[1] == "ledger"][:1]
    asked, run = runs(*given)
    assert judge(mutant, run) == result
    assert asked == stages(mutant)[: len(given)]


@pytest.mark.soak
def test_random_mutants_are_noticed(tmp_path: Path, figures: RecordFigure) -> None:
    results = Campaign(tmp_path, time.monotonic() + LIMIT).run(sample(COUNT))
    judged = {mutant: result for mutant, result in results.items() if result not in {EQUIVALENT, LEFT_OUT}}
    missed = [str(mutant) for mutant, result in judged.items() if result == MISSED]
    equal = sum(result == EQUIVALENT for result in results.values())
    figures(f"random mutants: {len(judged)} judged, {len(judged) - len(missed)} caught, {equal} equivalent not counted")
    for name in missed:
        figures(f"random mutants: missed {name}")
    assert len(judged) + equal >= LEAST_JUDGED
    assert (len(judged) - len(missed)) * 100 >= len(judged) * CAUGHT_SHARE, missed
