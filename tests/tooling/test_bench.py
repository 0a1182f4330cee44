"""The measurements' own machinery, and that docs/performance.md says what bench.json and the baselines say."""

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from infra.setup.paths import ROOT
from tests.bench.frame import document, results
from tests.bench.frame.measure import in_turns
from tests.bench.frame.month import Book, total
from tests.bench.frame.plot import Panel, Plot, Series
from tests.bench.frame.registry import measurements
from tests.bench.frame.row import Row, row

FIELDS = ["name", "figure", "unit", "baseline", "ratio", "budget", "met", "conditions"]
PROGRAMS = sorted(path for path in document.PROGRAMS.glob("*.py") if path.name != "__init__.py")
TEXT = document.DOCUMENT.read_text()
KEPT = results.read()


def test_bench_json_is_a_list_of_rows() -> None:
    entries = json.loads(results.RESULTS.read_text())
    assert [field.name for field in fields(Row)] == FIELDS
    assert all(list(entry) == FIELDS for entry in entries)
    assert len({entry["name"] for entry in entries}) == len(entries) > 0
    for kept in KEPT:
        assert {"how", "cores", "python", "date", "commit", "load"} <= kept.conditions.keys()


def test_the_document_has_the_table_of_bench_json() -> None:
    assert document.table(KEPT) in TEXT


@pytest.mark.parametrize("kept", [kept for kept in KEPT if not kept.met], ids=lambda kept: kept.name)
def test_a_row_over_its_budget_has_its_sentence(kept: Row) -> None:
    assert re.search(rf"^- \*\*{re.escape(kept.name)}\*\*: \S.{{40}}", TEXT, re.MULTILINE)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.stem)
def test_a_baseline_is_short_and_printed_as_it_is(program: Path) -> None:
    source = program.read_text()
    assert document.printed(program.name) in TEXT
    assert len(list(_statement_lines(source))) < 20


def _statement_lines(source: str) -> Iterator[str]:
    """Its lines but blank ones, imports and the sentence above."""
    tree = ast.parse(source)
    left_out = {1}
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            left_out |= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    for number, line in enumerate(source.splitlines(), 1):
        if line.strip() and number not in left_out:
            yield line


def test_a_row_is_within_its_budget_or_not() -> None:
    ratio = row("a", 12.3456, "ms", baseline=10, at_most=1.3, how="so")
    assert (ratio.figure, ratio.ratio, ratio.budget, ratio.met) == (12.35, 1.235, "at most 1.3 x", True)
    count = row("b", 4, "round trips", at_most=3, how="so")
    assert (count.baseline, count.ratio, count.budget, count.met) == (None, None, "at most 3 round trips", False)
    assert row("c", 30, "rows/s", baseline=10, at_least=3, how="so").met
    assert not row("c", 29, "rows/s", baseline=10, at_least=3, how="so").met
    with pytest.raises(ValueError, match="one budget"):
        row("d", 1, "s", how="so", at_most=1, at_least=1)


def test_a_row_without_a_budget_is_reported() -> None:
    reported = row("p99", 5.6, "ms", how="so")
    assert (reported.budget, reported.met) == ("", True)
    assert "| p99 | 5.6 ms |  |  |  |  |" in document.table([results.measured_here(reported)])


def test_two_things_take_turns_and_neither_always_goes_first() -> None:
    done: list[str] = []
    ticks = iter(range(1000))
    pair = in_turns(lambda: done.append("a"), lambda: done.append("b"), rounds=3, clock=lambda: next(ticks))
    assert "".join(done) == "ab" + "ab" + "ba" + "ab"
    assert (pair.subject, pair.baseline, pair.least_subject) == (1, 1, 1)


def test_a_new_row_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    old, new = (row("a", figure, "s", at_most=1, how="so") for figure in (1, 2))
    other = row("b", 3, "s", at_most=1, how="so")
    results.write(results.merged([old, other], [new]), tmp_path / "bench.json")
    assert results.read(tmp_path / "bench.json") == [new, other]


def test_a_plot_is_an_svg_with_its_figures_as_text() -> None:
    series = [Series("fast", [(100, 1), (100_000, 1.5)]), Series("slow", [(100, 2), (100_000, 2_500_000)])]
    drawn = ET.fromstring(Plot("Some & other", "rows", [Panel("ms", series)]).svg())  # noqa: S314 - written here
    texts = [element.text for element in drawn.iter() if element.text]
    assert "Some & other" in texts
    assert any("slow, ms: 2 at 100, 2.5 M at 100,000" in text for text in texts)


def test_everything_that_is_counted_has_a_price() -> None:
    book = Book.read()
    things = total([dict.fromkeys(book.prices, 2.0), {"sqs_requests": 1.0}])
    assert things["sqs_requests"] == 3
    assert book.dollars(things) == pytest.approx(
        sum(price["dollars"] / price["per"] * things[name] for name, price in book.prices.items())
    )
    assert sum(book.usage["page_shares"].values()) == pytest.approx(1)
    assert book.gb_seconds(cpu=1, calls=0) == pytest.approx(1769 / 1024)
    assert book.gb_seconds(cpu=1, calls=0, memory="pages_memory_mb") == pytest.approx(1769 / 1024)


def test_functions_are_priced_at_the_memory_that_they_have() -> None:
    config = json.loads((ROOT / ".chalice" / "config.json").read_text())
    machine = Book.read().machine
    assert machine["memory_mb"] == config["lambda_memory_size"]
    assert machine["pages_memory_mb"] == config["lambda_functions"]["api_handler"]["lambda_memory_size"]


def test_every_measurement_is_found() -> None:
    found = measurements()
    modules = {path.stem for path in (ROOT / "tests" / "bench").glob("*.py")} - {"__init__", "__main__"}
    assert {function.__module__.rpartition(".")[2] for function in found.values()} == modules
    assert {"first_screen", "ingest_fresh", "package", "dealer_month"} <= found.keys()
