"""transactions.csv and allocations.csv: the entries of the sales ledger, and which of them paid which."""

from typing import Any

from chalicelib.ccx.codes import Code
from chalicelib.ccx.columns import (
    AMOUNT,
    BOOLEAN,
    DATE,
    PERCENT,
    PERIOD,
    RECORD,
    TRANSACTION_TYPES,
    Column,
    Schema,
    account_ref,
    currency,
    identifier,
    one_of,
    text,
)
from chalicelib.ccx.entity import Absence, AccountContext, Entity
from chalicelib.ccx.messages import Choice
from chalicelib.ccx.row_plan import Problem, ReadRow
from chalicelib.kernel.i18n import lazy_gettext, lazy_ngettext
from chalicelib.ledger.allocations import Allocation
from chalicelib.ledger.row import Row, SettledReason

_NOTIFIED_TYPES = frozenset({"invoice", "credit_note"})
"""Types that a customer hears of."""


def _event(row: Row) -> str | None:
    return "new_document" if row.type in _NOTIFIED_TYPES and row.outstanding else None


TRANSACTIONS: Entity[Any] = Entity(
    name="transactions",
    tag="t",
    intro="One row a ledger entry. Send all open ones, and settled ones as far back as customers should see them.",
    notes="""\
| `type` | sign of the total | for example |
|---|---|---|
| `invoice` | + | invoice, charge |
| `credit_note` | − | credit note |
| `payment` | − | receipt, payment on account |
| `discount` | − | early payment discount that was taken |
| `brought_forward` | + or − | balance of an earlier period |
| `journal` | + or − | adjustment, write-off, interest |
| `refund` | + | money paid back, a bounced payment |

An amount of the other sign is of another type: a credit of 25.00 is a `credit_note` of -25.00, never an `invoice` of
-25.00. If a customer pays 54.50 for an invoice of 50.00, the invoice has 0.00 outstanding, and the `payment` of -54.50
has -4.50: customers see it as not used yet.""",
    nouns=lazy_ngettext("%(num)s transaction", "%(num)s transactions"),
    absence=Absence.SETTLED,
    key=("type", "transaction_id"),
    amounts={"total_amount": lazy_gettext("Invoices and credits"), "outstanding_amount": lazy_gettext("Outstanding")},
    event=_event,
    schema=Schema(
        Column(
            "transaction_id",
            text(64, exact=True),
            description="your own id. It must stay the same in every export",
            what=lazy_gettext("an id that stays the same in every export"),
        ),
        account_ref(description="an account in customers.csv"),
        Column("type", one_of(*TRANSACTION_TYPES), description="see below", what=Choice(TRANSACTION_TYPES)),
        Column(
            "reference",
            text(40),
            description="the number on the document",
            what=lazy_gettext("the number on the document"),
        ),
        Column(
            "transaction_date",
            DATE,
            description="at most a year after `as_at`",
            what=lazy_gettext("the date, for example 2026-09-30"),
        ),
        Column("due_date", DATE),
        Column(
            "total_amount", AMOUNT, description="with VAT, signed by its type", what=lazy_gettext("the total with VAT")
        ),
        Column(
            "outstanding_amount",
            AMOUNT,
            description="what is not paid yet, between 0 and the total and of the same sign; 0.00 when settled. An "
            "overpayment stays on the payment, see below",
            what=lazy_gettext("what is not paid yet, 0.00 if nothing"),
        ),
        Column("net_amount", AMOUNT),
        Column("vat_amount", AMOUNT),
        currency(),
        Column(
            "discount_date",
            DATE,
            description="last day of the early payment discount, that day included; not before the transaction. "
            "Without it no discount is shown",
        ),
        Column(
            "settlement_amount",
            AMOUNT,
            description="what settles it up to that day. Your figure always counts; we only warn if it differs from "
            "the rate by more than a penny",
        ),
        Column(
            "settlement_rate",
            PERCENT,
            description="percent: 5 for 5%. Without a `settlement_amount` we compute total × (100 − rate) / 100, "
            "halves rounded up",
        ),
        Column("age_label", text(20), description='"1 Month". Only compared with ours, never shown'),
        Column("description", text(200, multiline=True)),
        Column("order_no", text(40)),
        Column("customer_order_ref", text(40)),
        Column("advice_no", text(40)),
        Column("depot_code", text(32)),
        Column("rep_code", text(32)),
        Column(
            "document_id", identifier(64), description="its document in documents.csv, of this or an earlier export"
        ),
        Column("dispute_flag", BOOLEAN, description="in dispute in your system"),
        Column("settled_date", DATE),
        Column(
            "settled_reason",
            one_of(*(reason.value for reason in SettledReason)),
            description="`rolled` if it went into a brought-forward row",
        ),
        Column("period", PERIOD, description="accounting month"),
        Column("machine", text(60), description="machine or vehicle it is about: serial, fleet or registration number"),
        *RECORD,
    ),
)


