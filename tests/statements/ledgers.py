"""Ledgers for statements: that of the worked example, and any by hypothesis."""

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from chalicelib.ledger.row import Row
from chalicelib.statements.model import Period
from tests.ledger.rows import a_row

AS_AT = date(2024, 7, 3)
JUNE = Period(date(2024, 6, 1), date(2024, 6, 30))
PARTS = "General Parts Sale"


def _discounted(reference: str, total: int, settlement: int, **more: Any) -> Row:
    until: dict[str, Any] = {"discount_date": "2024-07-05", "settlement": settlement, "settlement_rate": "5.00"}
    return a_row(reference, total=total, due_date="2024-07-05", description=PARTS, **until, **more)


def _settled(reference: str, total: int, on: str, kind: str, description: str) -> Row:
    return a_row(reference, total=total, on=on, type=kind, outstanding=0, settled_date=on, description=description)


JUNE_ROWS = [
    a_row("126950", total=9350, on="2024-04-17", due_date="2024-05-17", description="Workshop Invoice"),
    _discounted("127070", 770, 732, outstanding=0, settled_date="2024-06-06", settled_reason="discount"),
    _discounted("127072", 398, 378),
    _discounted("127073", 2578, 2449),
    _settled("R28044", -732, "2024-06-06", "payment", "Bank transfer, for 127070"),
    _settled("D01021", -38, "2024-06-06", "discount", "Settlement discount on 127070"),
    a_row("C19877", total=-1200, on="2024-06-14", type="credit_note", description="Parts returned, 1 filter"),
    a_row("J00412", total=250, on="2024-06-20", type="journal", description="Carriage, agreed by phone"),
]
"""Account 1200 in June 2024: 93.50 before it, 113.76 after."""
JULY_ROWS = [
    a_row("127204", total=4860, on="2024-07-01", description="Workshop Invoice, mower blades"),
    _settled("R28114", -9350, "2024-07-02", "payment", "Bank transfer, for 126950"),
]
ROWS = [
    JUNE_ROWS[0]._replace(outstanding=0, settled_date="2024-07-02", settled_reason="paid"),
    *JUNE_ROWS[1:],
    *JULY_ROWS,
]
"""The same on 3 July: 68.86 are owed."""
PART_PAID = [
    a_row("0", total=9, on="2024-04-01", outstanding=8),
    a_row("1", total=100, on="2024-05-01", outstanding=60),
    _settled("R0", -1, "2024-05-15", "payment", ""),
    _settled("R1", -40, "2024-07-01", "payment", ""),
]
"""Of its two part payments one is of May and one of July, which the invoices themselves do not say."""
START = date(2024, 1, 1)
DAYS = st.integers(0, 365).map(lambda days: START + timedelta(days=days))


def balance_of(rows: list[Row]) -> int:
    """What an account of these rows owes."""
    return sum(row.outstanding for row in rows)


@st.composite
def settled_ledgers(draw: st.DrawFn) -> tuple[list[Row], date]:
    """Rows whose payments are not sent: each open, or settled whole on a day that is given; and the export's day."""
    rows = []
    as_at = draw(DAYS)
    for number in range(draw(st.integers(0, 12))):
        on = min(draw(DAYS), as_at)
        kind = draw(st.sampled_from(["invoice", "credit_note", "refund"]))
        total = draw(st.integers(1, 10**6)) * (-1 if kind == "credit_note" else 1)
        row = a_row(f"{number}", total=total, on=on.isoformat(), type=kind)
        if draw(st.booleans()):
            settled = min(on + timedelta(days=draw(st.integers(0, 90))), as_at)
            row = row._replace(outstanding=0, settled_date=settled.isoformat())
        rows.append(row)
    return rows, as_at
