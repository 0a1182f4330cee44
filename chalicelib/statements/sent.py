"""Statements that the dealer's own system has made, as an export names them. Pure."""

from typing import NamedTuple


class SentStatement(NamedTuple):
    """A row of statements.csv as stored: ISO dates, minor units. `document_id` is its PDF among the documents.

    The six amounts by age are all there and sum to `closing`, or none is.
    """

    statement_id: str
    period_to: str
    closing: int
    period_from: str | None = None
    opening: int | None = None
    document_id: str | None = None
    aged_future: int | None = None
    aged_current: int | None = None
    aged_1: int | None = None
    aged_2: int | None = None
    aged_3plus: int | None = None
    unallocated_amount: int | None = None
    stale: bool = False

    @property
    def ages(self) -> tuple[int, ...]:
        """The closing balance by age, in the order of `ledger.ageing.ORDER`; empty where it was not sent."""
        cells = (
            self.aged_future,
            self.aged_current,
            self.aged_1,
            self.aged_2,
            self.aged_3plus,
            self.unallocated_amount,
        )
        return tuple(cell for cell in cells if cell is not None)
