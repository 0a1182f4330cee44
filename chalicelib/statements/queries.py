"""Reads statements of an account: one made now, and those that were made each month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from chalicelib.customers.model import AccountFacts
from chalicelib.dealers.publication import Published
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.scopes import CustomerScope, TenantScope
from chalicelib.ledger import queries as ledger
from chalicelib.ledger.account_view import AccountView
from chalicelib.ledger.ageing import Buckets, ageing_policy, sum_by_age
from chalicelib.ledger.allocations import Allocated
from chalicelib.ledger.model import DocumentEntry, SnapshotExpiredError
from chalicelib.ledger.row import Row
from chalicelib.ledger.settlement import Saving
from chalicelib.sheets import queries as sheets
from chalicelib.sheets.model import SheetExpiredError
from chalicelib.statements import repo
from chalicelib.statements.entity import STATEMENTS
from chalicelib.statements.model import Movement, Period, Statement, StatementStyle, movements_of, statement_of
from chalicelib.statements.monthly import ArchivedItem, ArchivedStatement, Chain, continued
from chalicelib.statements.sent import SentStatement


@dataclass(frozen=True)
class AccountStatement:
    """A statement, and the account that it is of as its newest figures have it.

    `archived`: it is a month's as it was made, with the name and address, and the ages, of then; `is_followed`: those
    of later months are made too, so what has come since is on them. `allocated` is what paid what, of one that is made
    now.
    """

    view: AccountView
    statement: Statement
    archived: ArchivedStatement | None = None
    is_followed: bool = False
    allocated: Sequence[Allocated] = ()

    @property
    def as_at(self) -> date:
        """The date of the figures that it was made from."""
        return self.archived.as_at if self.archived else self.view.as_at

    @property
    def addressee(self) -> tuple[str, ...]:
        """Name and address of the customer."""
        return (self.archived.name, *self.archived.address) if self.archived else addressee_of(self.view.facts)

    @property
    def balance(self) -> int:
        """What is owed by the newest figures, whenever the statement was made."""
        return self.view.head.balance

    @property
    def since(self) -> int:
        """What the balance has changed by after the statement."""
        return self.balance - self.statement.closing

    @cached_property
    def buckets(self) -> Buckets | None:
        """The closing balance by age, as of the end of the period; None where what was open then is not known."""
        if self.archived:
            return _archived_buckets(self.archived)
        return buckets_of(self.view, self.statement)

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
    rows = ledger.every_row(scope, head=view.head)
    allocated = ledger.allocated(scope, head=view.head, rows=rows)
    made = statement_of(
        rows,
        balance=view.head.balance,
        as_at=view.as_at,
        period=period,
        balance_forward=_carries(view),
        allocated=allocated,
    )
    return AccountStatement(view, made, allocated=allocated)


def sent_statements(scope: TenantScope, *, view: AccountView) -> list[SentStatement]:
    """Those that the dealer's own system has made of the account, newest first. Raises SnapshotExpiredError."""
    try:
        found = sheets.read(scope, view.head, STATEMENTS)
    except SheetExpiredError as error:
        raise SnapshotExpiredError from error
    return sorted(found, key=lambda one: (one.period_to, one.statement_id), reverse=True)


def sent_documents(scope: TenantScope, *, view: AccountView) -> frozenset[str]:
    """The ids of the account's PDFs that its customer may open."""
    return frozenset(entry.id for entry in ledger.documents(scope, head=view.head) if entry.visible)


def sent_document(scope: TenantScope, *, view: AccountView, statement_id: str) -> tuple[SentStatement, DocumentEntry]:
    """One of them, and its PDF. Raises NotFoundError where it has not come, or the dealer does not show it."""
    for one in sent_statements(scope, view=view):
        if one.statement_id == statement_id and one.document_id:
            for entry in ledger.documents(scope, head=view.head):
                if entry.id == one.document_id and entry.visible:
                    return one, entry
    raise NotFoundError(_("The PDF has not arrived yet"))


def archived_statements(scope: TenantScope, ref: str, *, era: str) -> list[ArchivedStatement]:
    """The statements that were made of the account in this era, newest first; of a customer, in their own."""
    return repo.archived(scope, ref, era=era)


