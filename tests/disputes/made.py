"""Disputes as their customer raises them."""

from datetime import datetime

from chalicelib.customers.enrolment.queries import current_era
from chalicelib.disputes import operations, queries
from chalicelib.disputes.model import Dispute
from chalicelib.disputes.operations import Claim
from chalicelib.kernel.dispute_codes import DisputeState
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import CustomerScope
from chalicelib.ledger import queries as ledger
from chalicelib.ledger.row import Row
from tests.fixtures.cast import Dealership
from tests.ledger.accounts import a_facts, an_account
from tests.ledger.published import publish
from tests.ledger.rows import a_row

HOSE = a_row(
    "126884", total=16430, on="2024-05-02", due_date="2024-06-01", description="Hose", depot_code="2", rep_code="DG"
)
PARTS = a_row("127070", total=770, due_date="2024-07-05", dispute_flag=True)
CREDIT = a_row("C20417", total=-4820, on="2024-05-30", type="credit_note")
ROWS = [HOSE, PARTS, CREDIT]
WORDS = "One hose came, two are on the invoice."


def published(ours: Dealership, rows: list[Row] | None = None, *, run: int = 1) -> None:
    """Account 1200 with these rows, in depot 1."""
    of_account = ROWS if rows is None else rows
    balance = sum(row.outstanding for row in of_account)
    facts = a_facts(balance=balance, depot_code="1")
    publish(ours.import_scope, [an_account(of_account, run=run, facts=facts)], run=run)


def raised(
    ours: Dealership,
    now: datetime,
    ids: Ids,
    *claims: Claim,
    reason: str = "goods",
    message: str = WORDS,
    raised_by: str = "",
) -> Dispute:
    """Over £46.15 of the hose, where nothing else is said."""
    return operations.raise_dispute(
        ours.customer.customer_scope,
        ref="1200",
        claims=claims or (Claim(key=HOSE.key, amount=4615),),
        reason=reason,
        message=message,
        raised_by=raised_by or ours.customer.email,
        now=now,
        ids=ids,
    )


def customer_of(ours: Dealership, ref: str) -> CustomerScope:
    """The first customer, of another account, in its present era."""
    mine, era = ours.customer.customer_scope, current_era(ours.import_scope, ref)
    return CustomerScope(mine.dealer_id, mine.person_id, frozenset({ref}), mine.role, eras={ref: era} if era else {})


def undisputed_row(ours: Dealership, ref: str, now: datetime, ids: Ids) -> Row:
    """An open row of the account in no dispute, the oldest first; where there is none, a dispute is withdrawn."""
    scope = customer_of(ours, ref)
    view = ledger.account_view(scope, ref=ref, now=now)
    owed = [row for row in reversed(view.open_rows) if row.outstanding > 0]
    for row in owed:
        if view.rules.dispute(row) is None:
            return row
    found = view.rules.dispute(owed[0])
    assert found
    operations.withdraw(scope, ref=ref, dispute_id=found.dispute_id, now=now, ids=ids)
    return owed[0]


def disputed(ours: Dealership, ref: str, now: datetime, ids: Ids, *, words: str = WORDS) -> Dispute:
    """One of this account that staff have not looked at yet: raised before, or now over a penny."""
    scope = customer_of(ours, ref)
    for one in queries.own_disputes(scope, ref):
        if one.state is DisputeState.RAISED:
            return one
    return _over_a_penny(ours, ref, words, now, ids)


def _over_a_penny(ours: Dealership, ref: str, words: str, now: datetime, ids: Ids) -> Dispute:
    row = undisputed_row(ours, ref, now, ids)
    return operations.raise_dispute(
        customer_of(ours, ref),
        ref=ref,
        claims=[Claim(key=row.key, amount=1)],
        reason="price",
        message=words,
        raised_by=ours.customer.email,
        now=now,
        ids=ids,
    )


def withdrawn(ours: Dealership, ref: str, now: datetime, ids: Ids) -> Dispute:
    """One that its customer may reopen."""
    made = _over_a_penny(ours, ref, WORDS, now, ids)
    return operations.withdraw(customer_of(ours, ref), ref=ref, dispute_id=made.dispute_id, now=now, ids=ids)
