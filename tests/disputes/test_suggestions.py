from dataclasses import replace

import pytest

from chalicelib.disputes.model import Action, Decision, move
from chalicelib.disputes.suggestions import suggested_credits
from chalicelib.ledger.row import Row
from tests.disputes.test_model import DISPUTE, NOW, ROW
from tests.ledger.rows import a_row

SINCE = "2024-06-05"
ONE = replace(DISPUTE, rows=(ROW,))


def credit(total: int = -100, **more: str) -> Row:
    return a_row("C1", total=total, **{"type": "credit_note", "on": SINCE, **more})


@pytest.mark.parametrize(
    ("row", "is_one"),
    [
        (credit(-4615), True),
        (credit(-4614), False),
        (credit(-4615, on="2024-06-04"), False),
        (credit(-4615, type="payment"), False),
        (credit(description="Credit for 126884, one hose"), True),
        (credit(description="Credit for 1268841"), False),
        (credit(order_no="126884"), True),
    ],
)
def test_a_credit_note_since_over_the_amount_or_that_names_the_invoice(row: Row, is_one: bool) -> None:  # noqa: FBT001
    assert suggested_credits(ONE, [row], since=SINCE) == ([row] if is_one else [])


def test_of_several_each_amount_counts_and_their_sum() -> None:
    rows = [credit(-4615), credit(-9230), credit(-1)]
    assert suggested_credits(DISPUTE, rows, since=SINCE) == rows[:2]


def test_what_has_ended_needs_none() -> None:
    ended = move(ONE, Decision(Action.WITHDRAW), by="al", now=NOW)
    assert suggested_credits(ended, [credit(-4615)], since=SINCE) == []
