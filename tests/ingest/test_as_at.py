"""Every age is counted from `as_at`: one that cannot be is refused, an unlikely one waits for the dealer."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from chalicelib.ingest import repo
from chalicelib.ingest.model import RunState
from chalicelib.ingest.steps import open as opening
from tests.ccx.words import BRITISH, words
from tests.ingest.exports import export, ledger
from tests.ingest.pipeline import ImportPipeline

BALANCE = {"customers": {"totals": {"balance": {"GBP": "1e999999999"}}}}


@pytest.mark.parametrize(
    ("values", "where"),
    [
        ({"as_at": "9999-12-31"}, "as_at"),
        ({"as_at": "2099-01-01"}, "as_at"),
        ({"as_at": "0001-01-01"}, "as_at"),
        ({"generated_at": "9999-12-31T23:59:59Z"}, "generated_at"),
        ({"files": BALANCE}, "totals"),
    ],
)
def test_a_date_or_sum_beyond_measure_is_refused_at_once(
    line: ImportPipeline, values: Mapping[str, Any], where: str
) -> None:
    made: dict[str, Any] = {"generated_at": "2024-06-05T05:00:00Z"}
    line.arrive(line.put(export(line, *ledger(2), **{**made, **values})))
    run = line.newest()
    assert (run.state, run.code) == (RunState.REFUSED, "B012_BAD_MANIFEST")
    assert where in words(run.message or "")
    assert repo.lease(line.scope).run is None
    assert line.take_in(export(line, *ledger(2), 2)).state is RunState.PUBLISHED


@pytest.mark.parametrize(
    ("as_at", "state"),
    [("2024-06-07", RunState.PUBLISHED), ("2024-06-08", RunState.HELD), ("2025-06-01", RunState.HELD)],
)
def test_figures_of_a_day_ahead_wait_for_the_dealer(line: ImportPipeline, as_at: str, state: RunState) -> None:
    run = line.take_in(export(line, *ledger(2), as_at=as_at))
    assert run.state is state
    if state is RunState.HELD:
        shown = BRITISH.date(date.fromisoformat(as_at))
        assert words(run.reasons[0]).startswith(f"Its figures are as at {shown}, ")


def test_figures_older_than_those_before_wait_for_the_dealer(line: ImportPipeline) -> None:
    line.take_in(export(line, *ledger(2)))
    run = line.take_in(export(line, *ledger(2, 9), 2, as_at="2024-06-04"))
    assert run.state is RunState.HELD
    (reason,) = run.reasons
    assert words(reason).startswith("Its figures are as at 4 Jun 2024, those that customers see are as at 5 Jun 2024. ")


@pytest.mark.parametrize("step", ["open_upload", "_spread"])
def test_a_defect_while_opening_ends_the_export_at_once(
    line: ImportPipeline, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def defect(*_: Any, **__: Any) -> None:
        raise OverflowError("date value out of range")

    with monkeypatch.context() as patched:
        patched.setattr(opening, step, defect)
        line.arrive(line.put(export(line, *ledger(2))))
    run = line.newest()
    assert (run.state in {RunState.REFUSED, RunState.FAILED}, run.code) == (True, "F507_CANNOT_OPEN")
    assert repo.lease(line.scope).run is None
    assert line.take_in(export(line, *ledger(2), 2)).state is RunState.PUBLISHED
