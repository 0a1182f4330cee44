"""The rules of an account's ledger in one object, for whatever shows, sends or collects what is owed. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Self

from chalicelib.customers.model import AccountFacts
from chalicelib.dealers.ageing_setting import AgeingSetting
from chalicelib.kernel.money import minor_digits
from chalicelib.ledger.ageing import Age, AgeingPolicy, Buckets, ageing_policy, sum_by_age
from chalicelib.ledger.figures import Figures, next_due
from chalicelib.ledger.overlays import NO_OVERLAY, NO_OVERLAYS, Overlays, RowOverlay
from chalicelib.ledger.row import Row, SettledReason, TransactionType
from chalicelib.ledger.settlement import Saving, discount_offered
from chalicelib.ledger.status import RowState, RowStatus


@dataclass(frozen=True, slots=True)
class LedgerRules:
    """What the rows of one account are read with.

    `today` is the dealer's date, `digits` are the currency's decimals, `aged` the export's own figures by age, if any.
    On stop the dealer gives no more credit, and no settlement discount; nor for an account that is `archived`, of which
    these are the last figures. With `ages_given` the ages are the dealer's, which gives them for sums and not for rows.
    """

    ageing: AgeingPolicy
    today: date
    on_stop: bool
    digits: int
    aged: tuple[int, ...] | None
    overlays: Overlays
    archived: bool = False
    ages_given: bool = False

    @classmethod
    def of(
        cls,
        facts: AccountFacts,
        setting: AgeingSetting,
        *,
        as_at: date,
        today: date,
        overlays: Overlays = NO_OVERLAYS,
        archived: bool = False,
    ) -> Self:
        """The rules for an account as its export describes it, aged as its dealer has set."""
        return cls(
            ageing=ageing_policy(facts, setting, as_at=as_at),
            today=today,
            on_stop=facts.account_status == "on_stop",
            digits=minor_digits(facts.currency),
            aged=facts.aged,
            overlays=overlays,
            archived=archived,
        )

    @property
    def as_at(self) -> date:
        """The date that the figures are true for: debts age, and fall due, by it."""
        return self.ageing.as_at

    def over(self, rows: Iterable[Row]) -> Self:
        """The rules for an account with these open rows: among them may be one that only the dealer can age."""
        return (
            replace(self, ages_given=True) if self.aged is not None and self.buckets(rows).source == "dealer" else self
        )

    def age(self, row: Row) -> Age | None:
        """The row's bucket, None where it has none."""
        if self.ages_given:
            unallocated = row.outstanding and row.type == TransactionType.PAYMENT
            return Age.UNALLOCATED if unallocated else None
        return self.ageing.age(row)

    def is_disputed(self, row: Row) -> bool:
        """Whether the dealer's system or the portal has a dispute about the row."""
        return row.dispute_flag or self._overlay(row).disputed

    def dispute(self, row: Row) -> RowOverlay | None:
        """The open dispute about the row that its customer has raised in the portal, if any."""
        found = self._overlay(row)
        return found if found.dispute_id else None

    def undisputed(self, row: Row) -> int:
        """What is outstanding and in no dispute of the portal: it stays payable, in minor units."""
        return row.outstanding - min(row.outstanding, self._overlay(row).in_dispute) if row.outstanding > 0 else 0

    def overdue_days(self, row: Row) -> int:
        """Whole days past the due date; 0 on the day itself, for credits, and where no date is known."""
        as_at = self.ageing.as_at
        if row.outstanding <= 0 or row.due_date is None or row.due_date >= as_at.isoformat():
            return 0
        return (as_at - date.fromisoformat(row.due_date)).days

    def state(self, row: Row) -> RowState:
        """The one state that a list shows for the row."""
        if row.outstanding == 0:
            day = date.fromisoformat(row.settled_date) if row.settled_date else None
            return RowState(_settled_status(row), day, inferred=row.settled_inferred)
        if self.is_disputed(row):
            return RowState(RowStatus.DISPUTED)
        if row.outstanding < 0:
            return RowState(RowStatus.CREDIT)
        due = date.fromisoformat(row.due_date) if row.due_date else None
        days = self.overdue_days(row)
        if days:
            return RowState(RowStatus.OVERDUE, due, days)
        return RowState(RowStatus.DUE if due else RowStatus.OPEN, due)

    def discount_available(self, row: Row) -> int | None:
        """What settles the row today with its discount, in minor units; None where no discount can be taken.

        Until the discount date, that day included; for a whole row (nothing paid, credited or pending) that nobody
        disputes, of an account that is neither on stop nor archived.
        """
        if self.on_stop or self.archived or row.discount_date is None or row.outstanding != row.total:
            return None
        if self.today.isoformat() > row.discount_date or self.is_disputed(row) or self._overlay(row).pending:
            return None
        return discount_offered(row)

    def payable(self, row: Row) -> int:
        """What clears the row if it is paid today, in minor units: list, detail, statement, mail and checkout agree.

        With its discount where that is available, else what is outstanding less what is pending; never less than
        nothing, nor more than is outstanding. Of a credit, as a negative amount, what is left to use.
        """
        discounted = self.discount_available(row)
        if discounted is not None:
            return discounted
        pending = self._overlay(row).pending
        if not pending:
            return row.outstanding
        low, high = sorted((0, row.outstanding))
        return max(low, min(high, row.outstanding - pending))

    def figures(self, rows: Iterable[Row]) -> Figures:
        """The account's figures, from its open rows."""
        rows = tuple(rows)
        late = [row for row in rows if self.overdue_days(row)]
        credits_ = [row for row in rows if row.outstanding < 0]
        return Figures(
            balance=sum(row.outstanding for row in rows),
            overdue=sum(row.outstanding for row in late),
            overdue_count=len(late),
            overdue_disputed=sum(map(self.is_disputed, late)),
            credits=sum(row.outstanding for row in credits_),
            credit_count=len(credits_),
            next_due=next_due(rows, as_at=self.as_at),
            brought_forward=sum(
                row.outstanding
                for row in rows
                if row.type == TransactionType.BROUGHT_FORWARD and row.outstanding > 0 and row.due_date is None
            ),
        )

    def buckets(self, rows: Iterable[Row]) -> Buckets:
        """The balance of all open rows by age."""
        return sum_by_age(rows, policy=self.ageing, aged=self.aged)

    def saving(self, rows: Iterable[Row]) -> Saving | None:
        """All discounts that can be taken today, by the first of their dates; rounded by row. None without any."""
        found = [(row, amount) for row in rows if (amount := self.discount_available(row)) is not None]
        if not found:
            return None
        amount = sum(discounted for _, discounted in found)
        return Saving(
            amount=amount,
            saved=sum(row.outstanding for row, _ in found) - amount,
            until=date.fromisoformat(min(row.discount_date or "" for row, _ in found)),
            keys=tuple(row.key for row, _ in found),
        )

    def _overlay(self, row: Row) -> RowOverlay:
        return self.overlays.get(row.key, NO_OVERLAY) if self.overlays else NO_OVERLAY


def _settled_status(row: Row) -> RowStatus:
    if row.vanished:
        return RowStatus.VANISHED
    return RowStatus.ROLLED if row.settled_reason == SettledReason.ROLLED else RowStatus.SETTLED
