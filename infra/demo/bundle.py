"""Writes a bundle account by account: rows by temporary files, documents straight into the zip, the manifest last."""

import csv
import io
import json
import tempfile
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, time
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import IO, Any, NamedTuple, Self
from uuid import UUID, uuid5

from infra.demo.ledger import View
from infra.demo.model import Account, Entry, Ledger, document_id, money
from infra.demo.pdf import draw

_NAMESPACE = UUID("1f1f3f0e-6a0b-4f0e-9a51-5f2f0c1b2a77")
_HELD = 4 * 1024 * 1024
_HOUR = time(5, 0, tzinfo=UTC)
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
        *("document_id", "dispute_flag", "settled_date", "settled_reason"),
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
}
_TOTALS = {"customers": ("balance",), "transactions": ("total_amount", "outstanding_amount")}


class Heading(NamedTuple):
    """What the manifest says of the export as a whole."""

    dealer_code: str
    sequence: int


class _Table:
    """One CSV on its way: a temporary file, its checksum and its control totals."""

    def __init__(self, entity: str, file: IO[bytes]) -> None:
        self.entity = entity
        self.rows, self.size = 0, 0
        self.sums = dict.fromkeys(_TOTALS.get(entity, ()), 0)
        self.digest = sha256()
        self.file = file
        self._line = io.StringIO()
        self._writer = csv.writer(self._line)
        self._put(COLUMNS[entity])

    def add(self, cells: Sequence[str]) -> None:
        self._put(cells)
        self.rows += 1

    def _put(self, cells: Sequence[str]) -> None:
        self._writer.writerow(cells)
        data = self._line.getvalue().encode()
        self._line.seek(0)
        self._line.truncate()
        self.digest.update(data)
        self.size += len(data)
        self.file.write(data)


class BundleWriter:
    """A bundle at `path`. Add ledgers, then leave the `with` block. Equal input gives equal bytes."""

    def __init__(self, path: Path, view: View, heading: Heading) -> None:
        self._path, self._view, self._heading = path, view, heading
        self._stack = ExitStack()
        self._stamp = datetime.combine(view.as_at, _HOUR)
        self.documents, self.document_bytes = 0, 0

    def __enter__(self) -> Self:
        self._zip = self._stack.enter_context(zipfile.ZipFile(self._path, "w", zipfile.ZIP_DEFLATED))
        self.tables = {
            entity: _Table(entity, self._stack.enter_context(tempfile.SpooledTemporaryFile(_HELD)))  # noqa: SIM115 - closed with the bundle
            for entity in COLUMNS
        }
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._stack:
            if kind is None:
                self._finish()

    def add(self, ledger: Ledger) -> None:
        """An account with its rows, their lines and their documents."""
        self.tables["customers"].add(_customer(ledger))
        self.tables["customers"].sums["balance"] += ledger.balance
        transactions = self.tables["transactions"]
        for entry in ledger.entries:
            transactions.add(_transaction(ledger.account, entry))
            transactions.sums["total_amount"] += entry.total
            transactions.sums["outstanding_amount"] += entry.outstanding
            for cells in _lines(ledger.account, entry):
                self.tables["invoice_lines"].add(cells)
            if entry.pdf:
                self._document(ledger.account, entry)

    def _document(self, account: Account, entry: Entry) -> None:
        content = draw(account, entry)
        self._zip.writestr(self._info(f"documents/{document_id(account, entry)}.pdf"), content)
        self.documents += 1
        self.document_bytes += len(content)
        shown = f"{entry.type.replace('_', ' ').capitalize()} {entry.number}.pdf"
        digest = sha256(content).hexdigest()
        self.tables["documents"].add(
            [
                document_id(account, entry),
                account.ref,
                entry.number,
                entry.type,
                shown,
                "application/pdf",
                str(len(content)),
                digest,
                "true",
            ]
        )

    def _finish(self) -> None:
        files = [self._file(table) for table in self.tables.values() if table.rows or table.sums]
        manifest = json.dumps(self._manifest(files), indent=1).encode()
        self._zip.writestr(self._info("manifest.json"), manifest)

    def _file(self, table: _Table) -> dict[str, Any]:
        path = f"{table.entity}.csv"
        table.file.seek(0)
        with self._zip.open(self._info(path), "w") as out:
            while block := table.file.read(1024 * 1024):
                out.write(block)
        entry: dict[str, Any] = {
            "path": path,
            "entity": table.entity,
            "mode": "full",
            "rows": table.rows,
            "bytes": table.size,
            "sha256": table.digest.hexdigest(),
        }
        if table.entity == "transactions":
            entry["scope"] = {"history_from": self._view.history_from.isoformat(), "open_items": True}
        if table.sums:
            entry["totals"] = {column: {"GBP": money(amount)} for column, amount in table.sums.items()}
        return entry

    def _manifest(self, files: list[dict[str, Any]]) -> dict[str, Any]:
        code, sequence = self._heading
        return {
            "format": "ccx",
            "version": "1.0",
            "dealer_code": code,
            "source": {"system": "Moorbeck demo", "version": "1", "profile": "ccx"},
            "export_id": export_id(self._view, self._heading, sequence),
            "sequence": sequence,
            "previous_export_id": export_id(self._view, self._heading, sequence - 1) if sequence > 1 else None,
            "generated_at": self._stamp.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "as_at": self._view.as_at.isoformat(),
            "timezone": "Europe/London",
            "base_currency": "GBP",
            "files": files,
            "documents": {"count": self.documents, "bytes": self.document_bytes},
        }

    def _info(self, name: str) -> zipfile.ZipInfo:
        info = zipfile.ZipInfo(name, self._stamp.timetuple()[:6])
        info.compress_type = zipfile.ZIP_DEFLATED
        info.external_attr = 0o644 << 16
        return info


def bundle_file_name(view: View, heading: Heading) -> str:
    """`ccx_<dealer code>_<time>_<sequence>.zip`."""
    stamp = datetime.combine(view.as_at, _HOUR)
    return f"ccx_{heading.dealer_code}_{stamp:%Y%m%dT%H%M%SZ}_{heading.sequence:08d}.zip"


def export_id(view: View, heading: Heading, sequence: int) -> str:
    """The id of one export of a series, the same each time it is written."""
    return str(uuid5(_NAMESPACE, f"{heading.dealer_code}/{view.seed}/{view.numbering.start}/{sequence}"))


def _customer(ledger: Ledger) -> list[str]:
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


def _transaction(account: Account, e: Entry) -> list[str]:
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
        *(_flag(e.disputed) if e.type == "invoice" else "", _day(e.settled), e.reason),
    ]


def _lines(account: Account, entry: Entry) -> Iterable[list[str]]:
    for number, line in enumerate(entry.lines, 1):
        key = [account.ref, entry.type, entry.number, str(number)]
        if not line.part:
            yield [*key, "text", "", line.description, "", "", "", "", "", ""]
            continue
        vat = (abs(line.net) + 2) // 5 * (1 if line.net > 0 else -1)
        amounts = [str(line.quantity), line.unit, money(line.unit_price), money(line.net), "20.00", money(vat)]
        yield [*key, "goods", line.part, line.description, *amounts]


def _day(day: object) -> str:
    return "" if day is None else str(day)


def _flag(value: bool) -> str:  # noqa: FBT001 - it is the cell
    return "true" if value else "false"
