"""All that an export says of one account, checked: what may be stored, and a finding for every cell that may not."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from chalicelib.ccx.codes import Code
from chalicelib.ccx.csv_rows import RawRow
from chalicelib.ccx.findings import Finding
from chalicelib.customers.model import AccountFacts
from chalicelib.ingest.checks.context import Context
from chalicelib.ingest.checks.customer import check_customer, currency_in
from chalicelib.ingest.checks.document import CheckedDocument, check_documents
from chalicelib.ingest.checks.invoice_line import CheckedLine, check_lines, line_counts
from chalicelib.ingest.checks.row_collector import Counted, Key, Tally
from chalicelib.ingest.checks.row_plan import Problem, ReadRow, plan_for
from chalicelib.ingest.checks.schemas import TRANSACTIONS
from chalicelib.ingest.checks.transaction import Neighbours, check_row
from chalicelib.kernel.money import as_decimal
from chalicelib.ledger.ageing import ageing_policy
from chalicelib.ledger.model import Row

_KEYS = {
    "customers": ("account_ref",),
    "transactions": ("type", "transaction_id"),
    "documents": ("document_id",),
    "invoice_lines": ("type", "transaction_id", "line_no"),
}
_AMOUNTS = {"customers": ("balance",), "transactions": ("total_amount", "outstanding_amount")}


@dataclass(frozen=True, slots=True)
class AccountRecords:
    """An account's records by file, each (physical line, raw text)."""

    ref: str
    customers: list[RawRow] = field(default_factory=list)
    transactions: list[RawRow] = field(default_factory=list)
    documents: list[RawRow] = field(default_factory=list)
    invoice_lines: list[RawRow] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Known:
    """What is stored of the account already. `facts` stand in when the export has no customers.csv at all."""

    facts: AccountFacts | None = None
    documents: Collection[str] = frozenset()


