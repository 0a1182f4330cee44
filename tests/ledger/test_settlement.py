import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.kernel.money import parse_amount
from chalicelib.ledger.settlement import offered, open_offer, payable, saving, settlement_amount
from tests.ledger.rows import a_row

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "ar_vectors.json").read_text())["settlement"]
DAY = date(2024, 6, 6)
INVOICE = a_row("127070", total=770, discount_date="2024-06-06", settlement=732)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: f"{v['currency']} {v['total']} at {v['rate']}")
def test_vectors(vector: dict[str, Any]) -> None:
    total = parse_amount(vector["total"], vector["currency"])
    amount = settlement_amount(total=total, rate=Decimal(vector["rate"]))
    assert amount == parse_amount(vector["settlement"], vector["currency"])
    assert total - amount == parse_amount(vector["discount"], vector["currency"])


@given(total=st.integers(-(10**13), 10**13), rate=st.decimals(0, "99.99", places=2))
def test_it_is_odd_and_within_half_a_unit(total: int, rate: Decimal) -> None:
    amount = settlement_amount(total=total, rate=rate)
    assert amount == -settlement_amount(total=-total, rate=rate)
    assert abs(amount) <= abs(total)
    assert abs(amount - total * (100 - rate) / 100) <= Decimal("0.5")


def test_the_dealers_figure_wins_over_the_rate() -> None:
    assert offered(INVOICE._replace(settlement=731, settlement_rate="5")) == 731
    assert offered(INVOICE._replace(settlement=None, settlement_rate="5")) == 732


@pytest.mark.parametrize(
    "change",
    [
        {"discount_date": None},
        {"settlement": 770},
        {"settlement": None},
        {"settlement": None, "settlement_rate": "0"},
        {"total": -770, "outstanding": -770, "settlement": -732},
    ],
)
def test_no_discount_is_none(change: dict[str, Any]) -> None:
    row = INVOICE._replace(**change)
    assert offered(row) is None
    assert payable(row, today=DAY, on_stop=False) == row.outstanding


def test_it_can_be_had_until_the_discount_date_inclusive() -> None:
    assert payable(INVOICE, today=DAY, on_stop=False) == 732
    assert payable(INVOICE, today=date(2024, 6, 7), on_stop=False) == 770


def test_part_paid_and_on_stop_rule_it_out() -> None:
    part_paid = INVOICE._replace(outstanding=270)
    assert payable(part_paid, today=DAY, on_stop=False) == 270
    assert payable(INVOICE, today=DAY, on_stop=True) == 770
    assert open_offer(INVOICE._replace(outstanding=0), today=DAY, on_stop=False) is None


def test_several_are_summed_rounded_by_the_first_date() -> None:
    rows = [
        INVOICE,
        a_row("127072", total=398, discount_date="2024-06-08", settlement=378),
        a_row("127073", total=2578, discount_date="2024-06-06", settlement=2449),
        a_row("127080", total=10000),
    ]
    found = saving(rows, today=date(2024, 6, 5), on_stop=False)
    assert found is not None
    assert (found.amount, found.saved, found.until, len(found.keys)) == (3559, 187, DAY, 3)
    assert saving(rows, today=date(2024, 6, 9), on_stop=False) is None
