"""Credit notes of an export that may settle a dispute. Staff decide: nothing closes by itself. Pure."""

import re
from collections.abc import Iterable

from chalicelib.disputes.model import Dispute
from chalicelib.ledger.row import Row, TransactionType


def suggested_credits(dispute: Dispute, rows: Iterable[Row], *, since: str) -> list[Row]:
    """Credit notes from the day `since` on (ISO) over what is disputed, or that name a disputed transaction."""
    if not dispute.is_open:
        return []
    amounts = {dispute.amount, *(row.amount for row in dispute.rows)}
    names = re.compile(r"(?<!\w)(?:" + "|".join(re.escape(row.reference) for row in dispute.rows) + r")(?!\w)")
    return [
        row
        for row in rows
        if row.type == TransactionType.CREDIT_NOTE
        and row.transaction_date >= since
        and (-row.total in amounts or any(names.search(text) for text in _texts(row)))
    ]


def _texts(row: Row) -> list[str]:
    """Where a dealer's system names the invoice that a credit note is for."""
    return [text for text in (row.description, row.order_no, row.customer_order_ref, row.advice_no) if text]
