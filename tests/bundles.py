"""Small `ccx` bundles for tests, built from plain rows. The parts of a bundle can be spoiled one at a time."""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid5

Row = Mapping[str, str]

CUSTOMER_COLUMNS = (
    "account_ref,name,account_type,portal_eligible,ledger_type,account_status,currency,balance,credit_limit,email,phone,"
    "city,region,postcode,country,depot_code,terms_text,settlement_rate"
).split(",")
TRANSACTION_COLUMNS = (
    "transaction_id,account_ref,type,reference,transaction_date,due_date,total_amount,outstanding_amount,net_amount,"
    "vat_amount,currency,discount_date,settlement_amount,settlement_rate,description,order_no,customer_order_ref,"
    "document_id,settled_date,settled_reason"
).split(",")
DOCUMENT_COLUMNS = "document_id,account_ref,transaction_id,doc_type,filename_display,mime,bytes,sha256,visible".split(
    ","
)
LINE_COLUMNS = (
    "account_ref,type,transaction_id,line_no,line_type,part_no,description,quantity,unit,unit_price,discount_pct,"
    "net_amount,vat_rate,vat_amount"
).split(",")
ALLOCATION_COLUMNS = "account_ref,from_transaction_id,to_transaction_id,amount,allocated_date".split(",")
STATEMENT_COLUMNS = "account_ref,statement_id,period_from,period_to,opening,closing,document_id".split(",")
NAMESPACE = UUID("6c1f6a3e-3f5e-4c1e-9a70-2b7a2f1f7c11")
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def customer(ref: str, **values: str) -> dict[str, str]:
    """A valid row of customers.csv; `balance` is 0.00 unless given."""
    row = {
        "account_ref": ref,
        "name": f"Customer {ref}",
        "account_type": "trade",
        "portal_eligible": "true",
        "ledger_type": "open_item",
        "account_status": "open",
        "currency": "GBP",
        "balance": "0.00",
        "email": f"{sha256(ref.encode()).hexdigest()[:8]}@example.com",
        "city": "Thirsk",
    }
    return row | values


def transaction(ref: str, transaction_id: str, total: str, **values: str) -> dict[str, str]:
    """A valid row of transactions.csv: an open invoice of 2024-06-05 unless said otherwise."""
    row = {
        "transaction_id": transaction_id,
        "account_ref": ref,
        "type": "invoice",
        "reference": transaction_id,
        "transaction_date": "2024-06-05",
        "total_amount": total,
        "outstanding_amount": total,
        "currency": "GBP",
    }
    return row | values


def line(ref: str, transaction_id: str, number: int, net: str, **values: str) -> dict[str, str]:
    """A valid row of invoice_lines.csv."""
    row = {
        "account_ref": ref,
        "type": "invoice",
        "transaction_id": transaction_id,
        "line_no": str(number),
        "line_type": "goods",
        "part_no": f"P{number}",
        "description": f"Part {number}",
        "quantity": "1",
        "unit_price": net,
        "net_amount": net,
        "vat_rate": "20",
    }
    return row | values


def document(ref: str, document_id: str, content: bytes = PDF, **values: str) -> dict[str, str]:
    """A valid row of documents.csv for `content`, a visible invoice PDF."""
    row = {
        "document_id": document_id,
        "account_ref": ref,
        "doc_type": "invoice",
        "filename_display": f"{document_id}.pdf",
        "mime": "application/pdf",
        "bytes": str(len(content)),
        "sha256": sha256(content).hexdigest(),
        "visible": "true",
    }
    return row | values


def with_balances(customers: Iterable[Row], transactions: Iterable[Row]) -> list[dict[str, str]]:
    """The customers, each with the sum of its rows' outstanding as balance."""
    sums: dict[str, Decimal] = {}
    for row in transactions:
        sums[row["account_ref"]] = sums.get(row["account_ref"], Decimal(0)) + Decimal(row["outstanding_amount"])
    return [{**row, "balance": f"{sums.get(row['account_ref'], Decimal(0)):.2f}"} for row in customers]


