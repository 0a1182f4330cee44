from datetime import date
from typing import Any

import pytest

from chalicelib.ledger.figures import NextDue, figures
from chalicelib.ledger.status import Kind, RowState, Status, overdue_days, state, status
from tests.ledger.rows import a_row

AS_AT = date(2024, 6, 30)
INVOICE = a_row("1", total=1000, due_date="2024-06-30")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, RowState(Kind.DUE, AS_AT)),
        ({"due_date": None}, RowState(Kind.OPEN)),
        ({"due_date": "2024-06-29"}, RowState(Kind.OVERDUE, date(2024, 6, 29), 1)),
        ({"due_date": "2024-06-29", "dispute_flag": True}, RowState(Kind.DISPUTED)),
        ({"outstanding": 0, "dispute_flag": True}, RowState(Kind.SETTLED)),
        ({"outstanding": 0, "settled_date": "2024-06-20"}, RowState(Kind.SETTLED, date(2024, 6, 20))),
        ({"total": -5, "outstanding": -5, "due_date": "2024-01-01"}, RowState(Kind.CREDIT)),
    ],
)
def test_the_state_of_a_row(change: dict[str, Any], expected: RowState) -> None:
    assert state(INVOICE._replace(**change), as_at=AS_AT) == expected


def test_current_is_what_is_outstanding() -> None:
    assert status(INVOICE) is Status.CURRENT
    assert status(INVOICE._replace(outstanding=0)) is Status.HISTORY


def test_the_due_day_itself_is_not_overdue() -> None:
    assert overdue_days(INVOICE, as_at=AS_AT) == 0
    assert overdue_days(INVOICE, as_at=date(2024, 7, 2)) == 2


def test_figures() -> None:
    rows = [
        INVOICE._replace(due_date="2024-06-01"),
        INVOICE._replace(transaction_id="2", due_date="2024-06-02", dispute_flag=True),
        INVOICE._replace(transaction_id="3", due_date="2024-07-01", outstanding=300, reference="3"),
        INVOICE._replace(transaction_id="4", due_date="2024-07-01", outstanding=200),
        INVOICE._replace(transaction_id="5", due_date="2024-07-09"),
        a_row("C1", total=-250, type="credit_note"),
    ]
    found = figures(rows, as_at=AS_AT)
    assert (found.balance, found.overdue, found.overdue_count, found.overdue_disputed) == (3250, 2000, 2, 1)
    assert (found.credits, found.credit_count) == (-250, 1)
    assert found.next_due == NextDue(date(2024, 7, 1), 500, 2, "3", "invoice")
    assert figures([], as_at=AS_AT).next_due is None
