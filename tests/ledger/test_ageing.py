import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.dealers.model import AgeingSetting
from chalicelib.ledger.ageing import ORDER, Age, Ager, age, bucket
from chalicelib.ledger.model import Row
from tests.ledger.rows import DAYS, a_row, account_rows

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "ar_vectors.json").read_text())["ageing"]
WORDS = {"Future": Age.FUTURE, "Current": Age.CURRENT, "1 Month": Age.ONE, "2 Months": Age.TWO, "3 Months": Age.THREE}
METHODS = {"calendar": "calendar_month", "days": "days", "next_month": "next_month"}
SETTINGS = st.builds(AgeingSetting, st.sampled_from(list(METHODS.values())), st.sampled_from(["invoice", "due"]))
AS_AT = date(2020, 2, 28)


def an_ager(*, balance_forward: bool = False, **setting: Any) -> Ager:
    return Ager(as_at=AS_AT, setting=AgeingSetting(**setting), balance_forward=balance_forward)


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
    assert [an_ager().of(row) for row in rows] == [Age.THREE, Age.THREE, Age.CURRENT]
    found = age(rows, ager=an_ager(), aged=None)
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
    ager = an_ager(basis="due", method="days")
    row = a_row("1", total=100, on="2020-01-01")
    assert ager.of(row._replace(due_date="2020-02-28")) is Age.CURRENT
    assert ager.of(row._replace(due_date="2020-03-31")) is Age.CURRENT
    assert ager.of(row._replace(due_date="2020-01-29")) is Age.ONE
    assert ager.of(row) is Age.ONE
    assert ager.of(row._replace(transaction_date="2020-03-01", due_date="2020-03-31")) is Age.FUTURE


def test_credits_and_payments_age_by_their_own_date() -> None:
    credit = a_row("C1", total=-500, on="2020-01-10", type="credit_note", due_date="2020-02-28")
    payment = a_row("R1", total=-500, on="2020-01-10", type="payment")
    assert an_ager(basis="due").of(credit) is Age.ONE
    assert an_ager().of(payment) is Age.ONE
    assert an_ager(balance_forward=True).of(payment) is Age.UNALLOCATED


def test_a_settled_row_has_no_age() -> None:
    assert an_ager().of(a_row("1", total=100, outstanding=0)) is None


def test_a_balance_brought_forward_is_aged_by_the_dealers_figures_or_not_at_all() -> None:
    rows = [a_row("BF-2020-01", total=11376, type="brought_forward"), a_row("1", total=500)]
    aged = (0, 2026 + 500, 0, 9350, 0, 0)
    found = age(rows, ager=an_ager(balance_forward=True), aged=aged)
    assert (found.source, found.amounts, found.balance) == ("dealer", aged, 11876)
    for missing in (None, (0, 1, 0, 0, 0, 0)):
        unknown = age(rows, ager=an_ager(balance_forward=True), aged=missing)
        assert (unknown.source, unknown.amounts, unknown.balance) == ("none", (), 11876)
        assert not unknown.shown


@given(rows=account_rows(), as_at=DAYS, setting=SETTINGS, balance_forward=st.booleans())
def test_the_buckets_sum_to_the_balance(
    rows: list[Row],
    as_at: date,
    setting: AgeingSetting,
    balance_forward: bool,  # noqa: FBT001 - given
) -> None:
    ager = Ager(as_at=as_at, setting=setting, balance_forward=balance_forward)
    balance = sum(row.outstanding for row in rows)
    found = age(rows, ager=ager, aged=(balance, 0, 0, 0, 0, 0))
    assert found.balance == balance == sum(found.amounts)
    assert sum(amount for _, amount in found.shown) == balance
