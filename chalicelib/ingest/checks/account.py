"""All that an export says of one account, checked: what may be stored, and a finding for every cell that may not."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from chalicelib.ccx.codes import Code
from chalicelib.ccx.csv_rows import RawRow
from chalicelib.ccx.entity import AccountContext, Entity, Key, KnownTransaction
from chalicelib.ccx.findings import Finding, spelt
from chalicelib.ccx.messages import Money
from chalicelib.ccx.row_collector import Counted, RowCollector
from chalicelib.ccx.row_plan import Problem, ReadRow
from chalicelib.customers.entity import CUSTOMERS
from chalicelib.customers.model import AccountFacts
from chalicelib.documents.entity import DOCUMENTS, INVOICE_LINES
from chalicelib.ingest.checks.context import Context
from chalicelib.ingest.checks.customer import check_customer, currency_in
from chalicelib.ingest.checks.document import CheckedDocument, check_documents
from chalicelib.ingest.checks.invoice_line import CheckedLine, check_lines, line_counts
from chalicelib.ingest.checks.transaction import RowContext, check_row
from chalicelib.kernel.money import as_decimal
from chalicelib.ledger.ageing import ageing_policy
from chalicelib.ledger.entity import TRANSACTIONS
from chalicelib.ledger.row import Row

Records = Mapping[str, list[RawRow]]
"""An account's records by file, each (physical line, raw text)."""
Collectors = dict[str, RowCollector]


@dataclass(frozen=True, slots=True)
class Known:
    """What is stored of the account already. `facts` stand in when the export has no customers.csv at all.

    `currency` is that of its rows, None while it has none. `outstanding` is their sum. `settled` are those of them that
    nothing is outstanding of, by key. `rows` are all of them.
    """

    facts: AccountFacts | None = None
    documents: Collection[str] = frozenset()
    currency: str | None = None
    outstanding: int = 0
    settled: Mapping[Key, Row] = field(default_factory=dict)
    rows: Sequence[Row] = ()


