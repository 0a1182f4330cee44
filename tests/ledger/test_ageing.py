import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.dealers.ageing_setting import AgeingSetting
from chalicelib.ledger.ageing import ORDER, Age, AgeingPolicy, ageing_policy, bucket, sum_by_age
from chalicelib.ledger.row import Row
from tests.ledger.accounts import a_facts
from tests.ledger.rows import DAYS, a_row, account_rows

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "ar_vectors.json").read_text())["ageing"]
WORDS = {"Future": Age.FUTURE, "Current": Age.CURRENT, "1 Month": Age.ONE, "2 Months": Age.TWO, "3 Months": Age.THREE}
METHODS = {"calendar": "calendar_month", "days": "days", "next_month": "next_month"}
SETTINGS = st.builds(AgeingSetting, st.sampled_from(list(METHODS.values())), st.sampled_from(["invoice", "due"]))
AS_AT = date(2020, 2, 28)


def a_policy(*, balance_forward: bool = False, **setting: Any) -> AgeingPolicy:
    ledger = "balance_forward" if balance_forward else "open_item"
    return ageing_policy(a_facts(ledger_type=ledger), AgeingSetting(**setting), as_at=AS_AT)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: f"{v['date']} at {v['as_at']}")
def test_vectors(vector: dict[str, str], method: str) -> None:
    found = bucket(
        date.fromisoformat(vector["date"]), as_at=date.fromisoformat(vector["as_at"]), method=METHODS[method]
    )
    assert found is WORDS[vector[method]]


def test_the_rows_of_the_newer_manual() -> None:
    rows = [
        a_row("126828", total=109350, on="2019-09-30"),
        a_row("126867", total=72820, on="2019-10-31"),
        a_row("127027", total=7431, on="2020-02-28"),
    ]
    assert [a_policy().age(row) for row in rows] == [Age.THREE, Age.THREE, Age.CURRENT]
    found = sum_by_age(rows, policy=a_policy(), aged=None)
    assert found.shown == [(Age.CURRENT, 7431), (Age.ONE, 0), (Age.TWO, 0), (Age.THREE, 182170)]


def test_a_year_in_december_begins_the_next_month_in_january() -> None:
    assert bucket(date(2019, 12, 5), as_at=date(2020, 1, 30), method="next_month") is Age.ONE


def test_an_unknown_method_is_loud() -> None:
    with pytest.raises(ValueError, match="fortnight"):
        bucket(AS_AT, as_at=AS_AT, method="fortnight")


@given(item=DAYS, as_at=DAYS, method=st.sampled_from(list(METHODS.values())))
def test_a_day_older_is_never_younger(item: date, as_at: date, method: str) -> None:
    earlier = item.replace(day=1)
    young, old = (ORDER.index(bucket(d, as_at=as_at, method=method)) for d in (item, earlier))
    assert old >= young
    assert (young == 0) == (item > as_at)


def test_by_due_date_the_due_day_itself_is_current() -> None:
    policy = a_policy(basis="due", method="days")
    row = a_row("1", total=100, on="2020-01-01")
    assert policy.age(row._replace(due_date="2020-02-28")) is Age.CURRENT
    assert policy.age(row._replace(due_date="2020-03-31")) is Age.CURRENT
    assert policy.age(row._replace(due_date="2020-01-29")) is Age.ONE
    assert policy.age(row) is Age.ONE
    assert policy.age(row._replace(transaction_date="2020-03-01", due_date="2020-03-31")) is Age.FUTURE


def test_credits_and_payments_age_by_their_own_date() -> None:
    credit = a_row("C1", total=-500, on="2020-01-10", type="credit_note", due_date="2020-02-28")
    payment = a_row("R1", total=-500, on="2020-01-10", type="payment")
    assert a_policy(basis="due").age(credit) is Age.ONE
    assert a_policy().age(payment) is Age.ONE
    assert a_policy(balance_forward=True).age(payment) is Age.UNALLOCATED


def test_a_settled_row_has_no_age() -> None:
    assert a_policy().age(a_row("1", total=100, outstanding=0)) is None


def test_a_balance_brought_forward_is_aged_by_the_dealers_figures_or_not_at_all() -> None:
    rows = [a_row("BF-2020-01", total=11376, type="brought_forward"), a_row("1", total=500)]
    aged = (0, 2026 + 500, 0, 9350, 0, 0)
    found = sum_by_age(rows, policy=a_policy(balance_forward=True), aged=aged)
    assert (found.source, found.amounts, found.balance) == ("dealer", aged, 11876)
    for missing in (None, (0, 1, 0, 0, 0, 0)):
        unknown = sum_by_age(rows, policy=a_policy(balance_forward=True), aged=missing)
        assert (unknown.source, unknown.amounts, unknown.balance) == ("none", (), 11876)
        assert not unknown.shown


@given(rows=account_rows(), as_at=DAYS, setting=SETTINGS, balance_forward=st.booleans())
def test_the_buckets_sum_to_the_balance(
    rows: list[Row],
    as_at: date,
    setting: AgeingSetting,
    balance_forward: bool,  # noqa: FBT001 - given
) -> None:
    policy = AgeingPolicy(as_at=as_at, setting=setting, balance_forward=balance_forward)
    balance = sum(row.outstanding for row in rows)
    found = sum_by_age(rows, policy=policy, aged=(balance, 0, 0, 0, 0, 0))
    assert found.balance == balance == sum(found.amounts)
    assert sum(amount for _, amount in found.shown) == balance
