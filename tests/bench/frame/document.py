"""docs/performance.md: its table of rows and the printed baselines are put in here, everything else by hand."""

import re
from collections.abc import Sequence

from infra.setup.paths import ROOT
from tests.bench.frame.row import Row

DOCUMENT = ROOT / "docs" / "performance.md"
PROGRAMS = ROOT / "tests" / "bench" / "baselines"
_PROGRAM = re.compile(r"<!-- (\w+\.py) -->\n```python\n.*?```\n", re.DOTALL)
_MARKED = re.compile(r"(?<=<!-- rows -->\n).*?(?=<!-- end of rows -->)", re.DOTALL)


def update(rows: Sequence[Row]) -> None:
    """Put the table, and the programs as they are now, in place of those that are there."""
    text = _MARKED.sub(lambda _: table(rows), DOCUMENT.read_text())
    DOCUMENT.write_text(_PROGRAM.sub(lambda found: printed(found[1]), text))


def printed(name: str) -> str:
    """A baseline with the mark by which it is found again."""
    return f"<!-- {name} -->\n```python\n{(PROGRAMS / name).read_text()}```\n"


def table(rows: Sequence[Row]) -> str:
    """A line for each row, and on what it was measured."""
    lines = [
        "| what | figure | baseline | ratio | budget | |",
        "|---|---|---|---|---|---|",
        *(_line(row) for row in rows),
    ]
    return "\n".join([*lines, "", _measured(rows), ""])


def _line(row: Row) -> str:
    baseline, ratio = _said(row.baseline), _said(row.ratio)
    return f"| {row.name} | {_said(row.figure)} {row.unit} | {baseline} | {ratio} | {row.budget} | {_met(row)} |"


def _met(row: Row) -> str:
    if not row.budget:
        return ""
    return "met" if row.met else "**over**"


def _said(value: float | None) -> str:
    """Three figures, thousands apart."""
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _measured(rows: Sequence[Row]) -> str:
    """One sentence for all rows of one machine, day and commit."""
    places = dict.fromkeys(
        f"{c['cores']} cores ({c['cpu']}), Python {c['python']}, {c['date']}, commit {c['commit']}"
        for c in (row.conditions for row in rows)
    )
    return f"Measured on {'; '.join(places)}.\n"
