"""Reads a statement of an account."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from chalicelib.dealers.publication import Published
from chalicelib.kernel.scopes import TenantScope
from chalicelib.ledger import queries as ledger
from chalicelib.ledger.account_view import AccountView
from chalicelib.ledger.ageing import Buckets, ageing_policy, sum_by_age
from chalicelib.ledger.settlement import Saving
from chalicelib.statements.model import Period, Statement, statement_of


@dataclass(frozen=True)
class AccountStatement:
    """A statement made now, and the account that it is of."""

    view: AccountView
    statement: Statement

    @cached_property
    def buckets(self) -> Buckets | None:
        """The closing balance by age, as of the end of the period; None where what was open then is not known."""
        items, view = self.statement.items, self.view
        if items is None:
            return None
        day = min(self.statement.period.last, view.as_at)
        policy = ageing_policy(view.facts, view.dealer.ageing, as_at=day)
        return sum_by_age(items, policy=policy, aged=view.facts.aged if day == view.as_at else None)

    @cached_property
    def saving(self) -> Saving | None:
        """What paying the discounted invoices of this statement today would save."""
        last = self.statement.period.last.isoformat()
        return self.view.rules.saving(row for row in self.view.open_rows if row.transaction_date <= last)


def account_statement(
    scope: TenantScope,
    *,
    ref: str,
    now: datetime,
    period: Period,
    published: Published | None = None,
    era: str | None = None,
) -> AccountStatement:
    """The account's statement of a period, by its newest figures. Its settled rows take one more round trip.

    `published` and `era` are those of `ledger.queries.account_view`, as is what it raises.
    """
    view = ledger.account_view(scope, ref=ref, now=now, published=published, era=era)
    return AccountStatement(view, _made(scope, view, period))


def _made(scope: TenantScope, view: AccountView, period: Period) -> Statement:
    return statement_of(
        ledger.every_row(scope, head=view.head),
        balance=view.head.balance,
        as_at=view.as_at,
        period=period,
        balance_forward=view.facts.ledger_type == "balance_forward",
    )