def archived_statement(
    scope: TenantScope,
    *,
    ref: str,
    month: str,
    now: datetime,
    published: Published | None = None,
    era: str | None = None,
) -> AccountStatement:
    """The statement of a month as it was made; with the newest of them, what has come since.

    Raises NotFoundError, and what `ledger.queries.account_view` raises.
    """
    view = ledger.account_view(scope, ref=ref, now=now, published=published, era=era)
    own = era_of(scope, ref, era or "")
    found = repo.statement(scope, ref, era=own, month=month)
    if found is None:
        raise NotFoundError
    listed = repo.lines(scope, ref, era=own, month=month)
    chain = repo.chain(scope, ref, era=own)
    is_followed = chain is not None and chain.month != month
    items = None if found.items is None else tuple(_row(one) for one in listed.items)
    statement = Statement(
        period=found.period,
        opening=found.opening,
        movements=listed.movements,
        closing=found.closing,
        later=() if is_followed else _since(scope, view, chain),
        items=items,
        source=found.source,
        known_from=found.known_from,
        by_allocations=found.by_allocations,
    )
    return AccountStatement(view, statement, found, is_followed=is_followed)


def chosen_statement(
    scope: TenantScope,
    *,
    ref: str,
    period: Period,
    now: datetime,
    as_made: bool = True,
    published: Published | None = None,
    era: str | None = None,
) -> tuple[AccountStatement, list[ArchivedStatement]]:
    """The statement of a period, and all that were made: `as_made`, of a whole month the one that was, if any was.

    Raises what `ledger.queries.account_view` raises.
    """
    archived = archived_statements(scope, ref, era=era or "")
    if as_made and period.month and any(one.month == period.month for one in archived):
        found = archived_statement(scope, ref=ref, month=period.month, now=now, published=published, era=era)
    else:
        found = account_statement(scope, ref=ref, now=now, period=period, published=published, era=era)
    return found, archived


def era_of(scope: TenantScope, ref: str, era: str) -> str:
    """The era whose statements the scope may read: a customer's own."""
    return scope.eras.get(ref, "") if isinstance(scope, CustomerScope) else era


def made_of(
    view: AccountView, statement: Statement, *, era: str, style: StatementStyle, now: datetime
) -> ArchivedStatement:
    """The statement as it is kept."""
    buckets = buckets_of(view, statement)
    name, *address = addressee_of(view.facts)
    return ArchivedStatement(
        month=statement.period.month,
        era=era,
        style=style,
        made_at=now,
        run=view.head.run,
        as_at=view.as_at,
        opening=statement.opening,
        debits=statement.debits,
        credits=statement.credits,
        closing=statement.closing,
        currency=view.facts.currency,
        name=name,
        address=tuple(address),
        source=statement.source,
        known_from=statement.known_from,
        lines=len(statement.movements),
        items=None if statement.items is None else len(statement.items),
        late=sum(one.late for one in statement.movements),
        ages=buckets.amounts if buckets else (),
        aged_by=buckets.source if buckets else "none",
        by_allocations=statement.by_allocations,
    )


def buckets_of(view: AccountView, statement: Statement) -> Buckets | None:
    """The closing balance by age, as of the end of the period; None where what was open then is not known."""
    if statement.items is None:
        return None
    day = min(statement.period.last, view.as_at)
    policy = ageing_policy(view.facts, view.dealer.ageing, as_at=day)
    return sum_by_age(statement.items, policy=policy, aged=view.facts.aged if day == view.as_at else None)


def addressee_of(facts: AccountFacts) -> tuple[str, ...]:
    """Name and address of the customer, as the dealer's system has them."""
    lines = (facts.address_1, facts.address_2, facts.address_3, facts.address_4, facts.city, facts.region)
    return (facts.name, *(line for line in (*lines, facts.postcode) if line))


def _archived_buckets(found: ArchivedStatement) -> Buckets | None:
    if found.items is None:
        return None
    by = found.aged_by
    return Buckets(found.ages, found.closing, "rows" if by == "rows" else "dealer" if by == "dealer" else "none")


def _since(scope: TenantScope, view: AccountView, before: Chain | None) -> tuple[Movement, ...]:
    """What is not yet on a statement, with what was entered late."""
    if before is None:
        return ()
    rows = ledger.every_row(scope, head=view.head)
    period = Period(before.last + timedelta(days=1), date.max)
    balance, as_at = view.head.balance, view.as_at
    made = statement_of(rows, balance=balance, as_at=as_at, period=period, balance_forward=_carries(view))
    moved = movements_of(rows, balance=balance, as_at=as_at, balance_forward=_carries(view)).listed
    return continued(made, moved, before).movements


def _carries(view: AccountView) -> bool:
    return view.facts.ledger_type == "balance_forward"


def _row(one: ArchivedItem) -> Row:
    return Row(
        one.transaction_id,
        one.type,
        one.reference,
        one.on,
        one.total,
        one.outstanding,
        due_date=one.due or None,
        description=one.description or None,
    )
