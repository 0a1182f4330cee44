"""Exports of a small dealer for tests: some accounts with some invoices each, and ways to spoil them."""

from collections.abc import Iterable, Mapping
from typing import Any

from tests.bundles import build_bundle, customer, export_id, transaction, with_balances
from tests.ingest.pipeline import ImportPipeline

Rows = list[dict[str, str]]


def ledger(accounts: int = 10, rows: int = 10, *, first: int = 1000) -> tuple[Rows, Rows]:
    """`accounts` customers with `rows` open invoices each, of growing amounts."""
    refs = [str(first + n) for n in range(accounts)]
    invoices = [
        transaction(ref, f"{ref}-{n}", f"{n + 1}.50", reference=f"INV{ref}{n}") for ref in refs for n in range(rows)
    ]
    return [customer(ref) for ref in refs], invoices


def export(
    line: ImportPipeline, customers: Iterable[Mapping[str, str]], transactions: Rows, sequence: int = 1, **more: Any
) -> bytes:
    """A bundle of this dealer in which the customers' balances are the sums of their rows."""
    salt = more.pop("salt", line.code)
    files = [more.pop(name, ()) for name in ("documents", "lines")]
    values: dict[str, Any] = {
        "dealer_code": line.code,
        "sequence": sequence,
        "export_id": export_id(sequence, salt),
    } | more
    return build_bundle(with_balances(customers, transactions), transactions, *files, **values)
