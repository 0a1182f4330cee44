import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.ccx.cells import amount as amounts_in
from chalicelib.ledger.settlement import discount_offered, settlement_amount
from tests.ledger.rows import a_row

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "ar_vectors.json").read_text())["settlement"]
INVOICE = a_row("127070", total=770, discount_date="2024-06-06", settlement=732)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: f"{v['currency']} {v['total']} at {v['rate']}")
def test_vectors(vector: dict[str, Any]) -> None:
    total = amounts_in(vector["currency"])(vector["total"])
    amount = settlement_amount(total=total, rate=Decimal(vector["rate"]))
    assert amount == amounts_in(vector["currency"])(vector["settlement"])
    assert total - amount == amounts_in(vector["currency"])(vector["discount"])


@given(total=st.integers(-(10**13), 10**13), rate=st.decimals(0, "99.99", places=2))
def test_it_is_odd_and_within_half_a_unit(total: int, rate: Decimal) -> None:
    amount = settlement_amount(total=total, rate=rate)
    assert amount == -settlement_amount(total=-total, rate=rate)
    assert abs(amount) <= abs(total)
    assert abs(amount - total * (100 - rate) / 100) <= Decimal("0.5")


def test_the_dealers_figure_wins_over_the_rate() -> None:
    assert discount_offered(INVOICE._replace(settlement=731, settlement_rate="5")) == 731
    assert discount_offered(INVOICE._replace(settlement=None, settlement_rate="5")) == 732


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
    assert discount_offered(INVOICE._replace(**change)) is None