@dataclass(slots=True)
class CheckedAccount:
    """The outcome. `facts` is None if there is nothing to store under: the customer was rejected or is unknown.

    `rows` are in stored form, `document_id` set where a document is named or linked, `document` and `lines` not yet.
    `sheets` are the accepted rows of every other file.
    `rejected` keys (by file) keep their last good value; in an `incomplete` file, absence says nothing.
    """

    ref: str
    facts: AccountFacts | None
    rows: list[Row] = field(default_factory=list)
    documents: list[CheckedDocument] = field(default_factory=list)
    lines: Mapping[Key, list[CheckedLine]] = field(default_factory=dict)
    sheets: dict[str, list[Any]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    rejected: dict[str, set[Key]] = field(default_factory=dict)
    incomplete: frozenset[str] = frozenset()
    counts: dict[str, Counted] = field(default_factory=dict)
    customer_rejected: bool = False


def check_account(ref: str, records: Records, context: Context, known: Known = Known()) -> CheckedAccount:
    """Every row rule that concerns one account. Pure, raises nothing for anything a file may hold."""
    collectors: Collectors = {}
    line = 0
    facts = known.facts if CUSTOMERS.name not in context.headers else None
    named = records.get(CUSTOMERS.name)
    if named:
        facts, line, collectors[CUSTOMERS.name] = check_customer(ref, named, context, stored_currency=known.currency)
    out = CheckedAccount(ref, facts, customer_rejected=bool(named) and facts is None)
    if facts is None:
        _reject_all(ref, records, context, collectors, customer_rejected=out.customer_rejected)
    else:
        read = _read(ref, records, facts.currency, context, collectors)
        _check_ledger(read, context, known, facts, collectors, out)
        stored = None if TRANSACTIONS.name in context.headers else known.outstanding
        _check_balance(out, collectors, line, stored=stored)
        if sheets := [entity for entity in context.entities if entity.is_sheet and entity.name in read]:
            around = _around(ref, facts, context, known, out)
            for entity in sheets:
                out.sheets[entity.name] = check_sheet(entity, read[entity.name], collectors[entity.name], around)
    for name, collector in collectors.items():
        out.findings += collector.findings
        out.rejected[name] = collector.rejected
        out.counts[name] = collector.counted
    out.incomplete = frozenset(name for name, collector in collectors.items() if collector.unreadable)
    return out


def _around(ref: str, facts: AccountFacts, context: Context, known: Known, out: CheckedAccount) -> AccountContext:
    """What the rows of other files are measured against: the ledger as it is to be."""
    rows = {row.key: row for row in (*known.rows, *out.rows)}
    by_id: dict[str, list[KnownTransaction]] = {}
    for row in rows.values():
        by_id.setdefault(row.transaction_id, []).append(KnownTransaction(row.type, row.total))
    documents = {*known.documents, *(document.document_id for document in out.documents)}
    return AccountContext(ref, facts.currency, context.as_at, by_id, documents)


Read = Mapping[str, list[ReadRow]]


def _read(ref: str, records: Records, currency: str, context: Context, collectors: Collectors) -> Read:
    read = {}
    for entity in context.entities:
        rows = records.get(entity.name)
        if rows and entity is not CUSTOMERS:
            collectors[entity.name] = context.collector(entity, ref, currency)
            read[entity.name] = collectors[entity.name].read(rows)
    return read


def check_sheet(
    entity: Entity[Any], read: Iterable[ReadRow], collector: RowCollector, around: AccountContext
) -> list[Any]:
    """The accepted rows of a file that is stored as a sheet, in its own form."""
    out = []
    currency, account = (entity.schema.by_name.get(name) for name in ("currency", "account_ref"))
    make = _maker(entity)
    for row in read:
        named = row.values[currency] if currency is not None and account is not None else None
        if named is not None and named != around.currency:
            row.problems.append(Problem("currency", Code.E116_CURRENCY, {"currency": around.currency}, named))
        if entity.check:
            entity.check(row, around)
        if collector.accept(row):
            out.append(make(row.values))
    return out


def _maker(entity: Entity[Any]) -> Any:
    """Makes a sheet's row of the values of a file's."""
    kind: Any = entity.row
    slots = [entity.schema.by_name[name] for name in kind._fields if name in entity.schema.by_name]
    if len(slots) == 1:
        return lambda values: kind(values[slots[0]])
    pick = itemgetter(*slots)
    return lambda values: kind(*pick(values))


def _check_ledger(
    read: Read,
    context: Context,
    known: Known,
    facts: AccountFacts,
    collectors: Collectors,
    out: CheckedAccount,
) -> None:
    documents, lines, transactions = (read.get(e.name) for e in (DOCUMENTS, INVOICE_LINES, TRANSACTIONS))
    if documents:
        out.documents = check_documents(collectors[DOCUMENTS.name], documents, context, accepted_before=known.documents)
    if transactions:
        around = RowContext(
            context,
            facts.currency,
            frozenset(known.documents).union(document.document_id for document in out.documents),
            line_counts(lines or ()),
            ageing_policy(facts, context.ageing, as_at=context.as_at) if context.ageing else None,
            known.settled,
        )
        accept = collectors[TRANSACTIONS.name].accept
        out.rows = [made for row in transactions for made in (check_row(row, around),) if accept(row)]
    _link_documents(out, collectors, has_transactions=TRANSACTIONS.name in context.headers)
    if lines:
        rejected = collectors[TRANSACTIONS.name].rejected if transactions else ()
        accepted = {(row.type, row.transaction_id) for row in out.rows}
        out.lines = check_lines(
            collectors[INVOICE_LINES.name],
            lines,
            accepted=accepted,
            rejected=rejected,
            parent=context.file(TRANSACTIONS),
        )


def _link_documents(out: CheckedAccount, collectors: Mapping[str, RowCollector], *, has_transactions: bool) -> None:
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
            collectors[DOCUMENTS.name].report(document.line, problem, f"{out.ref} / {document.document_id}")
        same = [i for i in found if out.rows[i].type == document.doc_type]
        for index in same or (found if len(found) == 1 else ()):
            if out.rows[index].document_id is None:
                out.rows[index] = out.rows[index]._replace(document_id=document.document_id)


def _check_balance(
    out: CheckedAccount, collectors: Mapping[str, RowCollector], line: int, *, stored: int | None
) -> None:
    """Sum of the rows against the export's balance; with a row rejected the sums cannot agree, and nothing is said.

    `stored` is the sum of the rows that stay where the export brings none.
    """
    facts, transactions = out.facts, collectors.get(TRANSACTIONS.name)
    if facts is None or CUSTOMERS.name not in collectors or (transactions and transactions.counted.rejected):
        return
    total = sum(row.outstanding for row in out.rows) if stored is None else stored
    if total != facts.balance:
        params = {"sum": Money(total, facts.currency), "balance": Money(facts.balance, facts.currency)}
        shown = str(as_decimal(facts.balance, facts.currency))
        collectors[CUSTOMERS.name].report(line, Problem("balance", Code.W312_OUT_OF_BALANCE, params, shown), out.ref)


def _reject_all(
    ref: str, records: Records, context: Context, collectors: Collectors, *, customer_rejected: bool
) -> None:
    """Rows with no account to belong to. Their amounts still count for the control totals."""
    if customer_rejected:
        problem = Problem("account_ref", Code.E201_PARENT_REJECTED, {"parent": context.file(CUSTOMERS)}, ref)
    else:
        problem = Problem("account_ref", Code.E202_UNKNOWN_ACCOUNT, {"account": spelt(ref)}, ref)
    for entity in context.entities:
        rows = records.get(entity.name)
        if rows and entity is not CUSTOMERS:
            currency = currency_in(entity, rows, context)
            collectors[entity.name] = collector = context.collector(entity, ref, currency)
            for row in collector.read(rows):
                row.problems.append(problem)
                collector.accept(row)


def check_unassigned(entity: Entity[Any], rows: Iterable[RawRow], context: Context) -> tuple[list[Finding], Counted]:
    """Rows whose account cannot be read: all rejected, and their file is incomplete."""
    given = list(rows)
    collector = context.collector(entity, "", currency_in(entity, given, context))
    for row in collector.read(given, keyed=False):
        collector.accept(row)
    return collector.findings, collector.counted
