"""A row of bench.json: one figure, what it is held against, and whether it is within its budget."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """One figure. Where there is a `baseline`, in the same unit, the budget is one for their `ratio`.

    A row without a budget is reported, and always `met`.
    """

    name: str
    figure: float
    unit: str
    baseline: float | None
    ratio: float | None
    budget: str
    met: bool
    conditions: dict[str, Any] = field(default_factory=dict)


def row(
    name: str,
    figure: float,
    unit: str,
    *,
    how: str,
    baseline: float | None = None,
    at_most: float | None = None,
    at_least: float | None = None,
) -> Row:
    """A row within its budget or not: `at_most` or `at_least` is for the ratio to `baseline`, or for the figure itself.

    With neither, the figure is only reported. `how` says in a line what was measured. Raises ValueError for both.
    """
    if at_most is not None and at_least is not None:
        raise ValueError(f"{name}: one budget, at_most or at_least")
    ratio = None if baseline is None else figure / baseline
    value = figure if ratio is None else ratio
    unit_of_budget = unit if ratio is None else "x"
    budget, met = "", True
    if at_most is not None:
        budget, met = f"at most {at_most:g} {unit_of_budget}", value <= at_most
    elif at_least is not None:
        budget, met = f"at least {at_least:g} {unit_of_budget}", value >= at_least
    return Row(
        name=name,
        figure=_rounded(figure),
        unit=unit,
        baseline=None if baseline is None else _rounded(baseline),
        ratio=None if ratio is None else _rounded(ratio),
        budget=budget,
        met=met,
        conditions={"how": how},
    )


def _rounded(value: float) -> float:
    """Four figures: more would be noise."""
    return float(f"{value:.4g}")
