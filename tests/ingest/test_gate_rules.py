from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.ingest.counts import ControlTotal, FileCount
from chalicelib.ingest.gate_rules import Dates, Decision, Delta, Guards, TotalMove, Verdict, decision_of, verdict
from tests.ccx.words import words


def of_guards(**values: object) -> Verdict:
    return verdict([], guards=Guards(**values))  # type: ignore[arg-type]


def day(number: int) -> date:
    return date(2024, 6, number)


def codes(found: Verdict) -> list[str]:
    return [reason.code.value for reason in found.reasons]


@pytest.mark.parametrize(
    ("rows", "rejected", "decision"),
    [
        (0, 0, "publish"),
        (1, 1, "refuse"),
        (100, 1, "publish"),
        (100, 5, "publish"),
        (100, 6, "hold"),
        (50, 5, "refuse"),
        (51, 5, "publish"),
        (1000, 10, "publish"),
        (1000, 11, "hold"),
        (1000, 99, "hold"),
        (1000, 100, "refuse"),
    ],
)
def test_thresholds(rows: int, rejected: int, decision: str) -> None:
    assert decision_of(rows=rows, rejected=rejected) == decision


@given(st.integers(1, 10**6), st.integers(0, 10**6))
def test_more_rejects_are_never_milder(rows: int, rejected: int) -> None:
    order = list(Decision)
    worse = decision_of(rows=rows, rejected=rejected + 1)
    assert order.index(worse) >= order.index(decision_of(rows=rows, rejected=rejected))


def test_an_export_that_takes_nothing_away_has_nothing_to_guard() -> None:
    assert Guards() == Guards(0, 0, 0, 0, None, 0, (), ())
    assert verdict([], guards=Guards()) == Verdict(Decision.PUBLISH)


def test_the_worst_file_decides_and_says_so() -> None:
    files = [
        FileCount("customers", "customers.csv", rows=1482, rejected=1),
        FileCount("transactions", "transactions.csv", rows=48_020, rejected=1_120),
        FileCount("documents", "documents.csv", rows=4, rejected=2),
    ]
    found = verdict(files, guards=Guards())
    assert found.decision is Decision.REFUSE
    assert codes(found) == ["G401_ERRORS", "G401_ERRORS"]
    assert words(found.reasons[0]) == "1,120 of 48,020 rows in transactions.csv have errors, 2.3%. The limit is 1%."
    assert words(found.reasons[1]) == "2 of 4 rows in documents.csv have errors, 50%. The limit is 10%."


@pytest.mark.parametrize(
    ("rows", "rejected", "decision"),
    [(3, 1, "publish"), (5, 5, "publish"), (6, 6, "hold"), (600, 6, "publish"), (599, 6, "hold"), (1000, 999, "hold")],
)
def test_rows_that_hang_on_others_hold_at_most(rows: int, rejected: int, decision: str) -> None:
    assert decision_of(rows=rows, rejected=rejected, only_holds=True) == decision
    found = verdict(
        [FileCount("documents", "documents.csv", rows=rows, rejected=rejected)],
        guards=Guards(),
        only_hold={"documents"},
    )
    assert found.decision == decision


def test_nothing_to_say() -> None:
    assert verdict([], guards=Guards()) == Verdict(Decision.PUBLISH)


@pytest.mark.parametrize(
    ("guards", "code"),
    [
        ({"accounts_before": 1482, "accounts_removed": 341}, "G402_ACCOUNTS"),
        ({"open_before": 100, "open_removed": 31}, "G403_OPEN_ITEMS"),
        ({"rows": (Delta("transactions.csv", 100, 49),)}, "G404_FEWER_ROWS"),
        ({"totals": (TotalMove("GBP", 51, 100_00, 150_01),)}, "G405_TOTAL_MOVED"),
        ({"dates": Dates(day(8), day(5), None)}, "G407_AS_AT_AHEAD"),
        ({"dates": Dates(day(4), day(5), day(5))}, "G408_AS_AT_BACK"),
        ({"totals": (TotalMove("GBP", 51, -100_00, 0),)}, "G405_TOTAL_MOVED"),
        ({"totals": (TotalMove("GBP", 51, 100_00, 0, explained=-49_99),)}, "G405_TOTAL_MOVED"),
    ],
)
def test_a_guard_holds(guards: dict[str, object], code: str) -> None:
    found = of_guards(**guards)
    assert (found.decision, codes(found)) == (Decision.HOLD, [code])


def test_a_guard_speaks_as_the_page_does() -> None:
    (reason,) = of_guards(accounts_before=1482, accounts_removed=341).reasons
    assert words(reason) == "It would remove 341 of 1,482 accounts, 23%. The limit is 20%."
    (reason,) = of_guards(totals=(TotalMove("GBP", 51, 10_000_00, 0),)).reasons
    assert words(reason) == "The total outstanding moves from £10,000.00 to £0.00. The limit is 50%."


@pytest.mark.parametrize(
    "guards",
    [
        {"accounts_before": 50, "accounts_removed": 50},
        {"accounts_before": 100, "accounts_removed": 20},
        {"open_before": 50, "open_removed": 50},
        {"open_before": 100, "open_removed": 30},
        {"rows": (Delta("transactions.csv", 50, 0), Delta("customers.csv", 100, 50))},
        {"totals": (TotalMove("GBP", 50, 100, 0),)},
        {"dates": Dates(day(7), day(5), day(7))},
        {"dates": Dates(day(1), day(5), None)},
        {"totals": (TotalMove("GBP", 51, 100, 150),)},
        {"open_before": 93, "totals": (TotalMove("EUR", 1, 70_00, 0), TotalMove("GBP", 92, 900_00, 900_00))},
        {"totals": (TotalMove("GBP", 93, 5_900_00, 900_00, explained=-5_000_00),)},
    ],
)
def test_small_files_and_moves_up_to_the_limit_pass(guards: dict[str, object]) -> None:
    assert of_guards(**guards).decision is Decision.PUBLISH


def test_a_control_total_must_agree_where_it_can_be_known() -> None:
    wrong = ControlTotal("transactions.csv", "total_amount", "GBP", 770, 771)
    unknown = [
        ControlTotal("transactions.csv", "total_amount", "EUR", None, 5),
        ControlTotal("customers.csv", "balance", "GBP", 5, 4, whole=False),
        ControlTotal("customers.csv", "balance", "EUR", 5, 5),
    ]
    found = verdict([], guards=Guards(), controls=[wrong, *unknown])
    assert (found.decision, codes(found)) == (Decision.HOLD, ["G406_CONTROL_TOTAL"])
    assert "£7.71" in words(found.reasons[0])
    assert verdict([], guards=Guards(), controls=unknown).decision is Decision.PUBLISH
    assert [control.agrees for control in (wrong, *unknown)] == [False, True, False, True]
    assert [control.contradicts for control in (wrong, *unknown)] == [True, False, False, False]


def test_many_customers_under_another_name_are_held() -> None:
    assert of_guards(accounts_before=1000, other_owners=20).decision is Decision.PUBLISH
    found = of_guards(accounts_before=1000, other_owners=1_021)
    assert (found.decision, codes(found)) == (Decision.HOLD, ["G409_OTHER_OWNERS"])
    assert words(found.reasons[0]) == (
        "1,021 accounts have another name and another email, as if their numbers were somebody else's now. "
        "Once it is applied nobody can open them until you confirm whose they are. The limit is 20 accounts."
    )
