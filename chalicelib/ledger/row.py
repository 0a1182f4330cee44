"""A ledger row as stored, cheap to read by the hundred thousand. It is also what a row of transactions.csv becomes."""

from enum import StrEnum
from typing import NamedTuple


class TransactionType(StrEnum):
    """What a row is. Charges are positive, the others negative; brought_forward and journal may be either."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    DISCOUNT = "discount"
    BROUGHT_FORWARD = "brought_forward"
    PAYMENT = "payment"
    JOURNAL = "journal"
    REFUND = "refund"


class SettledReason(StrEnum):
    """Why nothing is outstanding any more, as the dealer's system says."""

    PAID = "paid"
    DISCOUNT = "discount"
    WRITTEN_OFF = "written_off"
    CREDITED = "credited"
    ROLLED = "rolled"


RowKey = tuple[str, str]
"""A row's type and transaction id: unique within its account."""


class Row(NamedTuple):
    """A transaction as stored: dates are ISO text (they sort as dates), a reference is a list of its fields.

    Fields are those of Transaction, in the order of storage. A new one goes to the end, with a default: pages stay.
    """

    transaction_id: str
    type: str
    reference: str
    transaction_date: str
    total: int
    outstanding: int
    due_date: str | None = None
    net: int | None = None
    vat: int | None = None
    discount_date: str | None = None
    settlement: int | None = None
    settlement_rate: str | None = None
    description: str | None = None
    order_no: str | None = None
    customer_order_ref: str | None = None
    advice_no: str | None = None
    depot_code: str | None = None
    rep_code: str | None = None
    document_id: str | None = None
    document: list[str | int] | None = None
    lines: list[int] | None = None
    dispute_flag: bool = False
    settled_date: str | None = None
    settled_reason: str | None = None
    period: str | None = None
    settled_inferred: bool = False
    stale: bool = False
    vanished: bool = False
    machine: str | None = None

    @property
    def key(self) -> RowKey:
        """The row's key within its account."""
        return self.type, self.transaction_id


def newest_first(row: Row) -> tuple[str, str, str, str]:
    """The order of storage and of a first look, to be used with reverse=True. Unique within an account."""
    return row.transaction_date, row.reference, row.type, row.transaction_id
