"""Checks one account from plain rows, as tests like to write them."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from chalicelib.ccx.csv_rows import Header
from chalicelib.ingest.checks.account import CheckedAccount, Known, check_account
from chalicelib.ingest.checks.context import Context, ZippedDocument
from chalicelib.ingest.entities import ENTITIES
from chalicelib.ledger.entity import ALLOCATIONS
from chalicelib.statements.entity import STATEMENTS
from tests.bundles import CUSTOMER_COLUMNS, DOCUMENT_COLUMNS, LINE_COLUMNS, TRANSACTION_COLUMNS, with_balances

AS_AT = date(2024, 6, 5)
AGED = ("aged_future", "aged_current", "aged_1", "aged_2", "aged_3plus", "unallocated_amount")
COLUMNS = {
    "customers": (*CUSTOMER_COLUMNS, "master_account_ref", *AGED),
    "transactions": (*TRANSACTION_COLUMNS, "age_label", "dispute_flag", "period"),
    "documents": tuple(DOCUMENT_COLUMNS),
    "invoice_lines": tuple(LINE_COLUMNS),
    "allocations": tuple(column.name for column in ALLOCATIONS.schema.columns),
    "statements": tuple(column.name for column in STATEMENTS.schema.columns),
}
HEADERS = {entity: Header(",".join(names), names) for entity, names in COLUMNS.items()}
Rows = Sequence[Mapping[str, str]]


def raw(entity: str, row: Mapping[str, str]) -> str:
    """One record as it would stand in the file."""
    out = io.StringIO()
    csv.DictWriter(out, COLUMNS[entity], restval="").writerow(row)
    return out.getvalue().removesuffix("\r\n")


def context(**values: Any) -> Context:
    """An export as at 5 June 2024 with all files."""
    given: dict[str, Any] = {"as_at": AS_AT, "headers": HEADERS} | values
    given.setdefault("entities", tuple(entity for entity in ENTITIES if entity.name in given["headers"]))
    return Context(**given)


def check(
    customers: Rows = (),
    transactions: Rows = (),
    documents: Rows = (),
    lines: Rows = (),
    *,
    allocations: Rows = (),
    statements: Rows = (),
    ref: str = "1200",
    known: Known | None = None,
    balanced: bool = True,
    zipped: Mapping[str, int] | None = None,
    **values: Any,
) -> CheckedAccount:
    """The account of these rows, which begin on line 2 of each file. Balances are the sums unless not `balanced`."""
    if balanced:
        customers = with_balances(customers, _readable(transactions))
    files: dict[str, Rows] = {
        "customers": customers,
        "transactions": transactions,
        "documents": documents,
        "invoice_lines": lines,
        "allocations": allocations,
        "statements": statements,
    }
    records = {entity: [(line, raw(entity, row)) for line, row in enumerate(rows, 2)] for entity, rows in files.items()}
    held = {name: ZippedDocument(size) for name, size in (zipped or {}).items()}
    return check_account(ref, records, context(**{"documents": held} | values), known or Known())


def codes(account: CheckedAccount) -> list[str]:
    """`column code` of every finding, in order."""
    return [f"{finding.column} {finding.code}".strip() for finding in account.findings]


def _readable(transactions: Rows) -> Rows:
    return [row for row in transactions if row["outstanding_amount"].lstrip("-").replace(".", "").isdigit()]
