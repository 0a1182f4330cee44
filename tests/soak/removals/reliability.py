"""What docs/reliability.md claims, taken out. RULES are the ten that keep a published run whole; FAULTS the rest."""

from tests.soak.removals.model import Removal

FAULTS: tuple[Removal, ...] = ()

RULES: tuple[Removal, ...] = (
    Removal(
        "Rule 1: numbers between the old and the new published run are never read",
        "chalicelib/dealers/published.py",
        "skipped=self.skipped | frozenset(range(self.run + 1, run))",
        "skipped=self.skipped",
        "tests/dealers/test_published.py::test_numbers_between_two_published_runs_are_skipped",
    ),
)
