from hypothesis import given
from hypothesis import strategies as st

from chalicelib.ledger.allocations import Allocation, joined, names, outstanding_at
from chalicelib.ledger.row import Row
from tests.ledger.rows import a_row

INVOICE = a_row("1", total=1000, on="2024-05-01", outstanding=400)
RECEIPT = a_row("R1", total=-600, on="2024-06-03", type="payment", outstanding=0)
ROWS = [INVOICE, RECEIPT]
PAID = Allocation("R1", "1", 600, "2024-06-03")


def test_it_joins_a_credit_with_a_charge() -> None:
    assert [(one.source.key, one.target.key, one.amount, one.on) for one in joined([PAID], ROWS)] == [
        (("payment", "R1"), ("invoice", "1"), 600, "2024-06-03")
    ]
    assert joined([PAID, PAID._replace(to_transaction_id="2")], [RECEIPT]) == []


def test_an_id_of_several_rows_needs_the_type() -> None:
    rows = [*ROWS, a_row("R1", total=-5, type="credit_note"), a_row("1", total=-5, type="credit_note")]
    assert joined([PAID], rows) == [], "two credits are called R1"
    (one,) = joined([PAID._replace(from_type="payment")], rows)
    assert (one.source.key, one.target.key) == (RECEIPT.key, INVOICE.key)


def test_which_rows_it_names() -> None:
    assert [names(PAID, row) for row in (INVOICE, RECEIPT, a_row("R1", total=1))] == [True, True, False]
    assert not names(PAID._replace(to_type="refund"), INVOICE)


def test_what_was_open_before_it() -> None:
    found = joined([PAID], ROWS)
    assert outstanding_at(ROWS, found, last="2024-06-02") == {INVOICE.key: 1000, RECEIPT.key: -600}
    assert outstanding_at(ROWS, found, last="2024-06-03") == {INVOICE.key: 400, RECEIPT.key: 0}
    part = joined([PAID._replace(amount=599)], ROWS)
    assert outstanding_at(ROWS, part, last="2024-06-02") == {}, "a penny is not accounted for"


@given(st.lists(st.tuples(st.integers(1, 500), st.integers(1, 28)), max_size=8), st.integers(1, 28))
def test_on_any_day_the_rest_of_a_pair_is_in_balance(parts: list[tuple[int, int]], day: int) -> None:
    """Receipts of one day, used on others: the sum of what is open is always that of the totals."""
    paid = sum(amount for amount, _ in parts)
    target = a_row("1", total=paid + 7, on="2024-05-01", outstanding=7)
    rows: list[Row] = [target]
    found = []
    for number, (amount, on) in enumerate(parts):
        rows.append(a_row(f"R{number}", total=-amount, on="2024-05-01", type="payment", outstanding=0))
        found.append(Allocation(f"R{number}", "1", amount, f"2024-06-{on:02}"))
    known = outstanding_at(rows, joined(found, rows), last=f"2024-06-{day:02}")
    assert not parts or sum(known.values()) == 7