def csv_bytes(columns: Sequence[str], rows: Iterable[Row]) -> bytes:
    """UTF-8 with a header; a row's column that is not among `columns` is added at the end of the header."""
    rows = list(rows)
    extra = dict.fromkeys(name for row in rows for name in row if name not in columns)
    out = io.StringIO()
    writer = csv.DictWriter(out, [*columns, *extra], restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def _sum(rows: Iterable[Row], column: str) -> dict[str, str]:
    sums: dict[str, Decimal] = {}
    for row in rows:
        try:
            sums[row["currency"]] = sums.get(row["currency"], Decimal(0)) + Decimal(row[column])
        except (ArithmeticError, KeyError):
            continue
    return {currency: str(total) for currency, total in sums.items()}


def export_id(sequence: int, salt: str = "") -> str:
    """A uuid that is the same for the same sequence and salt."""
    return str(uuid5(NAMESPACE, f"{salt}/{sequence}"))


def build_bundle(
    customers: Iterable[Row] = (),
    transactions: Iterable[Row] = (),
    documents: Iterable[Row] = (),
    lines: Iterable[Row] = (),
    *,
    allocations: Iterable[Row] = (),
    statements: Iterable[Row] = (),
    contents: Mapping[str, bytes] | None = None,
    raw: Mapping[str, bytes] | None = None,
    files: Mapping[str, Mapping[str, Any]] | None = None,
    **manifest: Any,
) -> bytes:
    """A bundle as bytes. `contents`: document_id -> bytes (default PDF); `raw`: file name -> bytes that replace it once
    the manifest was written; `files`: entity -> values that replace those of its manifest entry; the rest replace
    values of the manifest (`dealer_code`, `sequence`, `export_id`, `as_at`, ...).
    """
    tables = {
        "customers": (CUSTOMER_COLUMNS, list(customers)),
        "transactions": (TRANSACTION_COLUMNS, list(transactions)),
        "documents": (DOCUMENT_COLUMNS, list(documents)),
        "invoice_lines": (LINE_COLUMNS, list(lines)),
        "allocations": (ALLOCATION_COLUMNS, list(allocations)),
        "statements": (STATEMENT_COLUMNS, list(statements)),
    }
    members: dict[str, bytes] = {}
    entries = []
    for entity, (columns, rows) in tables.items():
        if not rows and entity not in {"customers", "transactions"}:
            continue
        data = csv_bytes(columns, rows)
        members[f"{entity}.csv"] = data
        entry = {
            "path": f"{entity}.csv",
            "entity": entity,
            "mode": "full",
            "rows": len(rows),
            "bytes": len(data),
            "sha256": sha256(data).hexdigest(),
        }
        if entity == "customers":
            entry["totals"] = {"balance": _sum(rows, "balance")}
        if entity == "transactions":
            entry["scope"] = {"history_from": "2020-01-01", "open_items": True}
            entry["totals"] = {name: _sum(rows, name) for name in ("total_amount", "outstanding_amount")}
        entries.append(entry | dict((files or {}).get(entity, {})))
    names = [row["document_id"] for row in tables["documents"][1]]
    stored = {name: (contents or {}).get(name, PDF) for name in dict.fromkeys(names)} | dict(contents or {})
    sequence = manifest.get("sequence", 1)
    head = {
        "format": "ccx",
        "version": "1.0",
        "dealer_code": "TEST",
        "source": {"system": "tests", "version": "1", "profile": "ccx"},
        "export_id": export_id(sequence),
        "sequence": sequence,
        "previous_export_id": None,
        "generated_at": f"{manifest.get('as_at', '2024-06-05')}T05:00:00Z",
        "as_at": "2024-06-05",
        "timezone": "Europe/London",
        "base_currency": "GBP",
        "files": entries,
        "documents": {"count": len(stored), "bytes": sum(map(len, stored.values()))},
    }
    members = {"manifest.json": json.dumps(head | manifest).encode(), **members}
    members |= {f"documents/{name}.pdf": data for name, data in stored.items()}
    members |= dict(raw or {})
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2024, 6, 5, 5, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()