@dataclass(slots=True)
class CheckedAccount:
    """The outcome. `facts` is None if there is nothing to store under: the customer was rejected or is unknown.

    `rows` are in stored form, `document_id` set where a document is named or linked, `document` and `lines` not yet.
    `rejected` keys (by file) keep their last good value; in a file of `unreadable`, absence says nothing.
    """

    ref: str
    facts: AccountFacts | None
    rows: list[Row] = field(default_factory=list)
    documents: list[CheckedDocument] = field(default_factory=list)
    lines: Mapping[Key, list[CheckedLine]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    rejected: dict[str, set[Key]] = field(default_factory=dict)
    unreadable: frozenset[str] = frozenset()
    counts: dict[str, Counted] = field(default_factory=dict)
    customer_rejected: bool = False

    @property
    def clean(self) -> bool:
        """No finding at all, so that its digest may speak for it next time."""
        return not self.findings


def check_account(records: AccountRecords, context: Context, known: Known = Known()) -> CheckedAccount:
    """Every row rule that concerns one account. Pure, raises nothing for anything a file may hold."""
    tallies: dict[str, Tally] = {}
    line = 0
    facts = known.facts if "customers" not in context.headers else None
    if records.customers:
        facts, line, tallies["customers"] = check_customer(records.ref, records.customers, context)
    out = CheckedAccount(records.ref, facts, customer_rejected=bool(records.customers) and facts is None)
    if facts is None:
        _reject_all(records, context, tallies, customer_rejected=out.customer_rejected)
    else:
        _check_files(records, context, known, facts, tallies, out)
        _check_balance(out, tallies, line, complete="transactions" in context.headers)
    for entity, tally in tallies.items():
        out.findings += tally.findings
        out.rejected[entity] = tally.rejected
        out.counts[entity] = tally.counted
    out.unreadable = frozenset(entity for entity, tally in tallies.items() if tally.unreadable)
    return out


def _check_files(
    records: AccountRecords,
    context: Context,
    known: Known,
    facts: AccountFacts,
    tallies: dict[str, Tally],
    out: CheckedAccount,
) -> None:
    read: dict[str, list[ReadRow]] = {}
    for entity in ("documents", "invoice_lines", "transactions"):
        if rows := getattr(records, entity):
            tallies[entity] = _tally(entity, records.ref, facts.currency, context)
            read[entity] = tallies[entity].read(rows)
    if "documents" in read:
        out.documents = check_documents(
            tallies["documents"], read["documents"], context, accepted_before=known.documents
        )
    if "transactions" in read:
        around = Neighbours(
            context,
            facts.currency,
            frozenset(known.documents).union(document.document_id for document in out.documents),
            line_counts(read.get("invoice_lines", ())),
            ageing_policy(facts, context.ageing, as_at=context.as_at) if context.ageing else None,
        )
        tally = tallies["transactions"]
        out.rows = [made for row in read["transactions"] for made in (check_row(row, around),) if tally.accept(row)]
    _link_documents(out, tallies, has_transactions="transactions" in context.headers)
    if "invoice_lines" in read:
        rejected = tallies["transactions"].rejected if "transactions" in tallies else ()
        accepted = {(row.type, row.transaction_id) for row in out.rows}
        out.lines = check_lines(tallies["invoice_lines"], read["invoice_lines"], accepted=accepted, rejected=rejected)


def _link_documents(out: CheckedAccount, tallies: Mapping[str, Tally], *, has_transactions: bool) -> None:
    """A document that names its transaction serves it, unless that names a document itself."""
    by_id: dict[str, list[int]] = {}
    for index, row in enumerate(out.rows if any(d.transaction_id for d in out.documents) else ()):
        by_id.setdefault(row.transaction_id, []).append(index)
    for document in out.documents:
        if document.transaction_id is None:
            continue
        found = by_id.get(document.transaction_id, [])
        if not found and has_transactions:
            problem = Problem("transaction_id", Code.W315_UNKNOWN_TRANSACTION, {}, document.transaction_id)
            tallies["documents"].report(document.line, problem, f"{out.ref} / {document.document_id}")
        same = [i for i in found if out.rows[i].type == document.doc_type]
        for index in same or (found if len(found) == 1 else ()):
            if out.rows[index].document_id is None:
                out.rows[index] = out.rows[index]._replace(document_id=document.document_id)


def _check_balance(out: CheckedAccount, tallies: Mapping[str, Tally], line: int, *, complete: bool) -> None:
    """Sum of the rows against the export's balance; with a row rejected the sums cannot agree, and nothing is said."""
    facts, transactions = out.facts, tallies.get("transactions")
    if not complete or facts is None or "customers" not in tallies or (transactions and transactions.counted.rejected):
        return
    total = sum(row.outstanding for row in out.rows)
    if total != facts.balance:
        balance = as_decimal(facts.balance, facts.currency)
        params: dict[str, object] = {"sum": as_decimal(total, facts.currency), "balance": balance}
        tallies["customers"].report(line, Problem("balance", Code.W312_OUT_OF_BALANCE, params, str(balance)), out.ref)


def _reject_all(
    records: AccountRecords, context: Context, tallies: dict[str, Tally], *, customer_rejected: bool
) -> None:
    """Rows with no account to belong to. Their amounts still count for the control totals."""
    if customer_rejected:
        problem = Problem("account_ref", Code.E201_PARENT_REJECTED, {"parent": "customer"}, records.ref)
    else:
        problem = Problem("account_ref", Code.E202_UNKNOWN_ACCOUNT, {}, records.ref)
    for entity in ("transactions", "documents", "invoice_lines"):
        rows: list[RawRow] = getattr(records, entity)
        if rows:
            tallies[entity] = tally = _tally(entity, records.ref, _currency(entity, rows, context), context)
            for row in tally.read(rows):
                row.problems[:] = [problem]
                tally.accept(row)


def check_strays(entity: str, rows: Iterable[RawRow], context: Context) -> tuple[list[Finding], Counted]:
    """Rows whose account cannot be read: all rejected, and nothing may be inferred from absence in their file."""
    given = list(rows)
    tally = _tally(entity, "", _currency(entity, given, context), context)
    for row in tally.read(given, keyed=False):
        tally.accept(row)
    return tally.findings, tally.counted


def _currency(entity: str, rows: list[RawRow], context: Context) -> str:
    slot = TRANSACTIONS.by_name["currency"]
    return currency_in(entity, rows, context, slot) if entity == "transactions" else "GBP"


def _tally(entity: str, ref: str, currency: str, context: Context) -> Tally:
    plan = plan_for(entity, context.headers[entity].names, currency)
    return Tally(context.file(entity), ref, plan, currency, _KEYS[entity], _AMOUNTS.get(entity, ()))
