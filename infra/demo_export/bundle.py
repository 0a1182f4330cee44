"""Writes a bundle account by account: rows by temporary files, documents straight into the zip, the manifest last."""

import csv
import io
import json
import tempfile
import zipfile
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, time
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import IO, Any, NamedTuple, Self
from uuid import UUID, uuid5

from infra.demo_export.allocations import allocations
from infra.demo_export.cells import (
    COLUMNS,
    allocation_cells,
    customer_cells,
    line_cells,
    statement_cells,
    transaction_cells,
)
from infra.demo_export.group_accounts import FIRST_OF_GROUP
from infra.demo_export.ledger import View
from infra.demo_export.manual_accounts import BARLOW
from infra.demo_export.model import Ledger, document_id, money
from infra.demo_export.pdf import draw
from infra.demo_export.statements import statements

WITH_STATEMENTS = frozenset({BARLOW.ref, FIRST_OF_GROUP})
"""Accounts whose monthly statements the dealer's own system has made."""
_NAMESPACE = UUID("1f1f3f0e-6a0b-4f0e-9a51-5f2f0c1b2a77")
_HELD = 4 * 1024 * 1024
_HOUR = time(5, 0, tzinfo=UTC)
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
        self.tables["customers"].add(customer_cells(ledger))
        self.tables["customers"].sums["balance"] += ledger.balance
        transactions = self.tables["transactions"]
        for entry in ledger.entries:
            transactions.add(transaction_cells(ledger.account, entry))
            transactions.sums["total_amount"] += entry.total
            transactions.sums["outstanding_amount"] += entry.outstanding
            for cells in line_cells(ledger.account, entry):
                self.tables["invoice_lines"].add(cells)
            if entry.pdf:
                shown = f"{entry.type.replace('_', ' ').capitalize()} {entry.number}.pdf"
                named = document_id(ledger.account, entry), ledger.account.ref, entry.number, entry.type, shown
                self._document(named, draw(ledger.account, entry))
        if self._view.lines and not ledger.account.balance_forward:
            for allocation in allocations(ledger.entries):
                self.tables["allocations"].add(allocation_cells(ledger.account, allocation))
        if self._view.lines and ledger.account.ref in WITH_STATEMENTS:
            for statement in statements(ledger, self._view.as_at):
                self.tables["statements"].add(statement_cells(ledger.account, statement))
                shown = f"Statement {statement.last:%Y-%m-%d}.pdf"
                self._document((statement.document_id, ledger.account.ref, "", "statement", shown), statement.content)

    def _document(self, named: Sequence[str], content: bytes) -> None:
        """`named` is what its row says before its type and size."""
        self._zip.writestr(self._info(f"documents/{named[0]}.pdf"), content)
        self.documents += 1
        self.document_bytes += len(content)
        size, digest = str(len(content)), sha256(content).hexdigest()
        self.tables["documents"].add([*named, "application/pdf", size, digest, "true"])

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
        if table.entity in {"allocations", "statements"}:
            entry["scope"] = {"history_from": self._view.history_from.isoformat()}
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