def _check_allocation(row: ReadRow, around: AccountContext) -> None:
    """An amount above zero, from a receipt or credit for a charge. One that is unknown may yet come: it is kept."""
    cells = dict(zip(ALLOCATIONS.schema.by_name, row.values, strict=True))
    amount, sides = cells["amount"], (("from", cells["from_type"], True), ("to", cells["to_type"], False))
    if amount is not None and amount <= 0:
        row.problems.append(Problem("amount", Code.E123_NOT_ABOVE_ZERO, {}, str(amount)))
    for side, kind, is_credit in sides:
        column, transaction_id = f"{side}_transaction_id", cells[f"{side}_transaction_id"]
        if transaction_id is None:
            continue
        known = [one for one in around.transactions.get(transaction_id, ()) if kind in {None, one.type}]
        if not known:
            row.problems.append(Problem(column, Code.W321_ALLOCATED_UNKNOWN, {}, transaction_id))
        elif not (fits := [one for one in known if (one.total < 0) is is_credit]):
            code = Code.E124_ALLOCATED_FROM if is_credit else Code.E125_ALLOCATED_TO
            row.problems.append(Problem(column, code, {"type": known[0].type}, transaction_id))
        elif len(fits) > 1:
            types = Choice(tuple(one.type for one in fits))
            row.problems.append(Problem(f"{side}_type", Code.E126_ALLOCATED_SEVERAL, {"types": types}, transaction_id))


ALLOCATIONS: Entity[Allocation] = Entity(
    name="allocations",
    tag="a",
    intro="Optional. Which receipt or credit paid what: one row for each pair and day. Customers see on an invoice "
    "what it was paid by, on a receipt what it paid, and statements say what was open on an earlier day.",
    notes="""\
Amounts are above zero: what the one took off the other. Add up those of one pair and one day. Give the types where an
id alone could mean several entries of the account. What was taken off an invoice is its total less what is outstanding;
where its allocations add up to something else, the page of the invoice says so.""",
    nouns=lazy_ngettext("%(num)s allocation", "%(num)s allocations"),
    absence=Absence.GONE,
    key=("from_transaction_id", "to_transaction_id", "allocated_date"),
    row=Allocation,
    period="allocated_date",
    refuses=False,
    check=_check_allocation,
    schema=Schema(
        account_ref(),
        Column(
            "from_transaction_id",
            text(64, exact=True),
            description="the payment, credit note or discount in transactions.csv",
            what=lazy_gettext("the transaction_id of the payment or credit"),
        ),
        Column(
            "to_transaction_id",
            text(64, exact=True),
            description="the invoice or other charge that it was used for",
            what=lazy_gettext("the transaction_id of what was paid"),
        ),
        Column("amount", AMOUNT, description="above zero", what=lazy_gettext("the amount that was used")),
        Column(
            "allocated_date",
            DATE,
            description="when it was set against it",
            what=lazy_gettext("the date, for example 2026-09-30"),
        ),
        Column("from_type", one_of(*TRANSACTION_TYPES), description="where an id alone is not enough"),
        Column("to_type", one_of(*TRANSACTION_TYPES), description="where an id alone is not enough"),
        *RECORD,
    ),
)
