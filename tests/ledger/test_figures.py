from datetime import date

from chalicelib.ledger.figures import NextDue, next_due
from tests.ledger.rows import a_row

AS_AT = date(2024, 6, 30)
INVOICE = a_row("1", total=1000, due_date="2024-06-30")


def test_the_next_due_date_with_all_that_falls_due_on_it() -> None:
    rows = [
        INVOICE._replace(due_date="2024-06-29"),
        INVOICE._replace(due_date="2024-07-01", outstanding=300, reference="3"),
        INVOICE._replace(due_date="2024-07-01", outstanding=200),
        INVOICE._replace(due_date="2024-07-09"),
        INVOICE._replace(due_date=None),
        a_row("C1", total=-250, type="credit_note", due_date="2024-06-30"),
    ]
    assert next_due(rows, as_at=AS_AT) == NextDue(date(2024, 7, 1), 500, 2, "3", "invoice")


def test_the_day_itself_counts_and_nothing_may_fall_due() -> None:
    assert next_due([INVOICE], as_at=AS_AT) == NextDue(AS_AT, 1000, 1, "1", "invoice")
    assert next_due([INVOICE], as_at=date(2024, 7, 1)) is None
