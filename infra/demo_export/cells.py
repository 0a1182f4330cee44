"""The columns of a demo export's files, and its accounts, rows and lines as cells."""

from collections.abc import Iterable, Mapping, Sequence

from infra.demo_export.allocations import Allocation
from infra.demo_export.model import Account, Entry, Ledger, document_id, money
from infra.demo_export.statements import Statement

AGED = ("aged_future", "aged_current", "aged_1", "aged_2", "aged_3plus", "unallocated_amount")
COLUMNS: Mapping[str, Sequence[str]] = {
    "customers": (
        *(
            "account_ref",
            "name",
            "account_type",
            "portal_eligible",
            "ledger_type",
            "account_status",
            "currency",
            "balance",
        ),
        *("credit_limit", "terms_text", "payment_due_days", "settlement_rate", "settlement_days", "master_account_ref"),
        *("depot_code", "email", "phone", "contact_title", "contact_first", "contact_last", "address_1", "address_2"),
        *("city", "region", "postcode", "country", "rep_code", *AGED),
    ),
    "transactions": (
        *("transaction_id", "account_ref", "type", "reference", "transaction_date", "due_date", "total_amount"),
        *("outstanding_amount", "net_amount", "vat_amount", "currency", "discount_date", "settlement_amount"),
        *("settlement_rate", "description", "order_no", "customer_order_ref", "advice_no", "depot_code", "rep_code"),
        *("document_id", "dispute_flag", "settled_date", "settled_reason", "machine"),
    ),
    "documents": (
        *("document_id", "account_ref", "transaction_id", "doc_type", "filename_display", "mime", "bytes", "sha256"),
        "visible",
    ),
    "invoice_lines": (
        *(
            "account_ref",
            "type",
            "transaction_id",
            "line_no",
            "line_type",
            "part_no",
            "description",
            "quantity",
            "unit",
        ),
        *("unit_price", "net_amount", "vat_rate", "vat_amount"),
    ),
    "allocations": (
        *(
            "account_ref",
            "from_transaction_id",
            "to_transaction_id",
            "amount",
            "allocated_date",
            "from_type",
            "to_type",
        ),
    ),
    "statements": (*("statement_id", "account_ref", "period_from", "period_to", "opening", "closing", "document_id"),),
}


def customer_cells(ledger: Ledger) -> list[str]:
    a = ledger.account
    address = (*a.address, "", "")[:2]
    terms = (
        f"30 days, {a.rate.removesuffix('.00').removesuffix('0')}% in {a.settlement_days} days" if a.rate else "30 days"
    )
    aged = [money(amount) for amount in ledger.aged] if ledger.aged else [""] * len(AGED)
    named = a.contact if a.contact[2] else ("", "", "")
    return [
        *(a.ref, a.name, a.account_type, _flag(a.eligible), "balance_forward" if a.balance_forward else "open_item"),
        *(a.status, "GBP", money(ledger.balance), money(a.credit_limit), terms, "30", a.rate),
        *(str(a.settlement_days) if a.rate else "", a.master, a.depot, a.email, a.phone, *named),
        *(*address, *a.place, "GB", a.rep, *aged),
    ]


def transaction_cells(account: Account, e: Entry) -> list[str]:
    return [
        *(
            e.number,
            account.ref,
            e.type,
            e.number,
            e.day.isoformat(),
            _day(e.due),
            money(e.total),
            money(e.outstanding),
        ),
        *(
            money(e.net),
            money(e.vat),
            "GBP",
            _day(e.discount_date),
            money(e.settlement),
            e.rate if e.discount_date else "",
        ),
        *(e.description, e.order_no, e.customer_order, e.advice_no, e.depot, e.rep, document_id(account, e)),
        *(_flag(e.disputed) if e.type == "invoice" else "", _day(e.settled), e.reason, e.machine),
    ]


def line_cells(account: Account, entry: Entry) -> Iterable[list[str]]:
    for number, line in enumerate(entry.lines, 1):
        key = [account.ref, entry.type, entry.number, str(number)]
        if not line.part:
            yield [*key, "text", "", line.description, "", "", "", "", "", ""]
            continue
        vat = (abs(line.net) + 2) // 5 * (1 if line.net > 0 else -1)
        amounts = [str(line.quantity), line.unit, money(line.unit_price), money(line.net), "20.00", money(vat)]
        yield [*key, "goods", line.part, line.description, *amounts]


def allocation_cells(account: Account, one: Allocation) -> list[str]:
    source, target = one.source, one.target
    return [account.ref, source.number, target.number, money(one.amount), str(one.day), source.type, target.type]


def statement_cells(account: Account, one: Statement) -> list[str]:
    days = str(one.first), str(one.last)
    return [one.statement_id, account.ref, *days, money(one.opening), money(one.closing), one.document_id]


def _day(day: object) -> str:
    return "" if day is None else str(day)


def _flag(value: bool) -> str:  # noqa: FBT001 - it is the cell
    return "true" if value else "false"
