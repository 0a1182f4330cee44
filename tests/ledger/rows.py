"""Rows for tests: valid ones by hand and by hypothesis."""

from datetime import date
from typing import Any

from hypothesis import strategies as st

from chalicelib.ledger.codec import to_row
from chalicelib.ledger.model import DocumentRef, LinesRef, Transaction
from chalicelib.ledger.row import Row, SettledReason, TransactionType

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=40)
DAYS = st.dates(date(2013, 1, 1), date(2026, 12, 31))
RUNS = st.integers(1, 10**6)


def a_row(reference: str, *, total: int, on: str = "2024-06-05", **more: Any) -> Row:
    """An invoice of `total` minor units, all outstanding by default."""
    values = {"type": "invoice", "outstanding": total, "transaction_id": reference, **more}
    return Row(reference=reference, transaction_date=on, total=total, **values)


@st.composite
def transactions(draw: st.DrawFn) -> Transaction:
    """Any transaction that passes the row checks of the export format."""
    kind = draw(st.sampled_from(TransactionType))
    sign = {"invoice": 1, "refund": 1, "journal": draw(st.sampled_from([1, -1]))}.get(kind, -1)
    total = sign * draw(st.integers(0, 10**9))
    outstanding = draw(st.sampled_from([0, total, draw(st.integers(min(0, total), max(0, total)))]))
    document_id = draw(st.none() | st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True))
    return Transaction(
        transaction_id=draw(TEXT),
        type=kind,
        reference=draw(TEXT),
        transaction_date=draw(DAYS),
        total=total,
        outstanding=outstanding,
        due_date=draw(st.none() | DAYS),
        net=draw(st.none() | st.just(total)),
        discount_date=draw(st.none() | DAYS),
        settlement=draw(st.none() | st.integers(min(0, total), max(0, total))),
        settlement_rate=draw(st.none() | st.decimals(0, "99.99", places=2)),
        description=draw(st.none() | TEXT),
        order_no=draw(st.none() | TEXT),
        document_id=document_id,
        document=DocumentRef(document_id, draw(RUNS)) if document_id and draw(st.booleans()) else None,
        lines=draw(st.none() | st.builds(LinesRef, RUNS, st.integers(0, 99), st.integers(0, 10**9), RUNS)),
        dispute_flag=draw(st.booleans()),
        settled_date=draw(st.none() | DAYS),
        settled_reason=draw(st.none() | st.sampled_from(SettledReason)),
        settled_inferred=draw(st.booleans()),
        stale=draw(st.booleans()),
    )


ROWS = transactions().map(to_row)


def account_rows(most: int = 40) -> st.SearchStrategy[list[Row]]:
    """Rows of one account: their keys differ."""
    return st.lists(ROWS, max_size=most, unique_by=lambda row: (row.type, row.transaction_id))
